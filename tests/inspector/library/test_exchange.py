from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING

import pytest

from inspector import UNDEFINED, Exchange, Kind, Outcome, Reply, inspect
from inspector.calls.chains.sought import with_possible_parents
from inspector.calls.exchanges import Exchange as Recorded
from inspector.views.jsonlines import exchange_line
from protocol import Event, JsonText, encode_packet, loads
from tests.inspector.captures import CAPTURES, SEED, SHOWCASE, name_of
from tests.inspector.command import run
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Records,
    Wire,
    failure,
    inspected,
    response,
)
from tests.inspector.traces import TRACES

if TYPE_CHECKING:
    from pathlib import Path


def _exchanges(wire: Wire) -> list[Exchange]:
    records = wire.records
    protos = records.protos if isinstance(records, Records) else ()
    return inspect(records, protos=protos).exchanges


def _only(wire: Wire) -> Exchange:
    (exchange,) = _exchanges(wire)
    return exchange


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_an_exchange_of_a_capture_says_what_its_json_line_says(capture: Path) -> None:
    lines = run("exchanges", capture, "--json").out.splitlines()

    assert [each.to_dict() for each in inspect(capture)] == list(map(loads, lines))


@pytest.mark.parametrize("code", TRACES)
@pytest.mark.parametrize("which", ["triggers", "passes"])
def test_an_exchange_of_a_trace_says_what_its_json_line_says(
    code: str, which: str
) -> None:
    wire: Wire = getattr(TRACES[code], which)()
    exchanges = inspected(wire.records).exchanges
    found = (each for each in with_possible_parents(exchanges))
    lines = [loads(exchange_line(each)) for each in found if isinstance(each, Recorded)]

    assert sorted(
        (each.to_dict() for each in _exchanges(wire)), key=lambda each: each["number"]
    ) == sorted(lines, key=lambda each: each["number"])


def test_the_members_of_a_json_line_are_attributes() -> None:
    call = next(iter(inspect(SEED)))
    line = json.loads(run("exchanges", SEED, "--json").out.splitlines()[0])
    del line["type"]

    assert len(line) > 15
    for name, value in line.items():
        own = getattr(call, name)
        assert (list(own) if isinstance(own, tuple) else own) == value


def test_a_message_call_has_all_that_is_known_of_it() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1", [1, 2])
    wire.wait(1_500_000)
    call.answer("1", 3)
    exchange = _only(wire)

    assert (exchange.kind, exchange.outcome) == (Kind.MESSAGE, Outcome.COMPLETED)
    assert (exchange.number, exchange.connection) == (1, 1)
    assert (exchange.pattern, exchange.route, exchange.id) == ("sum", "sum", "1")
    assert exchange.carrier == "tcp"
    assert (exchange.client, exchange.server) == ("10.0.0.1:40000", "10.0.0.2:8888")
    assert exchange.data == [1, 2]
    assert exchange.replies == (Reply(response=3, is_disposed=True),)
    assert (exchange.response, exchange.err) == (3, UNDEFINED)
    assert exchange.time_ns == wire.records[3].time_ns
    assert exchange.latency_ns == exchange.duration_ns == 1_600_000
    assert exchange.latency_ms == exchange.duration_ms == 1.6
    assert (exchange.request_packets, exchange.reply_packets) == ((4,), (5,))
    assert (exchange.packets, exchange.shared_packets) == (2, ())
    assert exchange.request_bytes == len(wire.records[3].data) - 54
    assert exchange.reply_bytes == len(wire.records[4].data) - 54
    assert not exchange.failed


def test_an_event_has_no_id_no_reply_and_no_latency() -> None:
    wire = Wire()
    wire.connect().emit("log", None)
    event = _only(wire)

    assert (event.kind, event.outcome, event.failed) == ("event", "sent", False)
    assert event.data is None
    assert event.id is UNDEFINED
    assert event.replies == ()
    assert (event.latency_ms, event.duration_ms, event.latency_ns) == (None, None, None)
    assert event.response is UNDEFINED


def test_what_is_absent_is_undefined_and_left_out_of_the_dictionary() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1")
    call.answer("1")
    exchange = _only(wire)

    assert exchange.data is UNDEFINED
    assert not exchange.data
    assert "data" not in exchange.to_dict()
    assert exchange.to_dict()["replies"] == [{"isDisposed": True}]


def test_an_orphan_has_no_pattern() -> None:
    wire = Wire()
    wire.join().answer("1", 2).close()
    orphan = _only(wire)

    assert orphan.kind is Kind.ORPHAN
    assert orphan.pattern is UNDEFINED
    assert orphan.route is None
    assert orphan.response == 2


