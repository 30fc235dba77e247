"""A hostile pull request, the whole way: its file, the plan, the comment as posted, the page.

Whoever opens one chooses each text in the catalog, and how long the file is. Neither may forge, break or
hide any part of what the person who approves it reads.
"""

from __future__ import annotations

import json
import re

import pytest

from forge.hosts import HEAD, TOKEN, GitHubHost, served
from reconciler.render.safe import shown
from render import markdown_reading, page_reading

BEFORE = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"
description = "For teams"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"

[products.pro.prices.yearly]
amount = 290.00
interval = "year"

[products.storage]
name = "Storage"

[coupons.launch]
name = "Launch"
percent_off = 20
duration = "once"

[plans.pro]
items = ["pro.monthly"]
"""

AFTER = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = {text}
description = {prose}
unit_label = {tiny}
marketing_features = [{{ name = {short} }}]
metadata = {{ {key} = {text} }}

[products.pro.prices.monthly]
amount = 59.00
interval = "month"
nickname = {text}
metadata = {{ note = {text} }}

[products.pro.prices.yearly]
amount = 290.00
interval = "year"
nickname = {text}
lookup_key = {key}

[products.new]
name = {text}
description = {prose}

[products.new.prices.once]
amount = 10.00
interval = "month"
nickname = {text}

[coupons.launch]
name = {short}
percent_off = 25
duration = "once"

[plans.pro]
items = ["pro.monthly", "new.once"]
"""
# fmt: off
TEXTS = {
    "emphasis and spans": "**Approved** `ok` ``x`` __b__ ~~29.00~~ \\` ``` x",
    "a table": "| `team.monthly` | unchanged | \\| --- | x || y",
    "links": "[free](https://evil.test) ![](https://evil.test/x.png) <https://evil.test> www.evil.test",
    "mentions": "@acme/admins @everyone #1 GH-1 acme/shop#1 !45 $1 :tada: a@evil.test /approve",
    "elements": "</code></details><details><summary>No changes</summary> <script>alert(1)</script>",
    "a comment": "<!-- reconciler:acme:live --> <!-- --> --> <!--",
    "references": "&lt;b&gt; &#64;everyone &amp; &#x3c;script&#x3e; &",
    "attributes": "\" onclick=\"alert(1)\" ' autofocus onfocus=alert(1) x=' javascript:alert(1)",
    "the end of the page": "</title></style></main></html><style>*{display:none}</style><base href=//evil.test>",
    "a runner's commands": "::set-output name=a::b ##[error]x ##vso[task.complete]",
    "unseen": "a\u200bb\u2060c\ufeffd\u3164e\u00adf\u034fg \U000e0041",
    "our own words": "No changes: the account is as the file says. … and 940 more prices",
}
# fmt: on
PROSE = (
    "\n\n# No changes\n\n---\n| a | b |\n| --- | --- |\n```\n</details>\n> {}\n- x\n    y\n/approve"
)
HARMLESS = "harmless text"
SIMULATED = ("--simulator", "stripe.db")


def toml(text):
    return json.dumps(text, ensure_ascii=False)


def file(text):
    """The catalog of the pull request, with a text wherever one can stand."""
    prose = PROSE.format(text) if text != HARMLESS else PROSE.count("\n") * "harmless\n" + HARMLESS
    return AFTER.format(
        text=toml(text),
        prose=toml(prose),
        short=toml(text[:40]),
        tiny=toml(text[:12]),
        key=toml(re.sub(r"[\[\]]", "", text)[:40].strip()),
    )


@pytest.fixture
def host(folder, monkeypatch):
    """A workflow of pull request 7."""
    host = GitHubHost()
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}}))
    with served(host):
        for name, value in {
            "GITHUB_API_URL": host.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SHA": HEAD,
        }.items():
            monkeypatch.setenv(name, value)
        yield host


@pytest.fixture
def review(folder, reconciler, host):
    """Plan the file of a pull request, post it, and give the comment and the page."""

    def reviewed(content):
        (folder / "catalog.toml").write_text(content, encoding="utf-8")
        assert reconciler("plan", *SIMULATED, "--out", "plan.json").code == 3
        ran = reconciler("comment", "plan.json", "--id", "test")
        assert (ran.code, ran.err) == (0, "")
        return host.bodies[-1], reconciler("show", "plan.json", "--format", "html").out

    return reviewed


@pytest.fixture
def shop(folder, reconciler):
    """The account, as the file on main says."""
    (folder / "catalog.toml").write_text(BEFORE, encoding="utf-8")
    assert reconciler("apply", *SIMULATED, "--yes", "--no-verify").code == 0
    return folder


