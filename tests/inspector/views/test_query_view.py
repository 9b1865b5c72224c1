from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from inspector.columnar.queries import Answer, Field
from inspector.views.query_view import (
    csv_rows,
    json_lines,
    print_answer,
    print_views,
    view_lines,
)
from inspector.views.theme import make_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

_FIELDS = [
    Field("time", "time"),
    Field("route", "text"),
    Field("calls", "number"),
    Field("p99_ms", "number"),
    Field("failed", "bool"),
    Field("server", "text"),
    Field("more", "json"),
    Field("share", "decimal"),
]
_LONG = "orders." + "x" * 200
_HOSTILE = "\x1b[2Jorders\u202e\n,=1+1"
_ROWS: list[tuple[Any, ...]] = [
    ("2026-11-30T14:00:00Z", "sum", 7, 1.25, True, "10.0.0.1:8888", '{"a":1}', "0.5"),
    ("2026-11-30T14:00:01.123456789Z", _LONG, 12_345, 0.00012, False, "x", "[]", "1"),
    (None, _HOSTILE, 2**80, float("nan"), None, None, None, None),
]


def _answer(rows: Sequence[tuple[Any, ...]] = _ROWS) -> Answer:
    return Answer(_FIELDS, iter(rows))


def _printed(answer: Answer, width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    print_answer(make_console(out), answer)
    return out.getvalue().splitlines()


def test_a_table_fits_its_screen_and_obeys_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = _printed(_answer(), 80, monkeypatch)

    assert max(map(len, lines)) <= 80
    assert len(lines) == 1 + len(_ROWS) + 1
    assert lines[-1].startswith("Not shown: server, more, share; a wider screen")
    assert lines[0].split()[:2] == ["time", "route"]
    assert lines[1].startswith("2026-11-30 14:00  ")
    assert lines[2].startswith("2026-11-30 14:00:01.123  orders.x")
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)


def test_a_wide_one_shows_all(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _printed(_answer(_ROWS[:2]), 400, monkeypatch)

    assert lines[1].split() == [
        "2026-11-30", "14:00", "sum", "7", "1.25", "true", "10.0.0.1:8888",
        '{"a":1}', "0.5",
    ]  # fmt: skip
    assert "0.00012  false" in lines[2]


def test_without_rows_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _printed(_answer([]), 80, monkeypatch) == ["No rows."]


def test_lines_of_json_have_values_of_json() -> None:
    lines = [json.loads(line) for line in json_lines(_answer())]

    assert lines[0] == {
        "time": "2026-11-30T14:00:00Z", "route": "sum", "calls": 7, "p99_ms": 1.25,
        "failed": True, "server": "10.0.0.1:8888", "more": {"a": 1}, "share": 0.5,
    }  # fmt: skip
    assert lines[2]["route"] == _HOSTILE
    assert lines[2]["calls"] == 2**80
    assert lines[2]["p99_ms"] is None


def test_names_that_occur_again_have_numbers() -> None:
    fields = [Field(name, "number") for name in ("n", "n", "n_2", "n")]
    (line,) = json_lines(Answer(fields, iter([(1, 2, 3, 4)])))

    assert json.loads(line) == {"n": 1, "n_2": 2, "n_2_2": 3, "n_3": 4}


def test_a_spreadsheet_reckons_nothing() -> None:
    rows = [("=1+1", "-2", 3, -1.5, None, "@x", "\ta", "1")]
    text = b"".join(csv_rows(_answer(rows))).decode()
    header, row = csv.reader(io.StringIO(text))

    assert header == [each.name for each in _FIELDS]
    assert row == ["'=1+1", "-2", "3", "-1.5", "", "'@x", "'\\u0009a", "1"]


def test_views_are_listed_with_their_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = io.StringIO()
    print_views(make_console(out))
    listed = {each["name"]: each for each in map(json.loads, view_lines())}

    assert max(map(len, out.getvalue().splitlines())) <= 80
    for name, each in listed.items():
        assert name in out.getvalue()
        assert each["columns"][0] in out.getvalue()
    assert set(listed) >= {
        "slowest", "errors_by_minute", "orphans", "p99_by_pattern", "exchanges",
    }  # fmt: skip
