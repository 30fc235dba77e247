"""Plan files, journals and catalogs of a stranger: refused clearly, in bounded time and memory.

Each file is met by the command that reads it, in a process of limited memory and work.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hostile.limited import limited
from reconciler import kinds
from reconciler.errors import PlanFileError
from reconciler.executor.journal import load as load_journal
from reconciler.model.values import digest
from reconciler.planfile import load as load_plan

KINDS = kinds.load()
MIB = 1024 * 1024
GIB = 1024 * MIB
SIMULATED = ("--simulator", "stripe.db")


def signed(content):
    content = {key: value for key, value in content.items() if key != "digest"}
    return json.dumps({**content, "digest": digest(content)})


@pytest.fixture
def plan(reconciler):
    """A plan that was saved, as JSON's own types."""
    assert reconciler("plan", *SIMULATED, "--out", "plan.json").code == 0
    return json.loads(Path("plan.json").read_text(encoding="utf-8"))


@pytest.fixture
def journal(reconciler):
    """The lines of the journal of an apply that was done."""
    ran = reconciler("apply", *SIMULATED, "--yes", "--journal", "journal.jsonl")
    assert ran.code == 0
    return Path("journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def repeated(piece, size=100 * MIB):
    return piece * (size // len(piece))


LARGE = {
    "brackets": repeated(b"["),
    "empty lists": b'{"format_version": 2, "a": [' + repeated(b"[],") + b"0]}",
    "one text": b'{"format_version": 2, "a": "' + repeated(b"a") + b'"}',
    "digits": b'{"format_version": ' + repeated(b"9") + b"}",
    "lines of objects": repeated(b"{}\n"),
    "letters": repeated(b"a"),
}
"""Contents of 100 MB. A list of empty lists takes twenty times its size in memory."""


class TestSizeAlone:
    def test_a_large_file_of_a_stranger_is_refused(self, folder):
        for name, content in LARGE.items():
            for suffix in ("json", "jsonl", "toml"):
                path = folder / f"{name}.{suffix}"
                if suffix == "json":
                    path.write_bytes(content)
                else:
                    os.link(folder / f"{name}.json", path)
        lines = [
            line
            for name in LARGE
            for line in (
                ["show", f"{name}.json"],
                ["apply", "--simulator", "stripe.db", "--resume", f"{name}.jsonl"],
                ["validate", f"{name}.toml"],
            )
        ]
        found = limited(folder, lines, memory=3 * GIB, seconds=120)
        for line in lines:  # else they stay for as long as pytest keeps its folders
            (folder / line[-1]).unlink()
        for line, ran in zip(lines, found, strict=True):
            assert ran.code == 1, (line, ran)
            assert ran.out == ""
            assert "bug in reconciler" not in ran.err, (line, ran)
            assert "Traceback" not in ran.err
            assert line[-1] in ran.err
            assert len(ran.err) < 500

    def test_a_file_of_many_mistakes_ends(self, folder):
        """What is told of each mistake may not cost more than the file has of them."""
        shapes = {
            "keys": "".join(f"k{number} = 1\n" for number in range(5_000)),
            "products": "".join(f"[products.p{number}]\nnmae = 1\n" for number in range(2_000)),
            "nested": "".join(f"[products.a.b{number}.c.d.e]\n" for number in range(2_000)),
            "inline": f"products = {{{', '.join(f'p{n} = {{}}' for n in range(5_000))}}}\n",
            "controls": "[products.pro]\n"
            + "".join(f'"a\\u0007{number}" = "\\u202e"\n' for number in range(2_000)),
            "values": f"a = [{'[], ' * 100_000}]\n",
        }
        for name, text in shapes.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        lines = [["validate", f"{name}.toml"] for name in shapes]
        found = limited(folder, lines, memory=GIB, seconds=60)
        for line, ran in zip(lines, found, strict=True):
            assert ran.code == 1, (line, ran.err[-500:])
            assert "bug in reconciler" not in ran.err[:500], line


class TestWhatIsNoFile:
    """Nothing is waited for, and nothing without an end is read."""

    @pytest.fixture
    def odd(self, folder):
        for suffix in ("json", "jsonl", "toml"):
            os.mkfifo(folder / f"pipe.{suffix}")
            (folder / f"folder.{suffix}").mkdir()
            (folder / f"endless.{suffix}").symlink_to("/dev/zero")
            (folder / f"itself.{suffix}").symlink_to(f"itself.{suffix}")
            (folder / f"nowhere.{suffix}").symlink_to("nothing")
        return folder

    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("pipe", "is not a regular file"),
            ("folder", "cannot be read: Is a directory"),
            ("endless", "is not a regular file"),
            ("itself", "cannot be read: Too many levels of symbolic links"),
            ("nowhere", "cannot be read: No such file or directory"),
            ("zero\0byte", "cannot be read: embedded null byte"),
            ("long" * 2000, "cannot be read: File name too long"),
        ],
    )
    def test_plans_and_journals(self, name, what, odd):
        for suffix, load in (("json", load_plan), ("jsonl", load_journal)):
            with pytest.raises(PlanFileError) as caught:
                load(Path(f"{name}.{suffix}"), KINDS)
            told = str(caught.value)
            assert what in told
            assert "\0" not in told
            assert len(told) < 700

    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("pipe", "is not a regular file"),
            ("folder", "there is no TOML file in this folder"),
            ("endless", "is not a regular file"),
            ("itself", "cannot be read: Too many levels of symbolic links"),
            ("nowhere", "does not exist"),
        ],
    )
    def test_catalogs(self, name, what, odd, reconciler):
        ran = reconciler("validate", f"{name}.toml")
        assert (ran.code, f"{name}.toml  {what}" in ran.err) == (1, True)

    def test_a_plan_behind_a_link_is_read(self, plan, reconciler):
        Path("link.json").symlink_to("plan.json")
        assert reconciler("show", "link.json").out == reconciler("show", "plan.json").out

    def test_a_new_journal_follows_no_link(self, reconciler, folder):
        (folder / "journal").symlink_to("elsewhere")
        ran = reconciler("apply", *SIMULATED, "--yes", "--journal", "journal")
        assert (ran.code, (folder / "elsewhere").exists()) == (1, False)

    def test_folders_that_lead_to_one_another_many_times_are_read_once(self, folder, reconciler):
        for number in range(40):
            (folder / f"deep{number}").mkdir()
        for number in range(39):
            for link in ("a", "b"):
                (folder / f"deep{number}" / link).symlink_to(folder / f"deep{number + 1}")
        (folder / "catalog.toml").rename(folder / "deep3" / "catalog.toml")
        ran = reconciler("validate", "deep0")
        assert (ran.code, "folders nest deeper than 32 levels" in ran.err) == (1, True)
        assert reconciler("validate", "deep3/catalog.toml").code == 0

    def test_folders_below_folders_without_end(self, folder, reconciler):
        path = folder / "deep"
        for _ in range(200):
            path /= "d"
        path.mkdir(parents=True)
        ran = reconciler("validate", "deep")
        assert (ran.code, "folders nest deeper than 32 levels" in ran.err) == (1, True)


