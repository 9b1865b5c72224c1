"""Columns that a person chose, in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from inspector.filters.projection import compile_fields
from inspector.views.columns_view import chosen_line, csv_lines
from tests.inspector.captures import CAPTURES, SHOWCASE, name_of
from tests.inspector.command import run
from tests.inspector.conversation import Wire, inspected


def test_csv_can_be_read_back_with_what_needs_quotes() -> None:
    wire = Wire()
    wire.connect().emit('a,"b"', {"x": 'line\n"quoted", 求'}).emit("n", None).emit("u")
    found = inspected(wire.records).exchanges
    text = "".join(csv_lines(compile_fields("route, data.x, data, packets"), found))
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert rows == [
        ["route", "data.x", "data", "packets"],
        ['a,"b"', 'line\n"quoted", 求', '{"x":"line\\n\\"quoted\\", 求"}', "1"],
        ["n", "", "null", "1"],
        ["u", "", "", "1"],
    ]


def test_an_absent_value_is_an_absent_key() -> None:
    wire = Wire()
    wire.connect().emit("n", None).emit("u")
    columns = compile_fields("route, data, latency_ns")
    lines = [
        json.loads(chosen_line(columns, each))
        for each in inspected(wire.records).exchanges
    ]

    assert lines == [
        {"route": "n", "data": None, "latency_ns": None},
        {"route": "u", "latency_ns": None},
    ]


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_csv_has_a_row_for_every_exchange(capture: str) -> None:
    csv.field_size_limit(10**7)
    text = run("exchanges", capture, "--format", "csv").out
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    lines = run("exchanges", capture, "--json").lines

    assert [row[header.index("number")] for row in rows] == [
        str(x["number"]) for x in lines
    ]
    assert {len(row) for row in rows} == {len(header)}


def test_the_table_has_the_columns_and_numbers_are_flush_right() -> None:
    header, *rows = run(
        "exchanges", SHOWCASE, "--fields", "route, packets"
    ).out.splitlines()

    assert header.split() == ["route", "packets"]
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_columns_are_the_same_in_every_format(form: str) -> None:
    shown = run(
        "exchanges", SHOWCASE, "--fields", "number, outcome", "--format", form
    ).out

    assert shown.count("no_handler") == 1
