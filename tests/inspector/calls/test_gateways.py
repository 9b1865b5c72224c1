from __future__ import annotations

import gc
from random import Random
from typing import TYPE_CHECKING

import pytest

from inspector.calls import gateways
from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.sessions import Session
from inspector.pipeline import Options, Pipeline
from protocol import UNDEFINED, JsonText
from tests.inspector.carriers.websocket.written import (
    OPEN,
    SID,
    answered,
    engine,
    event,
    packet,
    said,
    switched,
    upgrade,
)
from tests.inspector.carriers.websocket.written import (
    asked as requested,
)
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Conversation,
    Wire,
    inspected,
)
from tests.inspector.over_websocket import (
    GATEWAY,
    acknowledged,
    asked,
    exception,
    failed,
    gateway,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.records import PacketRecord


def _told(wire: Wire) -> list[tuple[str, str, object, int]]:
    """Return of each exchange its kind, outcome, id and packets."""
    return [
        (each.kind, each.outcome or "", each.id, each.packets)
        for each in inspected(wire.records).exchanges
    ]


def _value(exchange: Exchange) -> bytes:
    """Return the value that an exchange was answered with."""
    response = exchange.replies[0].response
    assert isinstance(response, JsonText)
    return bytes(response)


def _routes(wire: Wire) -> list[tuple[str | None, str]]:
    found = inspected(wire.records).exchanges
    return [(each.route, each.outcome or "") for each in found]


def test_an_acknowledgement_completes_the_event_with_its_number() -> None:
    wire = Wire()
    link = gateway(wire)
    for number in (0, 1):
        asked(link, data=number, number=number)
    acknowledged(link, "b", 1)
    acknowledged(link, "a", 0)
    first, second = inspected(wire.records).exchanges

    assert [each.outcome for each in (first, second)] == [Outcome.COMPLETED] * 2
    assert _value(first) == b'"a"'
    assert _value(second) == b'"b"'
    assert (first.id, first.packets, first.latency_ns) == (0, 2, 300_000)


def test_no_event_is_kept_once_it_is_over() -> None:
    wire = Wire()
    link = gateway(wire)
    kept: list[object] = []
    for number in range(20):
        asked(link, f"room {number}", number=None)
    wire.wait(3 * SECOND)
    asked(link, "last", number=None)

    def records() -> Iterator[PacketRecord]:
        yield from wire.records
        sessions = [each for each in gc.get_objects() if isinstance(each, Session)]
        events = [event for each in sessions for event in each.events()]
        kept.extend(each.pattern for each in events if each.outcome is not None)

    for _ in Pipeline(Options()).inspect(records()):
        pass
    assert kept == []


def test_events_of_too_many_bytes_wait_for_no_exception(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire()
    link = gateway(wire)
    for name in ("a", "b", "c"):
        asked(link, name, "x" * 98, number=None)
    for name in ("a", "c"):
        failed(link, name, "x" * 98)
    monkeypatch.setattr(gateways, "MAX_HELD_BYTES", 200)
    assert _routes(wire) == [
        ("a", "sent"),
        ("b", "sent"),
        ("c", "error"),
        ("exception", "sent"),
    ]


def test_both_sides_may_ask_with_the_same_number() -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link)
    link.send(SERVER, said(SERVER, packet("2", "asked", 1, number=0)))
    link.send(CLIENT, said(CLIENT, packet("3", "yes", number=0)))
    acknowledged(link, "no")
    mine, pushed = inspected(wire.records).exchanges

    assert (mine.pushed, pushed.pushed) == (False, True)
    assert _value(mine) == b'"no"'
    assert _value(pushed) == b'"yes"'
    assert (pushed.client_text, pushed.server_text) == (GATEWAY, "10.0.0.1:50001")
    assert (mine.client_text, mine.server_text) == ("10.0.0.1:50001", GATEWAY)


def test_an_event_is_over_when_it_is_sent() -> None:
    wire = Wire()
    link = gateway(wire, io=False)
    told(link, "log", 1)
    link.send(SERVER, said(SERVER, event("news", 2)))
    link.close()
    assert _routes(wire) == [("log", "sent"), ("news", "sent")]


def test_an_exception_fails_the_oldest_event_that_it_repeats() -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link, data=1, number=None)
    asked(link, data=2, number=None)
    asked(link, data=2, number=4)
    asked(link, "log", 2, number=None)
    failed(link, data=2)
    failed(link, data=2)
    link.close()

    assert _told(wire) == [
        ("event", "sent", UNDEFINED, 1),
        ("message", "error", None, 2),
        ("message", "error", 4, 2),
        ("event", "sent", UNDEFINED, 1),
    ]


