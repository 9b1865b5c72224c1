"""The page about filters: every example of its tables has a meaning, and holds."""

from __future__ import annotations

import re

import pytest

from tests.inspector.captures import ROOT, SHOWCASE
from tests.inspector.command import run

_PAGE = (ROOT / "docs" / "filters.md").read_text(encoding="utf-8")
# What the options of these sections take are no expressions.
_ORDER = re.compile(r"## (?:Times|Order and number)\n.*?(?=\n## )", re.DOTALL)
_BEFORE, _, _BEHIND = _ORDER.sub("", _PAGE).partition("## Conditions")

_HEADER = "example | remarks |\n|---|---|---|\n"  # of the table of conditions


def _examples(text: str, column: int) -> list[str]:
    rows = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    cells = [re.split(r" (?<!\\)\| ?", row)[column] for row in rows[2:]]
    return [cell.strip("` ") for cell in cells if "`" in cell]


_FILTERS = [
    example
    for example in _examples(
        "| x | x |\n| x | x |\n"
        + _BEFORE.partition("example | remarks |\n|---|---|---|\n")[2],
        1,
    )
    if example
]
_CONDITIONS = _examples("| x |\n| x |\n" + _BEHIND.partition("|---|---|\n")[2], 0)


def test_the_page_has_examples() -> None:
    assert len(_FILTERS) >= 12
    assert len(_CONDITIONS) == 9


@pytest.mark.parametrize("expression", _FILTERS)
def test_every_filter_of_the_page_chooses_some_exchanges(expression: str) -> None:
    outcome = run("exchanges", SHOWCASE, "--json", "--where", expression)

    assert (outcome.code, outcome.err) == (0, "")
    assert 0 < len(outcome.lines) < 211


@pytest.mark.parametrize("condition", _CONDITIONS)
def test_every_condition_of_the_page_can_be_judged(condition: str) -> None:
    outcome = run(SHOWCASE, "--fail-on", condition)

    assert outcome.code in {0, 1}
    assert outcome.err == "" or f"--fail-on: {condition} holds: " in outcome.err
