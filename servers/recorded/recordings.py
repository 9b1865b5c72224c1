"""Lines to recordings: what was sent, and what came back.

Two kinds of lines are read, all others (findings, summaries) are passed over:

=============  ===================================================================
``type``       line
=============  ===================================================================
``exchange``   of ``protocol-inspect exchanges --json``, as docs/output.md has it
``answer``     of ``protocol-inspect fixture``, as docs/fixtures.md has it; a line
               without a type is one too
``event``      an event in such a file
=============  ===================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from protocol import NO_MESSAGE_HANDLER, REFUSED, UNDEFINED, EncodeError, loads, route
from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from protocol import Json

_NS_PER_MS = 1_000_000
_LONGEST_NS = 2**63 - 1  # 292 years
_Ns = Annotated[int, msgspec.Meta(ge=-_LONGEST_NS, le=_LONGEST_NS)]
_LONGEST_MS = float(_LONGEST_NS // _NS_PER_MS)
_Ms = Annotated[float, msgspec.Meta(ge=-_LONGEST_MS, le=_LONGEST_MS)]
_KINDS = {"exchange": "", "answer": "message", "event": "event"}
_ANSWERED = ("completed", "error", "no_handler")
_NOT_NEST = ("http", "ws", "socketio")
"""Carriers whose exchanges no client of microservices can make."""


class RecordedReply(msgspec.Struct, frozen=True, gc=False):
    """One packet of a reply.

    Attributes:
        response: A value; UNDEFINED if absent.
        err: What the handler threw; UNDEFINED where it threw nothing.
        isDisposed: Whether no more come.
        status: ``"error"`` in the reply to a request that nobody handles.
        after_ms: Milliseconds after the request; None where nobody knows.
    """

    response: Any = UNDEFINED
    err: Any = UNDEFINED
    isDisposed: bool = False  # noqa: N815 — as on the wire
    status: Any = UNDEFINED
    after_ms: _Ms | None = None


class Recording(msgspec.Struct, frozen=True, gc=False):
    """A request with its replies, or an event.

    Attributes:
        name: Where it is: ``#12`` of a capture, ``line 3`` of a file.
        kind: ``message`` or ``event``.
        pattern: As it was sent.
        route: Under which a server looks for its handler.
        data: The payload; UNDEFINED for none.
        metadata: What a dispatch hook of Nest 12 added; UNDEFINED for nothing.
        replies: In the order that they came.
        is_answered: Whether they are all.
        latency_ns: From the request to the first reply; None where nobody knows.
        time_ns: When it was sent, nanoseconds since 1970; None where nobody knows.
        server: ``address:port`` of whoever was asked, and its name if it has one.
        carrier: What carried it; empty where nobody knows.
        outcome: How it ended, as the inspector says it; empty in a file of answers.
    """

    name: str
    kind: str
    pattern: Any
    route: str
    data: Any
    metadata: Any
    replies: tuple[RecordedReply, ...]
    is_answered: bool
    latency_ns: int | None
    time_ns: int | None
    server: tuple[str, ...]
    carrier: str
    outcome: str

    @property
    def had_no_handler(self) -> bool:
        """Whether nobody handled its pattern, which each carrier says otherwise."""
        return self.outcome == "no_handler" or self.err == NO_MESSAGE_HANDLER

    @property
    def values(self) -> list[Json]:
        """The values of its replies."""
        return [each.response for each in self.replies if each.response != UNDEFINED]

    @property
    def err(self) -> Json:
        """The error that ended it; UNDEFINED for none."""
        return self.replies[-1].err if self.replies else UNDEFINED


class _Line(msgspec.Struct, gc=False):
    """The keys of a line that matter here."""

    type: str = "answer"
    kind: str = ""
    pattern: Any = UNDEFINED
    data: Any = UNDEFINED
    metadata: Any = UNDEFINED
    replies: tuple[RecordedReply, ...] = ()
    outcome: str = ""
    number: int | None = None
    latency_ns: _Ns | None = None
    duration_ns: _Ns | None = None
    time_ns: _Ns | None = None
    server: str = ""
    server_name: str = ""
    carrier: str = ""
    in_flight: bool = False


_decode = msgspec.json.Decoder(_Line).decode


def recordings(lines: Iterable[bytes], name: str) -> Iterator[Recording]:
    """Yield what lines hold; those of HTTP and gateways, and orphans, are left out.

    Args:
        lines: JSON texts; empty ones are passed over.
        name: Of the file, for errors.

    Raises:
        UsageError: A line cannot be read; those before it have been yielded.
    """
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = _read(text)
            found = _recording(line, number) if _is_meant(line) else None
        except (ValueError, EncodeError) as error:
            raise UsageError(f"{name}: line {number}: {error}") from None
        if found is not None:
            yield found


def _read(text: bytes) -> _Line:
    try:
        return _decode(text)
    except msgspec.ValidationError:
        raise
    except REFUSED:  # lone surrogates, or values that nest deep
        return msgspec.convert(loads(text), _Line)


def _is_meant(line: _Line) -> bool:
    if line.type not in _KINDS or line.carrier in _NOT_NEST:
        return False
    if line.type == "exchange" and (line.pattern is UNDEFINED or line.pattern is None):
        return False  # of whoever speaks it wrong
    # What went on when the capture ended may have been answered: nobody knows.
    return line.kind != "orphan" and not (line.in_flight and not line.replies)


def _recording(line: _Line, number: int) -> Recording:
    """Return what a line holds.

    Raises:
        ValueError: It has no pattern, or its kind is none.
        EncodeError: The pattern cannot be one.
    """
    if line.pattern is UNDEFINED or line.pattern is None:
        raise ValueError("it has no pattern")
    kind = line.kind or _KINDS[line.type]
    if kind not in {"message", "event"}:
        raise ValueError(f"its kind is {line.kind!r}, not message or event")
    return Recording(
        f"line {number}" if line.number is None else f"#{line.number:,}",
        kind,
        line.pattern,
        line.pattern if isinstance(line.pattern, str) else route(line.pattern),
        line.data,
        line.metadata,
        _timed(line),
        line.outcome in _ANSWERED if line.outcome else bool(line.replies),
        _latency_ns(line),
        line.time_ns,
        tuple(each for each in (line.server, line.server_name) if each),
        line.carrier,
        line.outcome,
    )


def _latency_ns(line: _Line) -> int | None:
    if line.latency_ns is None and line.replies:
        after_ms = line.replies[0].after_ms
        return None if after_ms is None else round(after_ms * _NS_PER_MS)
    return line.latency_ns


def _timed(line: _Line) -> tuple[RecordedReply, ...]:
    """Return replies with their times, as far as a line of an exchange has them.

    Those of a stream are spread evenly between the first and the last.
    """
    first, last, count = line.latency_ns, line.duration_ns, len(line.replies)
    if first is None or last is None:
        return line.replies
    step = (last - first) / max(count - 1, 1)
    return tuple(
        msgspec.structs.replace(each, after_ms=(first + place * step) / _NS_PER_MS)
        for place, each in enumerate(line.replies)
    )
