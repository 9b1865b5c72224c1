from __future__ import annotations

import json

import pytest

from inspector.calls.links import Evidence, Link
from inspector.streams.names import Names
from inspector.views.jsonlines import (
    exchange_line,
    finding_line,
    line_with,
    summary_line,
)
from protocol import JsonText, Response, encode_frame, loads
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Line,
    Wire,
    inspected,
    request,
    response,
)
from tests.inspector.over_nats import Broker, called
from tests.inspector.traces import TRACES

_EXCHANGE_KEYS = [
    "type", "number", "kind", "outcome", "pattern", "route", "id", "connection",
    "client", "server", "time_ns", "latency_ns", "duration_ns", "data", "replies",
    "request_packets", "reply_packets", "packets", "carrier",
]  # fmt: skip
_FINDING_KEYS = [
    "type", "code", "severity", "connection", "from", "packet", "exchange", "message",
    "hint", "carrier",
]  # fmt: skip
_SUMMARY_KEYS = [
    "type", "packet_records", "connections", "other_connections", "frames", "messages",
    "events", "orphans", "replies", "completed", "errors", "no_handler", "unanswered",
    "incomplete", "packets_per_message", "packets_per_event", "data_packets",
    "pure_acks", "retransmissions", "gap_bytes", "carriers",
]  # fmt: skip


def _sum() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "77334d", [1, 2, 3]).answer("77334d", 6)
    return wire


def _raw(*frames: bytes, reply: bytes = b"") -> Line:
    wire = Wire()
    call = wire.connect()
    for frame in frames:
        call.send(CLIENT, encode_frame(frame))
    if reply:
        call.send(SERVER, encode_frame(reply))
    line: Line = loads(exchange_line(inspected(wire.records).exchanges[0]))
    return line


def test_an_exchange_has_the_keys_of_the_design_in_their_order() -> None:
    line = loads(exchange_line(inspected(_sum().records).exchanges[0]))

    assert [key for key in line if key in _EXCHANGE_KEYS] == _EXCHANGE_KEYS
    assert line["pattern"] == line["route"] == "sum"
    assert line["id"] == "77334d"
    assert (line["data"], line["replies"]) == (
        [1, 2, 3],
        [{"response": 6, "isDisposed": True}],
    )
    assert (line["client"], line["server"]) == ("10.0.0.1:40000", "10.0.0.2:8888")
    assert (line["request_packets"], line["reply_packets"], line["packets"]) == (
        [4],
        [5],
        2,
    )
    assert line["latency_ns"] == line["duration_ns"] == 100_000


def test_a_finding_has_the_keys_of_the_design_in_their_order() -> None:
    finding = inspected(TRACES["unanswered"].triggers().records).findings[0]

    assert list(loads(finding_line(finding))) == _FINDING_KEYS


def test_a_summary_has_the_keys_of_the_design_in_their_order() -> None:
    line = loads(summary_line(inspected(_sum().records).report))

    assert [key for key in line if key in _SUMMARY_KEYS] == _SUMMARY_KEYS
    assert line["packets_per_message"] == {"2": 1}
    assert line["packets_per_event"] == {}


def test_absent_null_and_undefined_are_different_things() -> None:
    absent = _raw(b'{"pattern":"p","id":"1"}', reply=b'{"isDisposed":true,"id":"1"}')
    null = _raw(
        b'{"pattern":"p","data":null,"id":"1"}',
        reply=b'{"response":null,"isDisposed":true,"id":"1"}',
    )

    assert "data" not in absent
    assert absent["replies"] == [{"isDisposed": True}]
    assert null["data"] is None
    assert null["replies"] == [{"response": None, "isDisposed": True}]


@pytest.mark.parametrize("identity", [0, "", False, None, 5, "5", {"a": [1]}])
def test_an_id_stands_as_it_was_sent(identity: object) -> None:
    wire = Wire()
    wire.connect().ask("p", identity).answer(identity, 1)
    (line,) = inspected(wire.records).lines

    assert line["id"] == identity
    assert type(line["id"]) is type(identity)


def test_keys_that_nest_does_not_know_are_kept() -> None:
    line = _raw(
        b'{"pattern":"p","id":"1"}',
        reply=b'{"response":1,"traceId":"abc","isDisposed":true,"id":"1"}',
    )

    assert line["replies"] == [{"response": 1, "traceId": "abc", "isDisposed": True}]


