from __future__ import annotations

import random

import msgspec

from inspector.fleet.report import Row, SourceFigures, Speakers, View, ordered


def _row(client: str, route: str) -> Row:
    return Row("tcp", client, "10.0.0.2:80", "", route, "message", 1)


def test_what_is_kept_is_in_one_order() -> None:
    items = [_row(client, route) for client in "abc" for route in "xyz"]
    mixed = items[:]
    random.Random(3).shuffle(mixed)  # noqa: S311 — the same order every time

    assert ordered(mixed) == items
    views = [View(("a", "b")), View(("a",)), View(("b",))]
    assert [each.sources for each in ordered(views)] == [("a",), ("a", "b"), ("b",)]


def test_what_is_usual_takes_no_room() -> None:
    line = msgspec.json.encode([SourceFigures("a"), Speakers("a", "b", "tcp", 1)])

    assert line == (
        b'[{"name":"a"},{"first":"a","second":"b","carrier":"tcp","connections":1}]'
    )
