from __future__ import annotations

import msgspec

from inspector.figures.requests import RequestRows
from inspector.figures.traffic import OTHER_PATTERNS
from tests.inspector.carriers.http.written import answered, asked
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_http import called, exchanged, server


def _wire() -> Wire:
    wire = Wire()
    called(wire)
    link = server(wire)
    for target in ("/users/1", "/users/2", "/b"):
        exchanged(link, target)
    link.send(CLIENT, asked("GET", "/c"))
    link.send(SERVER, answered("", "503 Service Unavailable"))
    link.send(CLIENT, asked("GET", "/d"))
    return wire


def test_requests_are_counted_by_their_routes() -> None:
    rows = inspected(_wire().linger().records, beginnings=True).report.requests
    summary = rows.summary()
    assert summary is not msgspec.UNSET
    assert msgspec.structs.astuple(summary) == (5, 3, 1, 1, 0, 0)
    assert {route: row.count for (_, route, _), row in rows.patterns.items()} == {
        "GET /users/:id": 2,
        "GET /b": 1,
        "GET /c": 1,
        "GET /d": 1,
    }


def test_of_many_routes_all_others_are_one() -> None:
    rows = RequestRows(max_rows=2)
    for exchange in inspected(_wire().records, beginnings=True).exchanges[1:]:
        rows.add(exchange)
    routes = [route for _, route, _ in rows.patterns]
    assert routes == ["GET /users/:id", "GET /b", OTHER_PATTERNS]
    assert rows.in_flight == 1


def test_parts_of_a_capture_add_up() -> None:
    report, other = (
        inspected(_wire().linger().records, beginnings=True).report for _ in range(2)
    )
    report.merge(other)
    summary = report.summary().http
    assert not isinstance(summary, msgspec.UnsetType)
    assert (summary.requests, summary.errors, summary.unanswered) == (10, 2, 2)
    assert RequestRows().summary() is msgspec.UNSET
