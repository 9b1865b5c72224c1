"""Columns: expressions with commas between them, named as they were written."""

from __future__ import annotations

import pytest

from inspector.errors import ExpressionError
from inspector.filters.projection import compile_fields
from inspector.sources.files import read_capture
from protocol import UNDEFINED
from tests.inspector.captures import SEED
from tests.inspector.conversation import inspected


def test_a_column_is_named_as_it_was_written_and_reads_what_it_says() -> None:
    columns = compile_fields('route, latency_ns, data[0] , "a, b" in route,data.x')
    asked = inspected(read_capture(str(SEED))).exchanges[1]

    assert [column.name for column in columns] == [
        "route",
        "latency_ns",
        "data[0]",
        '"a, b" in route',
        "data.x",
    ]
    assert [column.read(asked) for column in columns] == [
        "sum",
        asked.latency_ns,
        1,
        False,
        UNDEFINED,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the expression is empty"),
        ("route,,id", "expected a value at character 7, not ',id'"),
        ("route, latncy", "no field 'latncy', did you mean latency?"),
        ("route id", "expected an operator at character 7, not 'id'"),
    ],
)
def test_a_wrong_column_is_named(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_fields(text)

    assert str(caught.value) == f"--fields: {message}"
