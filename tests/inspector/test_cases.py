"""Captures that were read wrong once, against what is right of each (cases.toml)."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from typing import Any

import pytest

from captures.cases import PLAYS
from tests.inspector.captures import ROOT
from tests.inspector.command import run

_FOLDER = ROOT / "tests" / "data" / "cases"
_CASES: dict[str, dict[str, Any]] = tomllib.loads(
    (_FOLDER / "cases.toml").read_text(encoding="utf-8")
)

each_case = pytest.mark.parametrize("name", _CASES)


@cache
def _lines(name: str) -> list[dict[str, Any]]:
    return run(_FOLDER / name, "--json", *_CASES[name].get("options", [])).lines


def test_every_capture_of_the_folder_is_a_case() -> None:
    captures = {file.name for file in _FOLDER.iterdir()} - {"cases.toml"}

    assert captures == _CASES.keys()


def test_every_recording_of_ours_can_be_made_again() -> None:
    recorded = {name.partition("-v12")[0] for name in _CASES if "-v12." in name}

    assert recorded == set(PLAYS), "see captures/README.md"


@each_case
def test_the_summary_counts_what_happened(name: str) -> None:
    assert _CASES[name]["summary"].items() <= _lines(name)[-1].items()


@each_case
def test_each_fault_is_found_and_nothing_else(name: str) -> None:
    findings = [line for line in _lines(name) if line["type"] == "finding"]
    codes = Counter(finding["code"] for finding in findings)

    assert codes == _CASES[name]["findings"]


@each_case
def test_the_conditions_hold(name: str) -> None:
    for condition in _CASES[name].get("holds", []):
        outcome = run(_FOLDER / name, "--fail-on", condition)

        assert (outcome.code, condition in outcome.err) == (1, True)
    for condition in _CASES[name].get("fails", []):
        assert run(_FOLDER / name, "--fail-on", condition).code == 0


@each_case
def test_the_report_says_what_is_right(name: str) -> None:
    report = run(_FOLDER / name, *_CASES[name].get("options", []), width=120).out
    unfolded = report + " ".join(report.split())

    assert [text for text in _CASES[name].get("says", []) if text not in unfolded] == []
    assert [text for text in _CASES[name].get("never", []) if text in report] == []
