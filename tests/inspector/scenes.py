"""Traces of findings: captures that show one, and captures that look as if they did.

Each file of tests of a finding has a ``TRACE``, made by what is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.carriers.nest_tcp import patience, reading
from inspector.findings.catalogue import rules
from inspector.limits import Limits
from protocol import (
    NO_MESSAGE_HANDLER,
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
    failure,
    inspected,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from inspector.findings.groups import FindingGroup

SMALL = 10_000
"""Units and bytes that the small limits allow."""
SMALL_LIMITS = Limits(connection_memory=SMALL)
"""What may be kept of connections under them."""
FEW = 200
"""Frames at once that are many under them."""

THREE, TEXT = JsonText(b"3"), JsonText(b'"text"')
NOBODY = Response(
    "1", err=JsonText(dumps(NO_MESSAGE_HANDLER)), status=JsonText(b'"error"')
)
OWN_ERROR = failure("1", {"status": "error", "message": "no such user"})
ANSWERED = response("1", 3)
EMPTY = response("1")


class Trace(NamedTuple):
    """What makes a finding, and what looks like it and must make none.

    Attributes:
        triggers: Returns a capture that shows the finding, once.
        passes: Returns one beside it that does not.
        companions: Findings that the first cannot but make besides.
    """

    triggers: Callable[[], Wire]
    passes: Callable[[], Wire]
    companions: frozenset[str] = frozenset()


class Sentences(NamedTuple):
    """What is said of a finding."""

    message: str
    headline: str
    cause: str
    hint: str


def group_in(wire: Wire, code: str) -> FindingGroup:
    """Return the findings of a kind in a capture."""
    groups = inspected(wire.records, limits=SMALL_LIMITS).report.findings.values()
    return next(group for group in groups if group.first.code == code)


def sentences(group: FindingGroup) -> Sentences:
    """Return what is said of some findings; the first of them speaks for itself."""
    first, rule = group.first, rules()[group.first.code]
    return Sentences(first.message, rule.headline(group), rule.cause(group), first.hint)


def said_of(trace: Trace, code: str) -> Sentences:
    """Return what is said of a kind of finding where a trace shows it."""
    return sentences(group_in(trace.triggers(), code))


def begun() -> tuple[Wire, Conversation]:
    """Return a capture, and a connection in it that has just been opened."""
    wire = Wire()
    return wire, wire.connect()


def replies(*replies: Response) -> Callable[[], Wire]:
    """Return a maker of a request for ``sum`` and its replies."""

    def trace() -> Wire:
        wire, call = begun()
        call.ask("sum", "1", [1, 2])
        for reply in replies:
            call.send(SERVER, reply)
        call.ack(CLIENT)
        return wire

    return trace


def endless(*replies: Response) -> Callable[[], Wire]:
    """Return a maker of a request for ``sum``, some replies, and no end for long."""

    def trace() -> Wire:
        wire, call = begun()
        call.ask("sum", "1", [1, 2])
        for reply in replies:
            call.send(SERVER, reply)
        return wire.linger()

    return trace


def raw(data: bytes) -> Callable[[], Wire]:
    """Return a maker of a call, and some bytes of the client after it."""

    def trace() -> Wire:
        wire, call = begun()
        call.ask("sum", "1").answer("1", 2).send(CLIENT, data)
        return wire

    return trace


def asked(data: object) -> Callable[[], Wire]:
    """Return a maker of a request for ``login`` with some data."""

    def trace() -> Wire:
        wire, call = begun()
        call.ask("login", "1", data).answer("1", {"ok": True}).ack(CLIENT)
        return wire

    return trace


def mixed(emitted: str, reply: Response) -> Callable[[], Wire]:
    """Return a maker of an event, and of a request for ``log``."""

    def trace() -> Wire:
        wire, call = begun()
        call.emit(emitted, 1).ask("log", "1").send(SERVER, reply).ack(CLIENT)
        return wire

    return trace


def stranger(server: str, data: bytes) -> Callable[[], Wire]:
    """Return a maker of a connection that carries some bytes, beside a call."""

    def trace() -> Wire:
        wire, call = begun()
        other = wire.connect(client="10.0.0.3:50000", server=server)
        if data:
            other.send(CLIENT, data).ack(SERVER)
        other.close()
        call.ask("sum", "1").answer("1", 1).ack(CLIENT)
        return wire

    return trace


def counted_in(unit: LengthUnit, packet: Packet) -> bytes:
    """Return a packet as somebody frames it who counts lengths otherwise."""
    body = encode_packet(packet).partition(b"#")[2]
    return b"%d#%b" % (unit.count(body), body)


def blocked(wire: Wire) -> None:
    """Let calls of nine clients be answered together, after half a second of none."""
    calls = [wire.connect(client=f"10.0.0.1:{port}") for port in range(1, 10)]
    for call in calls:
        for number in range(5):
            call.ask("sum", str(number))
            wire.wait(MILLISECOND)
            call.answer(str(number), 1)
    for each, call in enumerate(calls):
        call.ask("sum", f"late {each}")
        wire.wait(10 * MILLISECOND)
    wire.wait(SECOND // 2)
    for each, call in enumerate(calls):
        call.answer(f"late {each}", 1)


def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what Nest bears be exceeded without 134 million characters.

    These are properties of Nest, not choices of whoever inspects: no argument sets
    them.
    """

    def small_decoder(**options: Any) -> FrameDecoder:  # noqa: ANN401
        return FrameDecoder(max_units=SMALL, **options)

    monkeypatch.setattr(reading, "FrameDecoder", small_decoder)
    monkeypatch.setattr(reading, "LARGE_UNITS", SMALL * 4 // 5)
    monkeypatch.setattr(patience, "MANY_FRAMES", FEW)