def test_what_it_repeats_may_be_written_otherwise() -> None:
    wire = Wire()
    link = gateway(wire, io=False)
    link.send(CLIENT, said(CLIENT, '{"event":"sum","data":{"b": 1.0, "a":2}}'))
    said_again = event("exception", exception("sum", {"a": 2, "b": 1}))
    link.send(SERVER, said(SERVER, said_again))
    link.close()
    assert _routes(wire) == [("sum", "error")]


@pytest.mark.parametrize(
    "blamed", [("log", 1), ("sum", 2)], ids=["another name", "another payload"]
)
def test_an_exception_that_repeats_nothing_is_an_event(blamed: tuple[str, int]) -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link, number=None)
    failed(link, *blamed)
    link.close()
    assert _routes(wire) == [("sum", "sent"), ("exception", "sent")]


def test_an_exception_that_comes_late_is_an_event() -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link, number=None)
    wire.wait(SECOND + 1)
    failed(link)
    asked(link, "slow", number=0)
    wire.wait(5 * SECOND)
    failed(link, "slow")
    link.close()
    assert _routes(wire) == [
        ("sum", "sent"),
        ("exception", "sent"),
        ("slow", "error"),
    ]


def test_other_clients_are_not_blamed() -> None:
    wire = Wire()
    one, other = gateway(wire), gateway(wire, port=50_002)
    asked(one, number=None)
    asked(other, number=None)
    failed(other)
    one.close()
    other.close()
    assert _routes(wire) == [("sum", "sent"), ("sum", "error")]


def test_without_an_acknowledgement_it_is_unanswered_when_the_connection_ends() -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link)
    link.close()
    (exchange,) = inspected(wire.records).exchanges
    assert (exchange.outcome, exchange.cause) == (Outcome.UNANSWERED, "close")


def test_a_second_acknowledgement_is_a_stray() -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link)
    acknowledged(link)
    acknowledged(link)
    assert _told(wire) == [("message", "completed", 0, 2)]


def test_an_acknowledgement_without_its_event_is_an_orphan() -> None:
    wire = Wire()
    link = gateway(wire)
    acknowledged(link, number=9)
    link.close()
    (exchange,) = inspected(wire.records).exchanges
    assert (exchange.kind, exchange.id) == (Kind.ORPHAN, 9)


def test_one_that_was_captured_first_finds_its_event() -> None:
    wire = Wire()
    link = gateway(wire)
    acknowledged(link)
    asked(link)
    link.close()
    (exchange,) = inspected(wire.records).exchanges
    assert (exchange.kind, exchange.outcome) == (Kind.MESSAGE, Outcome.COMPLETED)
    assert exchange.early


def test_in_a_gap_it_is_in_doubt() -> None:
    wire = Wire()
    link = gateway(wire)
    asked(link)
    link.send(SERVER, said(SERVER, packet("3", 1, number=0)), captured=False)
    link.send(SERVER, said(SERVER, packet("2", "news", 1)))
    wire.wait(2 * SECOND)
    link.close()
    found = inspected(wire.records)
    assert found.exchanges[0].gapped
    assert "no-ack" not in found.codes


def _poll(wire: Wire, port: int, request: bytes, response: bytes) -> Conversation:
    """Return a connection of one request, as clients in Node make them."""
    link = wire.connect(client=f"10.0.0.1:{port}", server=GATEWAY)
    link.send(CLIENT, request)
    if response:
        link.send(SERVER, response)
        link.close()
    return link


def test_a_session_polls_on_many_connections() -> None:
    wire = Wire()
    _poll(wire, 1, requested("GET"), answered(OPEN))
    waits = _poll(wire, 2, requested("GET", sid=SID), b"")
    body = packet("2", "sum", 1, number=0)
    _poll(wire, 3, requested("POST", sid=SID, body=body), answered("ok"))
    waits.send(SERVER, answered(packet("3", 2, number=0)))
    assert _told(wire) == [("message", "completed", 0, 2)]


