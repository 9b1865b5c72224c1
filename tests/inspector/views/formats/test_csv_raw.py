"""CSV for programs holds every text as it travelled."""

from __future__ import annotations

import csv
import io

from inspector.filters.projection import compile_fields
from tests.inspector.captures import SEED
from tests.inspector.command import run
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.written import Read, opened


def test_nothing_is_escaped() -> None:
    wire = Wire()
    wire.connect().emit("=1+1", "\x1b[2J")
    form, written = opened("csv_raw")
    found = Read(wire.records)
    form.exchanges(found.exchanges(), found, compile_fields("route, data"))

    rows = list(csv.reader(io.StringIO(written.text, newline="")))
    assert rows[1] == ["=1+1", "\x1b[2J"]


def test_it_has_an_option_of_its_own() -> None:
    named = run("exchanges", SEED, "--format", "csv_raw").out

    assert named
    assert run("exchanges", SEED, "--csv-raw").out == named
