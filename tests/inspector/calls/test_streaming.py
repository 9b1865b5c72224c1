from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome
from protocol import UNDEFINED, loads
from tests.inspector.carriers.grpc.written import (
    SUM,
    asks,
    begins,
    block,
    data,
    headers,
    message,
    number,
    refused,
    reset,
    trailers,
    words,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_grpc import answered, asked, service

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from protocol import Json
    from tests.inspector.conversation import Conversation


def _begun() -> tuple[Wire, Conversation]:
    wire = Wire()
    return wire, service(wire)


def _only(wire: Wire) -> Exchange:
    (exchange,) = inspected(wire.records).exchanges
    return exchange


def _data(call: Exchange) -> Json:
    assert call.data is not UNDEFINED
    return loads(call.data)


def test_the_end_of_a_call_belongs_to_its_last_value() -> None:
    wire, link = _begun()
    asked(link)
    answered(link)
    call = _only(wire)
    assert (call.outcome, call.packets, call.values) == (Outcome.COMPLETED, 3, 1)
    assert call.replies[0].is_disposed
    assert [packet.number for packet in call.reply_packets] == [7, 8]
    assert (call.latency_ns or 0) < (call.duration_ns or 0)


def test_all_messages_of_a_client_are_its_data() -> None:
    wire, link = _begun()
    for said in ("a", "b", "c"):
        first = asks(1) if said == "a" else b""
        link.send(CLIENT, first + data(1, message(words(said))))
    link.send(CLIENT, data(1, b"", ends=True))
    answered(link)
    call = _only(wire)
    assert _data(call) == [{"1": "a"}, {"1": "b"}, {"1": "c"}]
    assert call.packets == 6
    assert call.errands is not None
    assert call.errands.verbs == ["message", "message", "end", "trailers"]


def test_a_message_after_frames_of_other_calls_is_the_data_of_its_own() -> None:
    wire, link = _begun()
    link.send(CLIENT, asks(1) + asks(3))
    for stream in (1, 3):
        said = data(stream, message(words(f"{stream}")), ends=True)
        link.send(CLIENT, said)
    answered(link, 3)
    answered(link, 1)
    calls = inspected(wire.records).exchanges
    assert [(call.id, _data(call)) for call in calls] == [
        (1, {"1": "1"}),
        (3, {"1": "3"}),
    ]


def test_values_of_a_stream_are_replies_and_so_is_its_error() -> None:
    wire, link = _begun()
    asked(link)
    link.send(SERVER, begins(1) + data(1, message(number(1))))
    link.send(SERVER, data(1, message(number(2))) + trailers(1, 13, "no"))
    call = _only(wire)
    assert (call.outcome, call.values) == (Outcome.ERROR, 3)


def test_an_empty_stream_ends_without_a_value() -> None:
    wire, link = _begun()
    asked(link)
    link.send(SERVER, refused(1, 0, ""))
    call = _only(wire)
    assert (call.outcome, call.values, call.packets) == (Outcome.COMPLETED, 1, 2)
    assert "answer-without-value" not in inspected(wire.records).codes


def test_a_method_that_is_not_there_has_no_handler() -> None:
    wire, link = _begun()
    asked(link)
    link.send(SERVER, refused(1, 12, "unknown method"))
    assert _only(wire).outcome is Outcome.NO_HANDLER


def test_who_leaves_a_call_has_no_answer_or_a_part_of_one() -> None:
    for values, outcome in ((0, Outcome.UNANSWERED), (2, Outcome.INCOMPLETE)):
        wire, link = _begun()
        asked(link)
        for value in range(values):
            first = b"" if value else begins(1)
            link.send(SERVER, first + data(1, message(number(value))))
        link.send(CLIENT, reset(1))
        link.send(SERVER, trailers(1))
        call = _only(wire)
        assert (call.outcome, call.cause, call.values) == (outcome, "left", values)


def test_an_answer_may_precede_its_request_in_the_capture() -> None:
    wire, link = _begun()
    link.send(SERVER, begins(1) + data(1, message(number(6))) + trailers(1))
    link.send(CLIENT, asks(1, SUM) + data(1, message(b""), ends=True))
    assert _only(wire).outcome is Outcome.COMPLETED


def test_a_status_that_cannot_be_read_leaves_a_call_in_doubt() -> None:
    wire, link = _begun()
    asked(link)
    link.send(SERVER, headers(1, block(lead=b"\xbe"), ends=True))
    assert _only(wire).gapped


def test_only_so_much_of_a_stream_is_kept() -> None:
    wire, link = _begun()
    link.send(CLIENT, asks(1))
    large = b"\x0a\x80\x80\x03" + b"y" * (3 << 14)
    said = data(1, message(large))
    for _ in range(100):
        link.send(CLIENT, said)
    answered(link)
    kept = _data(_only(wire))
    assert isinstance(kept, list)
    assert 80 < len(kept) < 90


def test_a_server_that_answers_before_the_first_message_is_in_order() -> None:
    wire, link = _begun()
    link.send(CLIENT, asks(1))
    link.send(SERVER, begins(1) + data(1, message(words("hello"))))
    link.send(CLIENT, data(1, message(words("a")), ends=True))
    link.send(SERVER, data(1, message(words("bye"))) + trailers(1))
    found = inspected(wire.records)
    (call,) = found.exchanges
    assert (call.outcome, call.values, call.early) == (Outcome.COMPLETED, 2, False)
    assert call.latency_ns == 0
    assert found.codes == []
    cut = inspected(wire.records[6:])  # from that answer on
    (call,) = cut.exchanges
    assert (call.early, call.gapped) == (False, True)
    assert "out-of-order-capture" not in cut.codes
