"""CSV can be read back, whatever is in it."""

from __future__ import annotations

import csv
import io

import pytest

from inspector.filters.keys import COLUMNS
from inspector.filters.projection import compile_fields
from inspector.views.csv_lines import csv_lines
from inspector.views.formats.csv import Csv
from inspector.views.rendering import cell_text
from tests.inspector.captures import CAPTURES, name_of
from tests.inspector.command import run
from tests.inspector.conversation import Wire, inspected
from tests.inspector.views.formats.written import Read, opened


def test_it_can_be_read_back_with_what_needs_quotes() -> None:
    wire = Wire()
    wire.connect().emit('a,"b"', {"x": 'line\n"quoted", 求'}).emit("n", None).emit("u")
    found = inspected(wire.records).exchanges
    columns = compile_fields("route, data.x, data, packets")
    text = "".join(csv_lines(columns, found, cell_text))
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert rows == [
        ["route", "data.x", "data", "packets"],
        ['a,"b"', 'line\n"quoted", 求', '{"x":"line\\n\\"quoted\\", 求"}', "1"],
        ["n", "", "null", "1"],
        ["u", "", "", "1"],
    ]


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_there_is_a_row_for_every_exchange(capture: str) -> None:
    csv.field_size_limit(10**7)
    text = run("exchanges", capture, "--format", "csv").out
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    lines = run("exchanges", capture, "--json").lines

    assert [row[header.index("number")] for row in rows] == [
        str(x["number"]) for x in lines
    ]
    assert {len(row) for row in rows} == {len(header)}


def test_it_serves_exchanges_with_the_usual_columns_or_those_that_are_named() -> None:
    wire = Wire()
    wire.connect().ask("sum", "7").answer("7", 5)
    assert Csv.served() == ["exchanges", "services"]
    for columns, header, row in (
        (None, ",".join(COLUMNS), "1,message,completed,sum,7,1,"),
        (compile_fields("id, response"), "id,response", "7,5"),
    ):
        form, written = opened("csv")
        found = Read(wire.records)
        form.exchanges(found.exchanges(), found, columns)
        lines = written.text.split("\r\n")

        assert lines[0] == header
        assert lines[1].startswith(row)
        assert lines[2:] == [""]
