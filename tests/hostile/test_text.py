"""Texts of others in what is shown: every format stays whole, and one line stays one line.

They come from Stripe, from the catalog, from a plan file, and from the command line itself.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from hostile.double import Answer, replacing, said
from reconciler.gateway.failure import told
from reconciler.planfile.checked import plain
from reconciler.render.safe import lines, shown

PIECES = {
    "colour": "\x1b[31m",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "one-byte CSI": "\x9b2J",
    "erasing": "\b\b\b\x7f",
    "bidi override": "\u202egpj.exe",
    "bidi isolate": "\u2067abc\u2069",
    "zero width": "a\u200bb\u2060c\ufeffd",
    "tags": "\U000e0041\U000e0042",
    "fillers": "a\u3164b\u115fc\u034f",
    "line breaks": "a\nb\rc\x0bd\x85e\u2028f\u2029g",
    "a row of the plan": '"\n  - product.all  deleted',
    "workflow command": "\n::set-output name=a::b",
    "older workflow command": "##[add-path]/tmp",
    "pipelines": "##vso[task.setvariable variable=a]b",
    "pile of accents": "o" + "\u0301" * 500,
    "Markdown": "**a** `b` [c](http://d) | e\n# f",
    "HTML": "<script>alert(1)</script>&amp;<!--",
    "mention": "@everyone @here",
    "long": "x" * 100_000,
    "long and wide": "\u65e5" * 50_000,
}
ALL = "".join(PIECES.values())


def is_quiet(text):
    """Whether nothing in a text steers what shows it, or a runner that reads it."""
    steering = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    if any(unicodedata.category(char) in steering for char in set(text) - {"\n"}):
        return False
    commands = any(re.match(r"\s*::.*::", line) for line in text.split("\n"))
    return not (commands or "##[" in text or "##vso[" in text)


@pytest.mark.parametrize("name", PIECES)
def test_each_piece_is_one_quiet_line_wherever_it_is_quoted(name):
    for quote in (shown, plain, told):
        text = quote(PIECES[name])
        assert "\n" not in text
        assert text.isprintable() or quote is shown
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text)
    assert is_quiet("\n".join(lines(PIECES[name])))


@pytest.mark.parametrize(
    "text",
    [
        "Größe L, 日本語, ไทย, हिन्दी, עברית, العربية",
        "Crème brûlée — 29 € “pro”",
        "👨‍👩‍👧 🏳️‍🌈 ❤️‍🔥 👍🏽",
        "C# ## heading a::b ::",
        "e\u0301\u0302",
    ],
)
def test_texts_of_people_stay_as_they_are(text):
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("  ::warning file=a::x", "  \\x3a:warning file=a::x"),
        ("::", "::"),  # found by fuzzing: no command, so it stays
        ("::1:12111 cannot be listened on", "::1:12111 cannot be listened on"),
        ("a ##[error]b", "a #\\x23[error]b"),
        ("##VSO[task.complete]", "#\\x23VSO[task.complete]"),
        ("a\u200db", "a\\u200db"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_runner_would_obey_is_broken(text, expected):
    assert shown(text) == expected


FIELDS = {
    "name": '"Pro"',
    "description": '"For teams"',
    "unit label": '"seat"',
    "nickname": '"Monthly"',
    "metadata": '"gold"',
    "metadata key": '"tier"',
    "lookup key": '"pro_monthly"',
    "feature": '"Single sign-on"',
    "coupon": '"Launch"',
    "url": '"https://example.com/hook"',
    "another catalog": '"acme/price.pro.monthly"',
}


class TestFromStripe:
    @pytest.fixture
    def base(self, stripe, reconciler):
        base = ("--api-base", stripe.url)
        assert reconciler("apply", *base, "--yes", "--no-verify").code == 0
        return base

    @pytest.mark.parametrize("name", FIELDS)
    def test_a_plan_is_whole_in_every_format(self, name, base, stripe, reconciler):
        hostile = "acme/\n" if name == "another catalog" else ""
        stripe.spoil = replacing(FIELDS[name], json.dumps(f"{hostile}{ALL}"))
        shown_, saved = reconciler("plan", *base), reconciler("plan", *base, "--out", "p.json")
        if shown_.code == 1:  # it cannot be planned: that is said
            assert is_quiet(shown_.err)
            assert "bug in reconciler" not in shown_.err
            return
        assert (shown_.code in {0, 3}, shown_.err) == (True, "")  # 3: stopped by a guard
        assert shown_.out == saved.out
        assert is_quiet(shown_.out)
        as_json = reconciler("plan", *base, "--format", "json").out
        assert json.loads(as_json)["catalog"] == "acme"
        assert all(" " <= character <= "~" or character == "\n" for character in as_json)
        assert reconciler("show", "p.json").out == shown_.out
        comment = reconciler("show", "p.json", "--format", "markdown").out
        assert is_quiet(comment)
        assert len(comment.encode("utf-16-le")) // 2 <= 65_536
        assert "<script" not in comment.partition("<details>")[0]
        rehearsed = reconciler("apply", *base, "--dry-run")
        assert rehearsed.code == shown_.code
        assert all(json.loads(line)["call"] for line in rehearsed.out.splitlines())
        assert is_quiet(rehearsed.err)

    @pytest.mark.parametrize("status", [400, 401, 403, 404])
    def test_a_refusal_is_told_line_by_line(self, status, base, stripe, reconciler):
        answer = said(status, message=ALL, code=ALL, param=ALL, type=ALL)
        stripe.instead = lambda asked: answer if asked.path.startswith("/v1/products") else None
        ran = reconciler("plan", *base)
        assert (ran.code, ran.out) == (1, "")
        assert is_quiet(ran.err)
        assert len(ran.err.splitlines()) < 8
        assert len(ran.err) < 20_000

    def test_a_page_in_its_place(self, base, stripe, reconciler):
        stripe.instead = lambda _: Answer(body=ALL.encode(), status=404)
        ran = reconciler("plan", *base)
        assert (ran.code, is_quiet(ran.err), len(ran.err) < 2_000) == (1, True, True)


class TestFromTheFile:
    @pytest.mark.parametrize("name", PIECES)
    def test_control_characters_and_overrides_are_refused(self, name, folder, reconciler):
        text = PIECES[name]
        refused = any(
            unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} or c in "\u202e\u2067\u2069"
            for c in text
        )
        values = json.dumps(text, ensure_ascii=True).replace("\\ud", "\\ud")
        if any(ord(character) > 0xFFFF for character in text):
            values = f'"{text}"'
        values = values.replace("\x7f", "\\u007f")
        content = (folder / "catalog.toml").read_text(encoding="utf-8")
        for old in ('"Pro"', '"seat"', '"Monthly"', '"gold"'):
            (folder / "odd.toml").write_text(content.replace(old, values), encoding="utf-8")
            ran = reconciler("validate", "odd.toml")
            assert is_quiet(ran.err)
            assert "bug in reconciler" not in ran.err
            if refused:
                assert (ran.code, " holds " in ran.err) == (1, True)

    def test_keys_are_quoted_on_one_line(self, folder, reconciler):
        key = json.dumps("\x1b[31m\n::error::x\u202e" + "k" * 100_000)
        (folder / "odd.toml").write_text(f"[products.pro]\n{key} = 1\n[{key}]\n", encoding="utf-8")
        ran = reconciler("validate", "catalog.toml", "odd.toml")
        assert (ran.code, is_quiet(ran.err), len(ran.err) < 30_000) == (1, True, True)


class TestFromTheCommandLine:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("validate", "{}.toml"),
            ("plan", "--simulator", "s.db", "{}.toml"),
            ("show", "{}.json"),
            ("apply", "--simulator", "s.db", "--resume", "{}"),
            ("apply", "--simulator", "s.db", "{}.json"),
        ],
        ids=" ".join,
    )
    def test_a_path_stays_on_its_line(self, arguments, reconciler):
        path = "\x1b[31m\n::error::x\u202e##[error]\r\udcff"
        ran = reconciler(*(argument.format(path) for argument in arguments))
        assert (ran.code, ran.out) == (1, "")
        assert is_quiet(ran.err)
        assert "\\x1b[31m\\n\\x3a:error::x" in ran.err or "\\x1b[31m\\n::error::x" in ran.err

    def test_a_file_of_such_a_name_has_its_mistakes_told(self, folder, reconciler):
        (folder / "a\n::error::b.toml").write_text("nmae = 1\n[", encoding="utf-8")
        (folder / "c\n::error::d.toml").write_text("[prodcts.pro]\n", encoding="utf-8")
        ran = reconciler("validate", "a\n::error::b.toml", "c\n::error::d.toml")
        assert (ran.code, is_quiet(ran.err)) == (1, True)


def test_a_hostile_plan_file_is_shown_quietly(reconciler, folder):
    """A plan of a stranger whose digest is right may say anything where texts are free."""
    from reconciler import kinds, planfile  # noqa: PLC0415 - for this test alone

    known = kinds.load()
    assert reconciler("plan", "--simulator", "s.db", "--out", "plan.json").code == 0
    plan = planfile.load(Path("plan.json"), known)
    spoilt = replace(
        plan,
        notes=(ALL,),
        changes=tuple(replace(change, notes=(ALL,)) for change in plan.changes),
    )
    Path("plan.json").write_text(planfile.write(spoilt), encoding="utf-8")
    ran = reconciler("show", "plan.json")
    assert (ran.code, ran.err) == (0, "")
    assert is_quiet(ran.out)
