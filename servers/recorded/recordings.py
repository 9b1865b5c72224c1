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

from .beginnings import WANTED
from .keys import Keys, misspelt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from protocol import Json

_NS_PER_MS = 1_000_000
_LONGEST_NS = 2**63 - 1  # 292 years
_Ns = Annotated[int, msgspec.Meta(ge=-_LONGEST_NS, le=_LONGEST_NS)]
_LONGEST_MS = float(_LONGEST_NS // _NS_PER_MS)
_Ms = Annotated[float, msgspec.Meta(ge=-_LONGEST_MS, le=_LONGEST_MS)]
_KINDS = {"exchange": "", "answer": "message", "event": "event"}
_EDITED = ("answer", "event")
"""Types whose lines people write; the keys of others are what the inspector has."""
_MOST_TYPES = 8  # that are named
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
    replies: tuple[RecordedReply, ...] | msgspec.UnsetType = msgspec.UNSET
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


def recordings(
    lines: Iterable[bytes],
    name: str,
    remark: Callable[[str], None] = lambda _: None,
    *,
    answering: bool = False,
) -> Iterator[Recording]:
    """Yield what lines hold; those of HTTP and gateways, and orphans, are left out.

    Args:
        lines: JSON texts; empty ones are passed over.
        name: Of the file, for errors.
        remark: Receives a sentence for each misspelt key.
        answering: Whether they are to answer: an answer must say which its replies are.

    Raises:
        UsageError: A line cannot be read, those before it have been yielded; or all
            lines are of a type that is not read.
    """
    reader = _Reader(name, remark, answering=answering)
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            found = reader.read(text, number)
        except (ValueError, EncodeError) as error:
            raise UsageError(f"{name}: line {number}: {_why(text, error)}") from None
        if found is not None:
            yield found
    reader.end()


class _Reader:
    """What reads the lines of one file."""

    def __init__(
        self, name: str, remark: Callable[[str], None], *, answering: bool
    ) -> None:
        self._name, self._answering = name, answering
        self._keys = Keys(lambda words: remark(f"{name}: {words}"))
        self._read_any = False
        self._others: set[str] = set()  # types that are not read

    def read(self, text: bytes, number: int) -> Recording | None:
        """Return what a line holds; None if it is passed over.

        Raises:
            ValueError: It cannot be read, or could not answer.
            EncodeError: Its pattern cannot be one.
        """
        line = _read(text)
        if line.type not in _KINDS:
            self._pass_over(line.type, number)
            return None
        self._read_any = True
        found = _recording(line, text, number) if _is_meant(line) else None
        if line.type in _EDITED:
            if self._answering and found is not None:
                _check_answer(line, found, text)
            self._keys.check(text, number)
        return found

    def _pass_over(self, kind: str, number: int) -> None:
        if len(self._others) < _MOST_TYPES:
            self._others.add(kind)
            self._keys.check_type(kind, number)

    def end(self) -> None:
        """Say what the lines are, if none is of a type that is read.

        Raises:
            UsageError: So it is.
        """
        if self._others and not self._read_any:
            types = ", ".join(sorted(self._others))
            raise UsageError(
                f"{self._name} has no answers and no exchanges, only lines of the type "
                f"{types}; {WANTED}"
            )


def _check_answer(line: _Line, found: Recording, text: bytes) -> None:
    """Refuse an answer that could never answer, though nobody has said so.

    Raises:
        ValueError: It has no replies.
    """
    if line.replies is msgspec.UNSET and found.kind == "message":
        remedy = '"replies":[] is a service that never answers'
        raise ValueError(f"{_lacking(text, 'replies')}; {remedy}")


def _lacking(text: bytes, key: str) -> str:
    """Return that a line lacks a key, and which one was meant to be it."""
    found = misspelt(text, key)
    return f"it has no {key}" + (f": {found}" if found else "")


def _why(text: bytes, error: Exception) -> str:
    """Return why a line cannot be read."""
    if not _is_truncated(text):
        return str(error)
    if not text.endswith(b"\n"):
        return "the file ends before its JSON object does"
    return (
        "the JSON object goes on after this line; each must be on a line of its own, "
        "as `jq -c .` writes them"
    )


def _is_truncated(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    except RecursionError:  # it nests deep
        return False
    return False


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


def _recording(line: _Line, text: bytes, number: int) -> Recording:
    """Return what a line holds.

    Raises:
        ValueError: It has no pattern, or its kind is none.
        EncodeError: The pattern cannot be one.
    """
    if line.pattern is UNDEFINED or line.pattern is None:
        raise ValueError(_lacking(text, "pattern"))
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
    replies = line.replies or ()
    first, last, count = line.latency_ns, line.duration_ns, len(replies)
    if first is None or last is None:
        return replies
    step = (last - first) / max(count - 1, 1)
    return tuple(
        msgspec.structs.replace(each, after_ms=(first + place * step) / _NS_PER_MS)
        for place, each in enumerate(replies)
    )
