"""One trace for each finding of the catalogue, and one beside it that is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.carriers.nest_tcp import patience, reading
from inspector.limits import Limits
from inspector.tcp import reassembly
from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    FrameDecoder,
    JsonText,
    LengthUnit,
    Packet,
    Response,
    dumps,
    encode_packet,
)
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Conversation,
    Wire,
    event,
    failure,
    request,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

SMALL = 10_000
"""Units and bytes that the small limits allow."""
FEW = 200
"""Frames at once that are many under them."""


class Trace(NamedTuple):
    """What makes a finding, and what looks like it and must make none."""

    triggers: Callable[[], Wire]
    passes: Callable[[], Wire]


def _call() -> tuple[Wire, Conversation]:
    wire = Wire()
    return wire, wire.connect()


def _replies(*replies: Response) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1", [1, 2])
        for reply in replies:
            call.send(SERVER, reply)
        call.ack(CLIENT)
        return wire

    return trace


def _raw(data: bytes) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1").answer("1", 2).send(CLIENT, data)
        return wire

    return trace


def _asked(data: object) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("login", "1", data).answer("1", {"ok": True}).ack(CLIENT)
        return wire

    return trace


def _stalled(delay_ns: int) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.emit("log", 1)
        wire.wait(delay_ns)
        call.ack(SERVER).ask("sum", "1").answer("1", 2)
        return wire

    return trace


def _lost(*, sent_again: bool) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1").answer("1", 2)
        start = len(call.written[CLIENT])
        call.send(CLIENT, request("sum", "2"), captured=False)
        end = len(call.written[CLIENT])
        call.emit("log", 1)
        if sent_again:
            call.part(CLIENT, start, end)
        call.ack(SERVER).answer("2", 4).ack(CLIENT)
        return wire

    return trace


def _begun_late() -> Wire:
    wire = Wire()
    wire.join().answer("1", 2).ask("sum", "2").answer("2", 4)
    return wire


def _answered(*values: object) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        for number, value in enumerate(values):
            call.ask("find", str(number))
            call.answer(str(number), value)
        return wire

    return trace


def _asked_twice(first: str, second: str) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", first).ask("sum", second).answer(first, 1).answer(second, 2)
        return wire

    return trace


def _reply_lost(*, sent_again: bool) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1")
        call.send(SERVER, response("1", 2), captured=False).ack(CLIENT)
        if sent_again:
            call.part(SERVER, 0, len(call.written[SERVER]))
        call.ask("sum", "2").answer("2", 4).ack(CLIENT)
        return wire

    return trace


def _mixed(emitted: str, reply: Response) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.emit(emitted, 1).ask("log", "1").send(SERVER, reply).ack(CLIENT)
        return wire

    return trace


def _spelled(*patterns: object) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        for number, pattern in enumerate(patterns):
            call.ask(pattern, str(number)).answer(str(number), 1)
        return wire

    return trace


def counted_in(unit: LengthUnit, packet: Packet) -> bytes:
    """Return a packet as somebody frames it who counts lengths otherwise."""
    body = encode_packet(packet).partition(b"#")[2]
    return b"%d#%b" % (unit.count(body), body)


def _counted(unit: LengthUnit) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1").answer("1", 1)
        call.send(CLIENT, counted_in(unit, request("greet", "2", "é😀")))
        call.answer("2", "ok").ack(CLIENT)
        return wire

    return trace


def _together(count: int) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.send(CLIENT, *[event("x")] * count)
        return wire

    return trace


def _cut(silence_ns: int) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        frame = encode_packet(event("log", 1))
        call.send(CLIENT, frame[:9]).ack(SERVER)
        wire.wait(silence_ns)
        call.send(CLIENT, frame[9:]).close()
        return wire

    return trace


def _broken(*, goes_on: bool) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1").answer("1", 1).send(CLIENT, b"abc#{}")
        if goes_on:
            call.emit("log", 1)
        call.close()
        return wire

    return trace


def _ended(*, reset: bool) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1").answer("1", 1).ack(CLIENT)
        call.reset(SERVER) if reset else call.close()
        return wire

    return trace


def _seen_again(*, copied: bool) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1")
        again = call.copy if copied else call.resend
        again(len(wire.records)).answer("1", 1).ack(CLIENT)
        return wire

    return trace


def _full(time_ns: int) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1")
        call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], window=0)
        wire.wait(time_ns)
        call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], window=0)
        call.ack(SERVER).answer("1", 1).ack(CLIENT)
        return wire

    return trace


def _stranger(server: str, data: bytes) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        other = wire.connect(client="10.0.0.3:50000", server=server)
        if data:
            other.send(CLIENT, data).ack(SERVER)
        other.close()
        call.ask("sum", "1").answer("1", 1).ack(CLIENT)
        return wire

    return trace


def _overtaken(size: int) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        start = len(call.written[CLIENT])
        frame = encode_packet(event("log", "x" * size))
        call.send(CLIENT, frame[:9], captured=False).send(CLIENT, frame[9:])
        call.part(CLIENT, start, start + 9).emit("log", 1)
        return wire

    return trace


def _repeated(*, sent_again: bool) -> Callable[[], Wire]:
    def trace() -> Wire:
        wire, call = _call()
        call.ask("sum", "1").answer("1", 2).ack(CLIENT)
        wire.wait(300 * MILLISECOND)
        call.resend(4) if sent_again else call.keep_alive(CLIENT)
        call.close()
        return wire

    return trace


_THREE, _TEXT = JsonText(b"3"), JsonText(b'"text"')
_NOBODY = Response(
    "1", err=JsonText(dumps(NO_MESSAGE_HANDLER)), status=JsonText(b'"error"')
)
_MASKED = failure("1", {"status": "error", "message": "Internal server error"})
_OWN_ERROR = failure("1", {"status": "error", "message": "no such user"})
_ANSWERED = response("1", 3)
_EMPTY = response("1")

TRACES = {
    "no-handler": Trace(_replies(_NOBODY), _replies(_OWN_ERROR)),
    "corrupted-length": Trace(_raw(b"abc#{}"), _raw(b'00013#{"pattern":1}')),
    "invalid-json": Trace(_raw(b'5#{"a":'), _raw(b'15# {"pattern":1} ')),
    "buffer-limit": Trace(_raw(b"99999#" + b"x" * 12_000), _raw(b"99999#" + b"x" * 20)),
    "unanswered": Trace(_replies(), _replies(_ANSWERED)),
    "unfinished-stream": Trace(
        _replies(response("1", 1, last=False)),
        _replies(response("1", 1, last=False), response("1")),
    ),
    "value-after-end": Trace(
        _replies(_ANSWERED, response("1", 4)),
        _replies(response("1", 4, last=False), _ANSWERED),
    ),
    "masked-error": Trace(_replies(_MASKED), _replies(_OWN_ERROR)),
    "nagle-stall": Trace(_stalled(41 * MILLISECOND), _stalled(20 * MILLISECOND)),
    "credentials": Trace(
        _asked({"name": "ana", "password": "secret"}),
        _asked({"name": "password", "passwordless": "yes", "password": ""}),
    ),
    "capture-gap": Trace(_lost(sent_again=False), _lost(sent_again=True)),
    "duplicate-id": Trace(_asked_twice("1", "1"), _asked_twice("1", "2")),
    "foreign-reply-key": Trace(
        _replies(Response("1", _THREE, is_disposed=True, extra={"traceId": _TEXT})),
        _replies(Response("1", _THREE, is_disposed=True, status=_TEXT)),
    ),
    "in-doubt": Trace(_reply_lost(sent_again=False), _reply_lost(sent_again=True)),
    "event-to-message-handler": Trace(_mixed("log", _ANSWERED), _mixed("a", _ANSWERED)),
    "request-to-event-handler": Trace(_mixed("log", _EMPTY), _mixed("a", _EMPTY)),
    "mixed-pattern": Trace(_mixed("log", _OWN_ERROR), _mixed("a", _OWN_ERROR)),
    "many-spellings": Trace(
        _spelled({"cmd": "sum"}, '{"cmd":"sum"}'), _spelled({"cmd": "sum"}, "sum")
    ),
    "length-unit": Trace(_counted(LengthUnit.UTF8), _counted(LengthUnit.UTF16)),
    "many-frames": Trace(_together(FEW), _together(FEW - 1)),
    "large-frame": Trace(
        _raw(encode_packet(event("log", "x" * 8_500))),
        _raw(encode_packet(event("log", "x" * 7_500))),
    ),
    "stalled-frame": Trace(_cut(31 * SECOND), _cut(29 * SECOND)),
    "runs-after-error": Trace(_broken(goes_on=True), _broken(goes_on=False)),
    "connection-reset": Trace(_ended(reset=True), _ended(reset=False)),
    "zero-window": Trace(_full(300 * MILLISECOND), _full(100 * MILLISECOND)),
    "foreign-protocol": Trace(
        _stranger("10.0.0.2:8888", b"GET / HTTP/1.1\r\n\r\n"),
        _stranger("10.0.0.2:80", b"GET / HTTP/1.1\r\n\r\n"),
    ),
    "empty-connection": Trace(
        _stranger("10.0.0.2:8888", b""), _stranger("10.0.0.2:80", b"")
    ),
    "analysis-limit": Trace(_overtaken(12_000), _overtaken(5_000)),
    "retransmissions": Trace(_repeated(sent_again=True), _repeated(sent_again=False)),
    "captured-twice": Trace(_seen_again(copied=True), _seen_again(copied=False)),
    "bloated-payload": Trace(
        _asked({"type": "Buffer", "data": list(range(256)) * 4}),
        _asked({"type": "Buffer", "data": [1, 2, 3]}),
    ),
    "orphan-reply": Trace(_begun_late, _replies(_ANSWERED)),
    "unknown-packet": Trace(_raw(b'3#"x"'), _raw(b'12#{"data":"x"}')),
    "undefined-in-stream": Trace(
        _replies(
            response("1", 1, last=False), response("1", last=False), _ANSWERED
        ),
        _replies(
            response("1", 1, last=False), response("1", None, last=False), _ANSWERED
        ),
    ),
    "answer-without-value": Trace(
        _answered(1, UNDEFINED), _answered(UNDEFINED, UNDEFINED)
    ),
}  # fmt: skip
"""Code → traces."""

COMPANIONS = {
    "capture-gap": {"in-doubt"},  # a lost request leaves its reply alone
    "in-doubt": {"capture-gap"},
    "runs-after-error": {"corrupted-length"},
    "analysis-limit": {"capture-gap", "retransmissions"},
}
"""Code → what its trace cannot but make besides."""


def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""

    def small_decoder(**options: Any) -> FrameDecoder:  # noqa: ANN401
        return FrameDecoder(max_units=SMALL, **options)

    monkeypatch.setattr(reading, "FrameDecoder", small_decoder)
    monkeypatch.setattr(reading, "LARGE_UNITS", SMALL * 4 // 5)
    monkeypatch.setattr(patience, "MANY_FRAMES", FEW)
    limits = Limits(connection_memory=SMALL)
    monkeypatch.setattr(reassembly, "Limits", lambda: limits)
