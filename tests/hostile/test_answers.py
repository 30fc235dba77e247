"""Answers without bounds or of no shape: refused clearly, before they cost anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from hostile.conftest import KEY
from hostile.double import Answer, replacing, said
from hostile.limited import ROOT, limited
from hostile.test_text import ALL, is_quiet

MIB = 1024 * 1024


class TestBounds:
    def test_an_answer_of_100_mb(self, stripe, folder):
        stripe.instead = lambda _: Answer(body=b'{"a": "' + b"x" * (100 * MIB) + b'"}')
        line = ["plan", "--api-base", stripe.url]
        (ran,) = limited(folder, [line], memory=2048 * MIB, seconds=60)
        assert (ran.code, ran.out) == (1, "")
        assert "AnswerTooLargeError: an answer of more than 32 MiB" in ran.err

    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 10_000 + b"]" * 10_000,
            b'{"id": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
            b'{"id": "acct_1", "x": ' + b"9" * 5_000 + b"}",
            b'{"id": 1e999999999}',
            b'{"error": "of another shape"}',
            b'{"error": {"message": {"a": []}}}',
            b"null",
            b"\xff\xfe",
            b"",
        ],
        ids=lambda body: body[:20],
    )
    @pytest.mark.parametrize("status", [200, 400, 404])
    def test_an_answer_of_no_shape(self, body, status, stripe, reconciler):
        stripe.instead = lambda _: Answer(status=status, body=body)
        ran = reconciler("plan", "--api-base", stripe.url)
        assert (ran.code, ran.out) == (1, "")
        assert "bug in reconciler" not in ran.err
        assert is_quiet(ran.err)


class TestTexts:
    @pytest.fixture
    def base(self, stripe, reconciler):
        base = ("--api-base", stripe.url)
        assert reconciler("apply", *base, "--yes", "--no-verify").code == 0
        return base

    @pytest.mark.parametrize("field", ['"Pro"', '"gold"', '"tier"', '"pro_monthly"', '"LAUNCH20"'])
    def test_half_a_character_is_replaced_and_the_plan_can_be_read(
        self, field, base, stripe, reconciler
    ):
        stripe.spoil = replacing(field, '"a\\ud800b"')
        shown = reconciler("plan", *base, "--out", "p.json")
        assert shown.code in {0, 3}
        assert reconciler("show", "p.json").out == shown.out

    def test_a_whole_character_in_two_halves_stays(self, base, stripe, reconciler):
        stripe.spoil = replacing('"Pro"', '"\\ud83d\\ude00"')
        assert 'name "😀" -> "Pro"' in reconciler("plan", *base).out

    @pytest.mark.parametrize("start", ['"acct_', '"prod_', '"price_'])
    def test_an_id_that_cannot_be_one_is_refused(self, start, base, stripe, reconciler):
        stripe.spoil = replacing(start, start + "\\u001b[31m\\n::error::x")
        ran = reconciler("plan", *base)
        assert (ran.code, ran.out, is_quiet(ran.err)) == (1, "", True)
        assert "an object with an id that cannot be one" in ran.err

    def test_what_has_moved_is_told_on_one_line(self, base, stripe, reconciler, folder):
        path = folder / "catalog.toml"
        path.write_text(path.read_text(encoding="utf-8").replace('"For teams"', '"For all"'))
        reconciler("plan", *base, "--out", "p.json")
        stripe.spoil = replacing('"Pro"', json.dumps(f"a\nb {ALL}"))
        ran = reconciler("apply", *base, "p.json", "--yes")
        assert ran.code == 4
        assert "name is a\\nb " in ran.err
        assert is_quiet(ran.err)

    def test_a_long_key_of_metadata_is_shortened(self, base, stripe, reconciler):
        stripe.spoil = replacing('"tier"', json.dumps("k" * 100_000))
        assert len(reconciler("plan", *base).out) < 2_000


def test_an_error_of_another_shape_leaves_a_write_unknown(stripe, reconciler):
    def instead(asked):
        writing = asked.method == "POST" and "prices" in asked.path
        return Answer(status=400, body=b'{"error": "no"}') if writing else None

    stripe.instead = instead
    ran = reconciler("apply", "--api-base", stripe.url, "--yes", "--journal", "j")
    assert (ran.code, "--resume j" in ran.err) == (5, True)
    stripe.instead = lambda _: None
    assert reconciler("apply", "--api-base", stripe.url, "--resume", "j").code == 0


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_log_of_the_sdk_is_silent(level, stripe, folder):
    stripe.instead = lambda _: said(401, message=f"{KEY} whsec_MARKED")
    found = subprocess.run(
        [sys.executable, "-m", "reconciler", "plan", "--api-base", stripe.url],
        env={**os.environ, "PYTHONPATH": str(ROOT), "STRIPE_LOG": level},
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert (found.returncode, "MARKED" in found.stderr + found.stdout) == (1, False)


def test_many_moves_take_no_longer_than_many_lines(folder):
    rows = "".join(f'"product.a{n}" = "product.a{n + 1}"\n' for n in range(5_000))
    (folder / "moves.toml").write_text(f"[moved]\n{rows}", encoding="utf-8")
    (ran,) = limited(folder, [["validate", "moves.toml"]], memory=1024 * MIB, seconds=30)
    assert ran.code == 1
