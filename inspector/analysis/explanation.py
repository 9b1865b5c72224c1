"""Frames as text to what a real Nest makes of them, for the command ``explain``.

A frame that somebody pastes is often wrong in its length, so the body is not cut by
it: it is the JSON value that stands behind the ``#``, and the length is judged by it.
"""

from __future__ import annotations

import json
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from protocol import (
    UNDEFINED,
    CorruptedLengthError,
    Event,
    Frame,
    Packet,
    PacketError,
    Request,
    Response,
    encode_frame,
    parse_length,
    parse_packet,
    route,
    utf16_length,
)

from .words import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAITS = (
    ("≤ 11.2.4, ≤ 12.0.2", "waits for ever"),
    ("≥ 11.2.5, ≥ 12.0.3", "waits 30 s, then destroys the connection"),
)
_EVERY = "every version"


class Judgement(Enum):
    """What is right or wrong with the length of a frame."""

    RIGHT = "the whole body"
    BYTES = "UTF-8 bytes"
    CODE_POINTS = "code points"
    TOO_LARGE = "too large"
    TOO_SMALL = "too small"
    NO_DELIMITER = "no delimiter"
    NO_NUMBER = "no number"
    NO_JSON = "no JSON"


class Effect(NamedTuple):
    """What some versions of Nest do.

    Attributes:
        case: When they do it, such as ``nothing`` or ``a frame`` that follows.
        versions: Which versions.
        deed: What they do.
    """

    case: str
    versions: str
    deed: str


class Explanation(msgspec.Struct):
    """One frame, and what Nest makes of it.

    Attributes:
        raw: The frame as it was given.
        header: What stands before the ``#``.
        length: What Nest reads there; None when that is no number.
        body: The JSON text that follows, as text.
        judgement: What is right or wrong with it.
        reason: What is wrong beyond the length, in words; empty when nothing is.
        packet: What the body says under the right length; None when that is nothing.
    """

    raw: bytes
    header: str
    length: int | None
    body: str
    judgement: Judgement
    reason: str = ""
    packet: Packet | None = None

    @property
    def units(self) -> int:
        """UTF-16 code units of the body: what Nest counts."""
        return utf16_length(self.body)

    @property
    def size(self) -> int:
        """Bytes of the body as UTF-8."""
        return len(self.body.encode())

    @property
    def points(self) -> int:
        """Code points of the body."""
        return len(self.body)

    @property
    def right_frame(self) -> bytes:
        """The same body behind the right length."""
        return encode_frame(self.body.encode())

    @property
    def route(self) -> str | None:
        """Where a server would look for a handler; None for a response."""
        if isinstance(self.packet, Request | Event):
            return route(self.packet.pattern)
        return None


def explain(data: bytes) -> Iterator[Explanation]:
    """Yield an explanation for each frame in ``data``."""
    text = data.decode("utf-8", "replace")
    position = 0
    while position < len(text) and text[position:].strip():
        explanation, position = _explain_one(text, position)
        yield explanation


def effects(explanation: Explanation) -> list[Effect]:
    """Return what the versions of Nest do with a frame, case by case."""
    short = explanation.units - (explanation.length or 0)
    judgement = explanation.judgement
    if judgement in {Judgement.BYTES, Judgement.TOO_LARGE}:
        eaten = plural(-short, "unit")
        deed = f"takes {eaten} of it: invalid JSON, FIN"
        return [*_waits("nothing"), Effect("a frame", _EVERY, deed)]
    if judgement is Judgement.NO_DELIMITER:
        deed = "takes both for one length: corrupted length, FIN"
        return [*_waits("nothing"), Effect("a frame", _EVERY, deed)]
    if judgement in {Judgement.CODE_POINTS, Judgement.TOO_SMALL, Judgement.NO_JSON}:
        return [Effect("anything", _EVERY, "invalid JSON: drops what it has read, FIN")]
    if judgement is Judgement.NO_NUMBER:
        deed = "corrupted length: drops what it has read, FIN"
        return [Effect("anything", _EVERY, deed)]
    return [Effect("", versions, deed) for versions, deed in _deeds(explanation.packet)]


def _deeds(packet: Packet | None) -> list[tuple[str, str]]:
    """Return what the versions do with a packet that they can read."""
    if packet is None:
        return [
            (_EVERY, "a server logs an event without a handler; a client passes on")
        ]
    if isinstance(packet, Event):
        return [(_EVERY, "runs the handler, if there is one; nothing comes back")]
    if isinstance(packet, Request):
        return _request_deeds(packet)
    return _response_deeds(packet)


