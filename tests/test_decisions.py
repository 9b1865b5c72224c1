"""Decisions are numbered, and cited where they show in the code."""

from __future__ import annotations

import re

from tests.inspector.captures import ROOT

_DECISION = re.compile(r"^\*\*([0-9]+)\. ", re.MULTILINE)
_CITATION = re.compile(r"(?:#|--) decision ([0-9]+)\b")
_PAGE = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")


def _cited() -> list[int]:
    files = [
        file
        for package in ("protocol", "servers", "inspector")
        for file in (ROOT / package).rglob("*")
        if file.suffix in {".py", ".lua"}
    ]
    return [
        int(number)
        for file in files
        for number in _CITATION.findall(file.read_text(encoding="utf-8"))
    ]


def test_each_number_stands_once_and_none_is_left_out() -> None:
    numbers = [int(number) for number in _DECISION.findall(_PAGE)]

    assert len(numbers) == len(re.findall(r"^\*\*", _PAGE, re.MULTILINE)), "unnumbered"
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_code_cites_every_decision_and_no_other() -> None:
    numbers = {int(number) for number in _DECISION.findall(_PAGE)}

    assert numbers == set(_cited())
