"""What the tests of payment links share: where links are and how one is made. It expects nothing."""

LINKS = "/v1/payment_links"
ITEMS = {"expand[]": "line_items"}


def sold(*prices, quantity=1):
    """Parameters of line items."""
    return {
        f"line_items[{index}][{name}]": value
        for index, price in enumerate(prices)
        for name, value in (("price", price.id), ("quantity", quantity))
    }


def link(client, *prices, **more):
    return client.made(LINKS, {**sold(*prices), **more})


def field(index, key, kind="text"):
    path = f"custom_fields[{index}]"
    return (
        f"{path}[key]={key}&{path}[type]={kind}&{path}[label][type]=custom&{path}[label][custom]=a"
    )