def test_a_stream_has_its_values_and_what_failed() -> None:
    wire = Wire()
    call = wire.connect().ask("count", "1")
    for value in (1, None):
        call.send(SERVER, encode_packet(response("1", value, last=False)))
    call.send(SERVER, encode_packet(failure("1", {"message": "no"})))
    stream = _only(wire)

    assert [each.response for each in stream.replies] == [1, None, UNDEFINED]
    assert [each.is_disposed for each in stream.replies] == [False, False, True]
    assert stream.response is None
    assert stream.err == {"message": "no"}
    assert stream.failed
    assert stream.outcome == "error"


def test_a_reply_keeps_the_keys_that_nest_does_not_know() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1")
    body = b'{"response":1,"id":"1","isDisposed":true,"status":"x","trace":{"a":[1]}}'
    call.send(SERVER, b"%d#%s" % (len(body), body))
    (reply,) = _only(wire).replies

    assert reply == Reply(1, UNDEFINED, True, "x", {"trace": {"a": [1]}})  # noqa: FBT003
    assert reply.to_dict() == {
        "response": 1,
        "isDisposed": True,
        "status": "x",
        "trace": {"a": [1]},
    }


def test_a_reply_has_what_it_is_given_and_cannot_be_changed() -> None:
    reply = Reply(err="no")

    assert (reply.response, reply.err, reply.status) == (UNDEFINED, "no", UNDEFINED)
    assert (reply.is_disposed, reply.extra) == (False, {})
    with pytest.raises(AttributeError):
        reply.err = "yes"  # type: ignore[misc]


def test_a_payload_is_decoded_once() -> None:
    call = next(each for each in inspect(SEED) if each.kind is Kind.MESSAGE)

    assert call.data is call.data
    assert call.replies is call.replies


def test_packets_that_carried_another_frame_are_named() -> None:
    wire = Wire()
    frames = [encode_packet(Event("a", JsonText(b"%d" % each))) for each in range(2)]
    wire.connect().send(CLIENT, b"".join(frames))

    assert [each.shared_packets for each in _exchanges(wire)] == [(4,), (4,)]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, None])
def test_an_exchange_can_be_copied_and_pickled(again: object) -> None:
    for each in inspect(SHOWCASE):
        twin = again(each) if callable(again) else pickle.loads(pickle.dumps(each))  # noqa: S301
        assert twin == each
        assert hash(twin) == hash(each)
        assert twin.to_dict() == each.to_dict()
        assert (repr(twin), twin.failed) == (repr(each), each.failed)


def test_exchanges_are_equal_when_they_say_the_same() -> None:
    one, other = inspect(SEED).exchanges, list(inspect(SEED))

    assert one == other
    assert one[0] != other[1]
    assert one[0] != one[0].to_dict()
    assert len({*one, *other}) == len(one)


def test_an_exchange_does_not_keep_what_nobody_asked_for() -> None:
    exchange = next(iter(inspect(SEED)))

    with pytest.raises(AttributeError):
        exchange.note = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        exchange.number = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (3, "#3 message count {} → 1, 2, 3, …, completed in 946 µs, 6 packets"),
        (8, "#8 event unknown {}, sent, 1 packet"),
        (9, "#9 message nothing {} → no value, completed in 578 µs, 2 packets"),
    ],
)
def test_an_exchange_reads_as_a_line(number: int, said: str) -> None:
    exchange = inspect(SHOWCASE).exchanges[number - 1]

    assert str(exchange) == said
    assert repr(exchange) == f"<Exchange {said}>"


def test_an_error_and_a_missing_reply_are_said() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").ask("b", "2")
    call.send(SERVER, encode_packet(failure("1", "no"))).close()

    assert [str(each).partition(" → ")[2] for each in _exchanges(wire)] == [
        'error "no", error in 200 µs, 2 packets',
        "no reply, unanswered, 1 packet",
    ]


def test_a_call_in_flight_has_not_failed() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    exchange = _only(wire)

    assert (exchange.in_flight, exchange.failed) == (True, False)
    assert exchange.outcome == "unanswered"
    assert exchange.to_dict()["in_flight"] is True
    assert "in flight" in str(exchange)
    assert pickle.loads(pickle.dumps(exchange)).in_flight  # noqa: S301 — our own

    late = _only(wire.linger())
    assert (late.in_flight, late.failed) == (False, True)
    assert "in_flight" not in late.to_dict()