def _request_deeds(packet: Request) -> list[tuple[str, str]]:
    deeds = [(_EVERY, "runs the handler and replies, or replies that there is none")]
    if "[MAX_DEPTH_REACHED]" in route(packet.pattern):
        deeds.append(
            ("≥ 11.1.15", "cuts the route at depth 5: deeper patterns collide")
        )
    if "[TOO_MANY_KEYS]" in route(packet.pattern):
        deeds.append(
            ("≥ 11.1.15", "cuts the route at 20 keys: larger patterns collide")
        )
    return deeds


def _response_deeds(packet: Response) -> list[tuple[str, str]]:
    if packet.extra:
        names = ", ".join(packet.extra)
        return [
            ("≤ 12.0.1", f"takes it as it stands, without {names}"),
            ("≥ 12.0.2", "takes the whole packet for the value, and the call for done"),
        ]
    if packet.failed:
        return [(_EVERY, "the call ends with this error")]
    if packet.response is UNDEFINED and not packet.is_disposed:
        return [
            ("≤ 12.0.1", "takes the packet itself for the value, and ends the call"),
            ("≥ 12.0.2", "gives undefined, and waits for more"),
        ]
    if packet.response is UNDEFINED:
        return [(_EVERY, "the call ends without a value")]
    then = "and the call ends" if packet.is_disposed else "and more is expected"
    return [(_EVERY, f"gives the value, {then}")]


def character_counts(body: str) -> Counter[str]:
    """Return the characters of a body that are no ASCII, each with its count."""
    return Counter(character for character in body if not character.isascii())


def _waits(case: str) -> list[Effect]:
    return [
        Effect(case if index == 0 else "", versions, deed)
        for index, (versions, deed) in enumerate(_WAITS)
    ]


def _explain_one(text: str, position: int) -> tuple[Explanation, int]:
    """Return what the frame at ``position`` is, and the place behind it."""
    delimiter = text.find("#", position)
    if delimiter < 0:
        raw = text[position:].encode()
        header = text[position:]
        return Explanation(raw, header, None, "", Judgement.NO_DELIMITER), len(text)
    header = text[position:delimiter]
    length, reason = _read_length(header)
    body, end, json_error = _read_body(text, delimiter + 1, length)
    explanation = Explanation(
        raw=text[position:end].encode(),
        header=header,
        length=length,
        body=body,
        judgement=Judgement.NO_NUMBER,
        reason=reason or json_error,
    )
    if length is not None:
        explanation.judgement = _judge(explanation, json_error)
    explanation.packet = _read_packet(explanation)
    return explanation, end


def _read_length(header: str) -> tuple[int | None, str]:
    """Return what Nest reads in front of the ``#``, or why it reads nothing."""
    try:
        return parse_length(header), ""
    except CorruptedLengthError as error:
        return None, error.reason


def _read_body(text: str, start: int, length: int | None) -> tuple[str, int, str]:
    """Return the JSON value at ``start``, the place behind it, and what is wrong."""
    begin = start + len(text[start:]) - len(text[start:].lstrip(" \t\r\n"))
    try:
        _, end = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError) as error:
        taken = text[start:].encode("utf-16-le")[: 2 * length] if length else b""
        body = taken.decode("utf-16-le", "replace") or text[start:].rstrip("\r\n")
        return body, start + len(body), f"not JSON: {error}".lower()
    # Blanks behind the value belong to the body if the length says so.
    while end < len(text) and length and text[end] in " \t\r\n":
        if utf16_length(text[start:end]) >= length:
            break
        end += 1
    return text[start:end], end, ""


def _judge(explanation: Explanation, json_error: str) -> Judgement:
    length, units = explanation.length, explanation.units
    if json_error:
        return Judgement.NO_JSON
    if length == units:
        return Judgement.RIGHT
    if length == explanation.size:
        return Judgement.BYTES
    if length == explanation.points:
        return Judgement.CODE_POINTS
    return Judgement.TOO_LARGE if (length or 0) > units else Judgement.TOO_SMALL


def _read_packet(explanation: Explanation) -> Packet | None:
    try:
        return parse_packet(Frame(explanation.body.encode(), 0, 0))
    except PacketError as error:
        explanation.reason = explanation.reason or error.reason
        return None