BRACKETS = "[" * 5_000
DIGITS = "9" * 5_000
CONTENTS = {
    "nothing": b"",
    "brackets": BRACKETS.encode(),
    "brackets of both sorts": (BRACKETS + "]" * 5_000).encode(),
    "braces": b'{"a":' * 5_000,
    "digits": DIGITS.encode(),
    "a fraction": b"0.1",
    "an exponent": b"1e999999999",
    "no number": b"NaN",
    "infinity": b"-Infinity",
    "a list": b"[]",
    "null": b"null",
    "zero bytes": b"\0" * 100,
    "a zero byte": b'{"format_version": 2\0}',
    "not UTF-8": b'{"format_version": "\xff"}',
    "UTF-16": '{"format_version": 2}'.encode("utf-16"),
    "a key twice": b'{"format_version": 2, "format_version": 2}',
    "half a character": b'{"\\ud800": 1, "format_version": 2}',
    "a version of many digits": b'{"format_version": ' + DIGITS.encode() + b"}",
    "a version with a fraction": b'{"format_version": 2.0}',
    "a version that is true": b'{"format_version": true}',
    "another document": b'{"openapi": "3.0.0"}',
    "a page": b"<html></html>",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_that_is_no_plan_and_no_journal(name, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENTS[name])
    for load in (load_plan, load_journal):
        with pytest.raises(PlanFileError) as caught:
            load(path, KINDS)
        told = str(caught.value)
        assert told.startswith(str(path))
        assert told.count("\n") in {1, 2}  # the mend stands below
        assert len(told) < 500


def test_a_plan_with_a_byte_order_mark_is_read(plan, reconciler):
    path = Path("plan.json")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert reconciler("show", "plan.json").code == 0


class TestAPlanThatIsSigned:
    """Its digest is right: whoever made it knows how."""

    HOSTILE = "\x1b[31m\n::error::x\u202e" + "x" * 100_000

    def refusal(self, content, tmp_path):
        path = tmp_path / "signed.json"
        path.write_text(signed(content), encoding="utf-8")
        with pytest.raises(PlanFileError) as caught:
            load_plan(path, KINDS)
        return str(caught.value)

    def test_a_deep_value_of_an_edit(self, plan, tmp_path):
        deep: list = []
        for _ in range(400):
            deep = [deep]
        change = next(c for c in plan["changes"] if c["address"] == "product.pro")
        change["edits"] = [{"path": "images", "before": deep, "after": None, "rule": "update"}]
        assert "nested deeper than any plan" in self.refusal(plan, tmp_path)

    @pytest.mark.parametrize("place", [("catalog",), ("steps", 0, "call"), ("steps", 0, "id")])
    def test_what_it_quotes_stays_on_its_line(self, place, plan, tmp_path):
        *way, last = place
        inner = plan
        for step in way:
            inner = inner[step]
        inner[last] = self.HOSTILE
        told = self.refusal(plan, tmp_path)
        assert told.count("\n") == 2
        assert all(line.isprintable() for line in told.split("\n"))
        assert len(told) < 1_500

    def test_keys_that_it_has_too_many(self, plan, tmp_path):
        plan[self.HOSTILE] = 1
        told = self.refusal(plan, tmp_path)
        assert 'its content has "\\x1b[31m\\n::error::x\\u202e' in told
        assert (told.count("\n"), len(told) < 1_000) == (2, True)

    def test_keys_deep_inside(self, plan, tmp_path):
        plan["changes"][0]["after"]["metadata"][self.HOSTILE] = 1
        told = self.refusal(plan, tmp_path)
        assert "is not string" in told
        assert (told.count("\n"), len(told) < 1_000) == (2, True)

    def test_a_key_twice_among_very_many(self, tmp_path):
        keys = "".join(f'"{number}":0,' for number in range(100_000))
        path = tmp_path / "many.json"
        path.write_text(f'{{{keys}"99999":0}}', encoding="utf-8")
        with pytest.raises(PlanFileError, match='has the key "99999" twice'):
            load_plan(path, KINDS)


LINES = {
    "a key twice": '{{"step": "{step}", "step": "{step}", "done": "prod_1"}}',
    "an id with a line break": '{{"step": "{step}", "done": "prod_1\\n::error::"}}',
    "an id that is too long": '{{"step": "{step}", "done": "' + "x" * 501 + '"}}',
    "an id that is none": '{{"step": "{step}", "done": null}}',
    "an attempt that is true": '{{"step": "{step}", "attempt": true}}',
    "an attempt below one": '{{"step": "{step}", "attempt": 0}}',
    "an attempt out of all proportion": '{{"step": "{step}", "attempt": 1000000000}}',
    "an attempt with a fraction": '{{"step": "{step}", "attempt": 1.5}}',
    "an attempt that is infinite": '{{"step": "{step}", "attempt": 1e999999999}}',
    "a step that is not in the plan": '{{"step": "create product.other", "done": "prod_1"}}',
    "another run": '{{"resume": "0"}}',
    "an end with a line break": '{{"end": "verified\\n::error::"}}',
    "a second head": '{{"journal": 1}}',
    "nothing": "{{}}",
    "a list": "[]",
    "brackets": BRACKETS,
    "a number": "1",
    "many digits": '{{"step": "{step}", "attempt": ' + DIGITS + "}}",
    "another character set": '{{"step": "{step}", "done": "é"}}',
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_no_journal_has(name, journal, tmp_path):
    step = json.loads(journal[1])["step"]
    line = LINES[name].format(step=step)
    path = tmp_path / "journal"
    path.write_text("".join([*journal[:2], line, "\n", *journal[2:]]), encoding="utf-8")
    with pytest.raises(PlanFileError) as caught:
        load_journal(path, KINDS)
    told = str(caught.value)
    assert told.startswith(f"{path}:3: ")
    assert (told.count("\n"), len(told) < 500) == (1, True)


@pytest.mark.parametrize("run", ["", "a b", "x" * 65, "\u0663", None, 5, ["a"], "é"])
def test_a_run_that_no_journal_has(run, journal, tmp_path):
    head = json.loads(journal[0])
    path = tmp_path / "journal"
    path.write_text(json.dumps({**head, "run": run}) + "\n", encoding="utf-8")
    with pytest.raises(PlanFileError, match=r":1: the run's id is not one of ours"):
        load_journal(path, KINDS)


def test_a_plan_in_a_journal_that_is_none(journal, tmp_path):
    deep = "[" * 900 + "]" * 900
    path = tmp_path / "journal"
    for plan in ("null", "[]", '"x"', deep, '{"format_version": 2}', "1e999999999", "NaN"):
        path.write_text(f'{{"journal": 1, "run": "a", "plan": {plan}}}\n', encoding="utf-8")
        with pytest.raises(PlanFileError) as caught:
            load_journal(path, KINDS)
        assert str(path) in str(caught.value)


CATALOGS = {
    "brackets": f"a = {BRACKETS}",
    "tables": "a = " + "{b = " * 5_000,
    "digits": f"a = {DIGITS}",
    "an exponent": "[products.pro.prices.m]\namount = 1e999999999",
    "a tiny number": "[products.pro.prices.m]\namount = 1e-999999999",
    "no number": "[products.pro.prices.m]\namount = nan",
    "infinity": "[products.pro.prices.m]\namount = inf",
    "a key twice": 'name = "a"\nname = "b"',
    "a zero byte": 'name = "a\0b"',
    "half a character": 'name = "\\ud800"',
    "a far date": "name = 9999-99-99",
    "a long name": f'[products.pro]\nname = "{"x" * 100_000}"',
    "a long key": f'[products.{"x" * 100_000}]\nname = "Pro"',
}


@pytest.mark.parametrize("name", CATALOGS)
def test_a_catalog_of_a_stranger(name, folder, reconciler):
    (folder / "odd.toml").write_text(CATALOGS[name], encoding="utf-8")
    ran = reconciler("validate", "catalog.toml", "odd.toml")
    assert (ran.code, ran.out) == (1, "")
    first = ran.err.split("\n")[0]
    assert first.startswith(("odd.toml", "catalog.toml"))
    assert "bug" not in ran.err
    assert len(ran.err) < 5_000
