"""Tax codes, as products and shipping rates carry them. The simulator knows none by name.

https://docs.stripe.com/tax/tax-codes
"""

from __future__ import annotations

import re

from reconciler.simulator.values import RefusalError


def check_code(given: str | None) -> None:
    """Refuse what cannot be the id of a tax code; an empty one is no code."""
    if given and not re.fullmatch(r"txcd_[0-9]{8}", given):
        raise RefusalError(
            f"No such tax code: '{given}'", code="resource_missing", param="tax_code"
        )