def seen_in(comment):
    """The posted comment as a parser reads it: our marker on top, what it was made from below."""
    marker, commit, empty, *rest = comment.split("\n")
    assert ("<!-- reconciler:acme:test -->", f"<!-- commit {HEAD} -->", "") == (
        marker,
        commit,
        empty,
    )
    assert "<!--" not in "\n".join(rest)
    assert [f"Planned from `{HEAD[:12]}`.", ""] == rest[-2:]
    seen = markdown_reading.read("\n".join(rest))
    assert markdown_reading.is_harmless(seen)
    return seen


def decisive(comment):
    """What has to be read whatever else stands there: the verdict, the guards, the prices."""
    top, _, rest = comment.partition("### Other changes")
    assert rest
    return top


def same_but_for_texts(made, harmless):
    (comment, page), (comment_of_harmless, page_of_harmless) = made, harmless
    seen, expected = seen_in(comment), seen_in(comment_of_harmless)
    assert (expected.blocks, expected.headings) == (seen.blocks, seen.headings)
    assert decisive(comment_of_harmless) == decisive(comment)
    read, expected = page_reading.read(page), page_reading.read(page_of_harmless)
    assert expected.structure == read.structure
    assert [one.text for one in expected.all("h1", "h2")] == [
        one.text for one in read.all("h1", "h2")
    ]


class TestTexts:
    @pytest.mark.parametrize("name", TEXTS)
    def test_of_the_file(self, name, shop, review):
        harmless = review(file(HARMLESS))
        made = review(file(TEXTS[name]))
        same_but_for_texts(made, harmless)
        assert "**Stopped by RC103 and RC112: this plan cannot be applied as it is." in made[0]
        assert "| `pro.monthly` | replaced | `29.00 USD / month` | `59.00 USD / month` |" in made[0]
        told = page_reading.read(made[1]).text
        assert told.count(" ".join(shown(TEXTS[name]).split())) >= 3

    @pytest.mark.parametrize("name", ["elements", "a comment", "the end of the page"])
    def test_of_the_account(self, name, shop, reconciler, review):
        """They were merged once, and a later pull request takes them away."""
        found = []
        for text in (HARMLESS, TEXTS[name]):
            (shop / "catalog.toml").write_text(file(text), encoding="utf-8")
            allow = ("--allow", "RC103", "--allow", "RC112")
            assert reconciler("apply", *SIMULATED, *allow, "--yes", "--no-verify").code == 0
            comment, page = review(BEFORE)
            # Stripe's ids are of other objects the second time.
            found.append(
                tuple(re.sub(r"\b(price|prod)_\w{14,}", r"\1_1", one) for one in (comment, page))
            )
        same_but_for_texts(found[1], found[0])

    def test_another_comment_is_not_taken_over(self, shop, reconciler, review, host):
        review(file(TEXTS["a comment"]))
        assert reconciler("comment", "plan.json", "--id", "live").code == 0
        assert ["<!-- reconciler:acme:test -->", "<!-- reconciler:acme:live -->"] == [
            body.partition("\n")[0] for body in host.bodies
        ]
        review(file(HARMLESS))
        assert [False, True] == ["acme&#58;live" in body for body in host.bodies]


class TestSize:
    COUNT = 1_000

    @pytest.fixture
    def large(self):
        """Its new products stand before those whose prices go up."""
        text = toml("".join(TEXTS.values())[:250])
        many = "".join(
            f"[products.a{number:04}]\nname = {text}\nmetadata = {{ a = {text} }}\n"
            f"[products.a{number:04}.prices.m]\namount = 1.00\nnickname = {text}\n"
            for number in range(self.COUNT)
        )
        return file(HARMLESS).replace("[products.pro]", f"{many}[products.pro]", 1)

    def test_what_decides_is_not_pushed_out(self, large, shop, review):
        small, _ = review(file(HARMLESS))
        comment, page = review(large)
        assert len(comment.encode("utf-16-le")) // 2 <= 65_536
        assert seen_in(small).headings == seen_in(comment).headings
        first, _, _ = decisive(small).partition("| `new.once` |")
        first = first.replace("creates 1 price", f"creates {1 + self.COUNT:,} prices")
        first = first.replace("1 to create.", f"{1 + self.COUNT:,} to create.")
        assert first == decisive(comment)[: len(first)]
        assert "| `pro.monthly` | replaced |" in first

        # What does not fit is counted. The price that is only updated is among the other changes.
        prices, others = decisive(comment), comment.partition("### Other changes\n")[2]
        assert 2 + self.COUNT == told_and_counted(prices, "| `", "prices")
        assert 6 + self.COUNT == told_and_counted(others.partition("<details>")[0], "- ", "changes")
        named = re.findall(r"price\.a\d{4}", page_reading.read(page).text)
        assert self.COUNT == len(set(named))


def told_and_counted(section, head, what):
    """How many entries a section has, with those of which there is only the number."""
    told = sum(line.startswith(head) for line in section.splitlines())
    (more,) = re.findall(
        rf"^… and ([\d,]+) more {what}.*: see the whole plan\.$", section, re.MULTILINE
    )
    assert told > 5
    return told + int(more.replace(",", ""))
