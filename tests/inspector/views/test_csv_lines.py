"""Cells that nothing obeys."""

from __future__ import annotations

import csv
import io
import re

import pytest

from inspector.views.csv_lines import harmless
from protocol import UNDEFINED, Json
from tests.inspector.captures import ROOT
from tests.inspector.command import run

_NASTY = ROOT / "tests" / "data" / "cases" / "nasty.pcap"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "'\\u0009=1"),
        ("\r=1", "'\\u000d=1"),
        ("\x1b]0;x\x07", "\\u001b]0;x\\u0007"),
        ("\u202egpj", "\\u202egpj"),
        ("-5", "-5"),
        ("+4.5e-3", "+4.5e-3"),
        (-5, "-5"),
        ("a=b", "a=b"),
        ({"a": "=1"}, '{"a":"=1"}'),
        (UNDEFINED, ""),
    ],
)
def test_no_cell_calculates_or_moves_a_cursor(value: Json, cell: str) -> None:
    assert harmless(value) == cell


def test_a_capture_of_formulas_and_control_characters_is_harmless() -> None:
    text = run("exchanges", _NASTY, "--format", "csv").out
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]

    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in set("=@\t\r")]
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(cells)
    )
