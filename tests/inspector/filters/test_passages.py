"""The keys of a line that an exchange over a broker has besides."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.filters.passages import OF_PASSAGE
from inspector.filters.selection import compile_selection
from protocol import UNDEFINED
from tests.inspector.conversation import STEP, Wire, inspected
from tests.inspector.over_nats import Broker, called, emitted


def _heard() -> Broker:
    """A call to one of a group that a monitor overhears, and an event."""
    broker = Broker()
    caller = broker.peer("10.1.1.1:1")
    handler = broker.worker("sum", endpoint="10.1.1.2:2", group="g")
    monitor = broker.worker("_INBOX.>", endpoint="10.1.1.3:3")
    asked = caller.ask("sum", 1, inbox="_INBOX.here")
    handler.take(asked)
    body = handler.answer(asked, 2)
    monitor.get(asked, body)
    caller.get(asked, body).leave(asked)
    emitted(caller, handler)
    return broker


def _line(number: int = 0) -> dict[str, Any]:
    return inspected(_heard().wire.records).lines[number]


def test_a_line_has_each_hop_with_who_and_where_and_when() -> None:
    line = _line()
    first = line["hops"][0]

    assert first == {
        "leg": "request",
        "way": "in",
        "connection": 1,
        "peer": "10.1.1.1:1",
        "channel": "sum",
        "time_ns": line["time_ns"],
        "packets": line["request_packets"][:1],
        "reply": None,
        "again": False,
    }
    assert [(hop["leg"], hop["way"], hop["reply"]) for hop in line["hops"]] == [
        ("request", "in", None),
        ("request", "out", None),
        ("reply", "in", 1),
        ("reply", "out", 1),
        ("reply", "out", 1),
    ]


def test_what_is_remarkable_of_a_hop_is_there_only_where_it_is_so() -> None:
    hops = _line()["hops"]

    assert [hop.get("group") for hop in hops] == [None, "g", None, None, None]
    assert [hop.get("overheard") for hop in hops] == [None, None, None, True, None]
    assert not any("surplus" in hop for hop in hops)


def test_a_line_has_errands_channels_handlers_and_times() -> None:
    line = _line()

    assert [(each["verb"], each["from"]) for each in line["errands"]] == [
        ("SUB", "peer"),
        ("UNSUB", "peer"),
    ]
    assert line["errands"][1]["packets"] == line["errand_packets"]
    assert (line["channel"], line["reply_channel"]) == ("sum", "_INBOX.here")
    assert line["handlers"] == ["10.1.1.2:2"]
    assert (line["queue_ns"], line["handler_ns"]) == (STEP, STEP)
    assert line["return_ns"] == 2 * STEP


def test_a_broker_that_refuses_does_so_itself() -> None:
    broker = Broker()
    peer = broker.peer()
    asked = peer.ask("sum", 1)
    peer.refused(asked)
    (line,) = inspected(broker.wire.records).lines

    assert [(each["verb"], each["from"]) for each in line["errands"]] == [
        ("SUB", "peer"),
        ("503", "broker"),
    ]


def test_what_is_not_known_is_absent() -> None:
    broker = Broker()
    emitted(broker.peer())
    (line,) = inspected(broker.wire.records).lines

    assert (line["channel"], line["handlers"], line["errands"]) == ("log", [], [])
    assert not {"reply_channel", "queue_ns", "handler_ns", "return_ns"} & line.keys()


def test_over_a_direct_carrier_there_is_none_of_that() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    (line,) = inspected(wire.records).lines

    assert not OF_PASSAGE.keys() & line.keys()
    assert {read(None) for read in OF_PASSAGE.values()} == {UNDEFINED}


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("channel == 'sum'", [1]),
        ("queue_ns > 50us", [1, 2]),
        ("return_ns > 1s", []),
        ("'10.1.1.2:2' in handlers", [1, 2]),
        ("reply_channel ~ '^_INBOX'", [1]),
    ],
)
def test_filters_know_the_same_words(where: str, numbers: list[int]) -> None:
    chosen = compile_selection(where, "where")
    exchanges = inspected(_heard().wire.records).exchanges

    assert [each.number for each in exchanges if chosen(each)] == numbers


def test_a_second_answer_is_marked() -> None:
    broker = Broker()
    caller = broker.peer()
    called(caller, broker.worker("sum"), broker.worker("sum"))
    (line,) = inspected(broker.wire.records).lines

    assert [hop.get("surplus") for hop in line["hops"]] == [None] * 6 + [True]