def test_what_was_polled_is_answered_after_the_upgrade() -> None:
    wire = Wire()
    body = packet("2", "sum", 1, number=0)
    _poll(wire, 3, requested("POST", sid=SID, body=body), answered("ok"))
    link = wire.connect(client="10.0.0.1:4", server=GATEWAY)
    link.send(CLIENT, upgrade(engine(sid=SID)))
    link.send(SERVER, switched())
    acknowledged(link)
    assert _told(wire) == [("message", "completed", 0, 2)]


def test_a_session_of_another_name_has_its_own_numbers() -> None:
    wire = Wire()
    body = packet("2", "sum", 1, number=0)
    _poll(wire, 3, requested("POST", sid="one", body=body), answered("ok"))
    answer = answered(packet("3", 1, number=0))
    _poll(wire, 4, requested("GET", sid="two"), answer)
    assert sorted(each[:2] for each in _told(wire)) == [
        ("message", "unanswered"),
        ("orphan", "completed"),
    ]


def test_a_session_that_polls_no_more_is_over_after_a_while() -> None:
    wire = Wire()
    body = packet("2", "sum", 1, number=0)
    _poll(wire, 3, requested("POST", sid=SID, body=body), answered("ok"))
    wire.wait(46 * SECOND)
    link = gateway(wire)
    asked(link, "log", number=None)
    in_order = Pipeline().inspect(wire.records)
    found = [each.route for each in in_order if isinstance(each, Exchange)]
    assert found == ["sum", "log"]


def test_events_that_wait_are_no_more_than_so_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateways, "MAX_HELD", 2)
    wire = Wire()
    link = gateway(wire)
    for number in range(5):
        asked(link, data=number, number=None)
    failed(link, data=0)
    failed(link, data=4)
    link.close()
    outcomes = [outcome for route, outcome in _routes(wire) if route == "sum"]
    assert outcomes == ["sent"] * 4 + ["error"]


def test_of_equal_events_each_answer_finds_its_own() -> None:
    random, wire = Random(7), Wire()  # noqa: S311 — no secret depends on it
    links = [gateway(wire, port=50_000 + number) for number in range(8)]
    waiting = [(link, number) for link in links for number in range(20)]
    for link, number in waiting:
        asked(link, number=number)
    random.shuffle(waiting)
    for link, number in waiting:
        acknowledged(link, [link.ports[0], number], number)
    for each in inspected(wire.records).exchanges:
        port = each.connection.endpoints[0].port
        assert _value(each) == b"[%d,%d]" % (port, each.id)


def test_of_very_many_events_at_once_none_is_left_out() -> None:
    wire = Wire()
    link = gateway(wire)
    for number in range(300):
        asked(link, data=number, number=None)
    link.close()
    assert _routes(wire) == [("sum", "sent")] * 300


@pytest.mark.parametrize("before", [True, False])
def test_routes_of_the_application_on_its_port_are_nothing_foreign(
    *, before: bool
) -> None:
    wire = Wire()
    if before:
        _route(wire)
    asked(gateway(wire), number=None)
    if not before:
        _route(wire)
    assert inspected(wire.records).codes == []


def _route(wire: Wire) -> None:
    link = wire.connect(client="10.0.0.1:50009", server=GATEWAY)
    link.send(CLIENT, b"GET /users HTTP/1.1\r\nHost: gateway\r\n\r\n")
    link.send(SERVER, answered("[]"))
    link.close()


def test_a_port_that_is_named_may_begin_with_another_request() -> None:
    wire = Wire()
    link = wire.connect(client="10.0.0.1:50009", server=GATEWAY)
    link.send(CLIENT, b"GET /index.html HTTP/1.1\r\nHost: gateway\r\n\r\n")
    link.send(SERVER, answered("<html>"))
    body = packet("2", "sum", 1, number=0)
    link.send(CLIENT, requested("POST", sid=SID, body=body))
    link.send(SERVER, answered("ok"))
    named = Pipeline(Options(carriers={3000: "socketio"})).inspect(wire.records)
    assert [each.route for each in named if isinstance(each, Exchange)] == ["sum"]
    assert _routes(wire) == []
