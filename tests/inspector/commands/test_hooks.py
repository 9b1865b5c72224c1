"""Hooks learn what was asked and how it ended, and change nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.inspector.added import install
from tests.inspector.captures import SEED
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "birds", raising=False)
    return tmp_path


def _said(err: str) -> list[str]:
    return [line for line in err.splitlines() if line != "birds is imported"]


def test_a_hook_gets_name_parameters_and_exit_code(folder: Path) -> None:
    install(folder, {"sing": "birds:sing"}, {"log": "birds:log"})

    outcome = run("exchanges", SEED, "--where", "packets > 1", "--json")
    before, after = _said(outcome.err)
    assert before.startswith("before exchanges {")
    assert "'packets > 1'" in before
    assert str(SEED) in before
    assert after == f"{before.replace('before', 'after', 1)} 0"
    missing = run("report", "missing.pcap")
    assert _said(missing.err)[0].startswith("before report {")
    assert _said(missing.err)[-1].endswith(f" {missing.code}")
    assert _said(run("sing", "x").err) == [
        "before sing {'words': ('x',)}",
        "after sing {'words': ('x',)} 0",
    ]


def test_nothing_begins_where_the_words_are_wrong_or_help_is_asked(
    folder: Path,
) -> None:
    install(folder, {}, {"log": "birds:log"})

    assert "before" not in run("exchanges", SEED, "--nope").err
    assert run("exchanges", "--help").err == ""
    assert run("--version").err == ""


def test_a_hook_that_fails_is_a_warning_and_changes_nothing(folder: Path) -> None:
    plain = run("exchanges", SEED, "--json")
    hooks = {"rude": "birds:rude", "log": "birds:log", "none": "birds:not_a_command"}
    install(folder, {}, hooks)
    outcome = run("exchanges", SEED, "--json")

    assert (outcome.code, outcome.out) == (plain.code, plain.out)
    lines = [line for line in _said(outcome.err) if line.startswith("protocol-inspect")]
    said, neither = "protocol-inspect:", "it has neither before() nor after()"
    assert lines == [
        f"{said} left out hook none (birds:not_a_command): {neither}",
        f"{said} hook rude fails in before(): ValueError: rude before (birds.py:47)",
        f"{said} hook rude fails in after(): SystemExit: 9 (birds.py:50)",
    ]
    assert "after exchanges" in outcome.err
