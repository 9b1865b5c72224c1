from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls import beginnings
from inspector.calls.exchanges import Exchange
from inspector.pipeline import Options, Pipeline
from tests.inspector.carriers.http.written import answered, asked
from tests.inspector.carriers.websocket.written import switched, upgrade
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_http import API, called, exchanged, server

if TYPE_CHECKING:
    from collections.abc import Callable


def _routes(wire: Wire) -> list[tuple[int, str | None, str]]:
    found = inspected(wire.records, beginnings=True).exchanges
    return [(each.number, each.route, each.outcome or "") for each in found]


def test_without_nest_there_is_nothing_of_http() -> None:
    wire = Wire()
    link = server(wire)
    for status in ("200 OK", "500 Internal Server Error"):
        link.send(CLIENT, asked())
        link.send(SERVER, answered("", status))
    link.send(CLIENT, asked())
    link.close()

    found = inspected(wire.linger().records, beginnings=True)

    assert (found.exchanges, found.findings) == ([], [])
    report = found.report
    assert (report.connections, report.other_connections) == (0, 1)
    assert report.foreign == {"HTTP on :3000": 1}
    assert (report.requests.count, report.replies, report.frames) == (0, 0, 0)


def test_what_came_before_the_first_call_is_reported_before_it() -> None:
    wire = Wire()
    first, second = server(wire), server(wire, 50_002)
    exchanged(first, "/health")
    first.close()
    second.send(CLIENT, asked("GET", "/users/7"))
    called(wire)
    second.send(SERVER, answered("6"))
    exchanged(second, "/users/8")

    assert _routes(wire) == [
        (1, "GET /health", "completed"),
        (2, "GET /users/:id", "completed"),
        (3, "sum", "completed"),
        (4, "GET /users/:id", "completed"),
    ]
    report = inspected(wire.records, beginnings=True).report
    assert (report.connections, report.other_connections) == (1, 2)
    assert report.counts.data_packets == 2
    assert report.kinds.total() == 1
    assert report.requests.count == 3


def test_one_that_was_over_without_a_response_is_unanswered() -> None:
    wire = Wire()
    link = server(wire)
    link.send(CLIENT, asked())
    link.close()
    called(wire)
    assert _routes(wire)[0] == (1, "GET /", "unanswered")
    assert not inspected(wire.records, beginnings=True).findings


@pytest.mark.parametrize("limit", ["MAX_HELD", "MAX_HELD_BYTES"])
def test_of_many_the_latest_are_held(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = {"MAX_HELD": 6, "MAX_HELD_BYTES": 250}[limit]
    monkeypatch.setattr(beginnings, limit, most)
    wire = Wire()
    link, pending = server(wire), server(wire, 50_002)
    pending.send(CLIENT, asked("GET", "/first"))
    for number in range(9):
        exchanged(link, f"/a{number}")
    called(wire)
    pending.send(SERVER, answered("dropped"))
    exchanged(link, "/last")

    routes = [route for _, route, _ in _routes(wire)]

    assert routes[-3:] == ["GET /a8", "sum", "GET /last"]
    assert "GET /a0" not in routes
    assert all(
        each.kind != "orphan"
        for each in inspected(wire.records, beginnings=True).exchanges[1:]
    )


def test_a_websocket_alone_is_not_nest() -> None:
    wire = Wire()
    link = server(wire)
    exchanged(link)
    socket = wire.connect(client="10.0.0.1:60000", server=API)
    socket.send(CLIENT, upgrade())
    socket.send(SERVER, switched())
    assert not _routes(wire)


def test_nothing_of_it_is_reported_where_nobody_asks_for_beginnings() -> None:
    wire = Wire()
    exchanged(server(wire))
    called(wire)

    (call,) = inspected(wire.records).exchanges
    assert (call.number, call.carrier) == (1, "tcp")


def test_it_is_reported_where_it_is_asked_for() -> None:
    wire = Wire()
    exchanged(server(wire))
    inspection = Pipeline(Options(carriers={3000: "http"}))
    (found,) = inspection.inspect(wire.records)
    assert isinstance(found, Exchange)
    assert (found.carrier, found.route, found.outcome) == (
        "http",
        "GET /sum",
        "completed",
    )


@pytest.mark.parametrize("before", [True, False])
def test_a_request_to_a_port_of_nest_begins_nothing(*, before: bool) -> None:
    wire = Wire()
    other = wire.connect(client="10.0.0.1:50001", server="10.0.0.2:8888")
    if before:
        exchanged(other)
    called(wire)
    if not before:
        exchanged(other)
    found = inspected(wire.records, beginnings=True)
    assert [each.route for each in found.exchanges] == ["sum"]
    assert [each.code for each in found.findings] == ["foreign-protocol"]


def _retransmitted(wire: Wire) -> None:
    link = server(wire)
    link.send(CLIENT, asked("POST", "/a", "1" * 500))
    link.send(SERVER, answered("1"), captured=False)
    link.send(SERVER, answered("2"))
    link.ack(CLIENT)
    link.close()


@pytest.mark.parametrize("traffic", [_retransmitted])
def test_nothing_is_found_of_what_went_wrong(traffic: Callable[[Wire], None]) -> None:
    wire = Wire()
    traffic(wire)
    called(wire)
    found = inspected(wire.records, beginnings=True)
    assert not found.findings
    assert (found.report.gap_bytes, found.report.unread_bytes) == (0, 0)
    assert found.exchanges[0].gapped
