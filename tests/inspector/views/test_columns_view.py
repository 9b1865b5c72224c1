"""Columns that a person chose, in every format."""

from __future__ import annotations

import json

import pytest

from inspector.filters.projection import compile_fields
from inspector.views.jsonlines import chosen_line
from tests.inspector.captures import SHOWCASE
from tests.inspector.command import run
from tests.inspector.conversation import Wire, inspected


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
