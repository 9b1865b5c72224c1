from __future__ import annotations

from inspector.carriers.base import Cost, Remark, Taken, Transfer
from inspector.carriers.registry import carriers, loaded
from inspector.carriers.websocket.carrier import socketio, ws
from tests.inspector.carriers.websocket.written import (
    event,
    opened,
    packet,
    read,
    said,
)
from tests.inspector.conversation import CLIENT, SERVER


def test_both_are_registered() -> None:
    assert loaded(carriers()["ws"]) is ws
    assert loaded(carriers()["socketio"]) is socketio
    assert (ws.title, socketio.title) == ("WebSocket", "Socket.IO")


def test_an_exchange_takes_a_packet_for_each_message() -> None:
    assert socketio.cost(Taken("message")) == Cost(2, "event, answer")
    assert ws.cost(Taken("event", 1)) == Cost(1, "event")
    assert ws.cost(Taken("orphan")) is None


def test_units_are_explained_in_a_few_words() -> None:
    turns = [
        *opened(io=True),
        (CLIENT, said(CLIENT, packet("2", "log", 1))),
        (CLIENT, said(CLIENT, packet("2", "sum", 1, number=0))),
        (SERVER, said(SERVER, packet("3", 1, number=0))),
    ]
    assert [socketio.explain(unit) for unit in read(turns, io=True)] == [
        "GET upgrade",
        "101",
        "open",
        "CONNECT",
        "CONNECT",
        "event",
        "event with acknowledgement",
        "acknowledgement",
    ]
    assert ws.explain(Remark(side=0, begin=0, end=0, code="x")) == ""


def test_bytes_are_measure_enough() -> None:
    (unit,) = read([(CLIENT, said(CLIENT, event("sum", 1)))])
    assert isinstance(unit, Transfer)
    assert ws.measure(unit) == ""