def test_numbers_stand_as_they_were_spelled() -> None:
    wire = Wire()
    wire.connect().send(
        CLIENT,
        encode_frame(b'{"pattern":"p","data":[1.50,1e400,12345678901234567890]}'),
    )
    line = exchange_line(inspected(wire.records).exchanges[0])

    assert b"[1.50,1e400,12345678901234567890]" in line


@pytest.mark.parametrize(
    "data",
    [
        b'"\\ud83d"',
        b'{"a":\n\r\n1}',
        b'"\xff\xfe"',
        b'"\xed\xa0\x80"',
        b'"\xe2\x80\xa8"',
    ],
    ids=["lone surrogate", "line breaks", "invalid UTF-8", "CESU-8", "U+2028"],
)
def test_every_line_is_one_line_of_valid_json(data: bytes) -> None:
    wire = Wire()
    wire.connect().send(
        CLIENT, encode_frame_of(b'{"pattern":"p","data":' + data + b',"id":"1"}')
    ).send(SERVER, encode_frame_of(b'{"response":' + data + b',"id":"1"}'))
    (exchange,) = inspected(wire.records).exchanges
    line = exchange_line(exchange)

    assert b"\n" not in line
    assert b"\r" not in line
    assert json.loads(line.decode("utf-8"))["replies"]


def encode_frame_of(body: bytes) -> bytes:
    """Return a frame around any bytes, counted as Nest counts them."""
    units = len(body.decode("utf-8", "replace").encode("utf-16-le")) // 2
    return b"%d#%b" % (units, body)


@pytest.mark.parametrize(
    "bodies",
    [
        [rb'{"pattern":"\ud83d","data":1}'],
        [rb'{"pattern":{"a":"\ud83d"},"data":1}'],
        [b'{"pattern":"a","id":"1"}', rb'{"response":1,"\ud83d":2,"id":"1"}'],
    ],
)
def test_half_a_pair_is_written_wherever_it_stands(bodies: list[bytes]) -> None:
    wire = Wire()
    call = wire.connect()
    for side, body in zip((CLIENT, SERVER), bodies, strict=False):
        call.send(side, encode_frame_of(body))
    call.send(SERVER, encode_frame_of(b'{"isDisposed":true,"id":"1"}'))
    line, *_ = inspected(wire.records).lines

    assert line["pattern"] == json.loads(bodies[0])["pattern"]


def test_a_failure_stands_with_its_status() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, request("p", "1"))
    call.send(SERVER, Response("1", err=JsonText(b'"no"'), status=JsonText(b'"error"')))
    (line,) = inspected(wire.records).lines

    assert line["replies"] == [{"err": "no", "status": "error"}]


def test_shared_packets_are_those_with_another_frame() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, request("a", "1"), request("b", "2"))
    call.send(SERVER, response("1", 1)).send(SERVER, response("2", 2))
    lines = inspected(wire.records).lines

    assert [line["shared_packets"] for line in lines] == [[4], [4]]
    assert [line["packets"] for line in lines] == [2, 2]


def test_what_few_exchanges_have_is_in_the_lines_of_those() -> None:
    broker, all_keys = Broker(), line_with()
    caller, handler = broker.peer("10.1.1.1:1"), broker.worker("sum")
    called(caller, handler)
    (passed,) = inspected(broker.wire.records).exchanges
    (plain,) = inspected(_sum().records).exchanges
    (linked,) = inspected(_sum().records).exchanges
    linked.link = Link(None, None, (3, 4))
    (found,) = inspected(_sum().records).exchanges
    found.link = Link(5, Evidence.DATA)
    (named,) = inspected(_sum().records).exchanges
    named.connection.names = Names({":8888": "calc"})

    for exchange in (plain, linked, found, passed, named):
        assert exchange_line(exchange) == all_keys(exchange)
    assert json.loads(exchange_line(linked))["possible_parents"] == [3, 4]
    assert json.loads(exchange_line(found))["parent_evidence"] == "data"
    assert json.loads(exchange_line(passed))["channel"] == "sum"
    assert json.loads(exchange_line(named))["server_name"] == "calc"
