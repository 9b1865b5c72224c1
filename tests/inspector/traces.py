"""One trace for each finding of the catalogue, and one beside it that is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, Response, dumps
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Conversation,
    Wire,
    failure,
    request,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Callable


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


_NOBODY = Response("1", err=dumps(NO_MESSAGE_HANDLER), status=b'"error"')
_MASKED = failure("1", {"status": "error", "message": "Internal server error"})
_OWN_ERROR = failure("1", {"status": "error", "message": "no such user"})
_ANSWERED = response("1", 3)

TRACES = {
    "no-handler": Trace(_replies(_NOBODY), _replies(_OWN_ERROR)),
    "corrupted-length": Trace(_raw(b"abc#{}"), _raw(b'00013#{"pattern":1}')),
    "invalid-json": Trace(_raw(b'5#{"a":'), _raw(b'15# {"pattern":1} ')),
    "buffer-limit": Trace(_raw(b"9999#" + b"x" * 2_000), _raw(b"9999#" + b"x" * 20)),
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
