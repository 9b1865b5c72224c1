"""Packets: what a frame says, in Nest's own terms.

==========  =========  =====  ==============================================
packet      pattern    id     travels
==========  =========  =====  ==============================================
Request     yes        yes    client → server; wants responses
Event       yes        no     client → server; wants none
Response    no         yes    server → client; several may answer a request
==========  =========  =====  ==============================================

``data`` alone makes a request or an event too, for a pattern that is undefined.

Payloads (``data``, ``response``, ``err`` …) are kept as the JSON text that
travelled; :func:`~protocol.javascript.loads` gives their values. So a packet that is
read and written again says exactly the same, and a payload that nobody asks for costs
nothing. A key that is absent is UNDEFINED, which is not ``b"null"``.

Source: ``packages/microservices/interfaces/packet.interface.ts``;
``deserializers/incoming-request.deserializer.ts``, ``isExternal``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec
from msgspec import Raw

from .errors import EncodeError, InvalidJsonError, UnknownPacketError
from .frames import Frame, encode_frame
from .javascript import (
    MAX_SAFE_INTEGER,
    UNDEFINED,
    Json,
    JsonReader,
    JsonText,
    UndefinedType,
    dumps,
    loads,
    truthy,
)

NO_MESSAGE_HANDLER = (
    "There is no matching message handler defined in the remote service."
)
"""``err`` of the reply to a request that no handler matches.

Source: ``packages/microservices/constants.ts``, ``NO_MESSAGE_HANDLER``.
"""

Payload: TypeAlias = JsonText | UndefinedType
Extra: TypeAlias = Mapping[str, JsonText]

_NO_EXTRA: Extra = MappingProxyType({})  # one for all packets, which mostly have none


class Request(msgspec.Struct, frozen=True, gc=False):
    """A message call: a client wants responses.

    Attributes:
        pattern: What to call: a string, or any other JSON value as it was sent.
        id: What responses repeat; any JSON value, compared exactly.
        data: The payload.
        metadata: What a Nest 12 dispatch hook adds.
        extra: Keys that no Nest packet has, in the order that they came.
    """

    pattern: Json
    id: Json
    data: Payload = UNDEFINED
    metadata: Payload = UNDEFINED
    extra: Extra = _NO_EXTRA


class Event(msgspec.Struct, frozen=True, gc=False):
    """An event: a client tells, and nothing comes back.

    Attributes:
        pattern: What happened: a string, or any other JSON value as it was sent.
        data: The payload.
        metadata: What a Nest 12 dispatch hook adds.
        extra: Keys that no Nest packet has, in the order that they came.
    """

    pattern: Json
    data: Payload = UNDEFINED
    metadata: Payload = UNDEFINED
    extra: Extra = _NO_EXTRA


class Response(msgspec.Struct, frozen=True, gc=False):
    """One answer to a request; a stream is several, the last ``is_disposed``.

    Attributes:
        id: The id of the request.
        response: A value; UNDEFINED where there is none.
        err: What the handler threw; UNDEFINED where it threw nothing.
        is_disposed: Whether the server says that no more will come.
        status: ``"error"`` in the reply to a request that nobody handles.
        extra: Keys outside Nest's envelope, in the order that they came.
    """

    id: Json
    response: Payload = UNDEFINED
    err: Payload = UNDEFINED
    is_disposed: bool = False
    status: Payload = UNDEFINED
    extra: Extra = _NO_EXTRA

    @property
    def failed(self) -> bool:
        """Whether a Nest client ends with an error: ``err`` is truthy."""
        return self.err is not UNDEFINED and truthy(loads(self.err))

    @property
    def final(self) -> bool:
        """Whether a Nest client expects nothing more for this id.

        Source: ``packages/microservices/client/client-tcp.ts``, ``handleResponse``.
        """
        return self.is_disposed or self.failed


Packet: TypeAlias = Request | Event | Response


class _Question(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Every key that Nest writes in a request or event, payloads unread."""

    pattern: Any = UNDEFINED
    data: Raw | UndefinedType = UNDEFINED
    metadata: Raw | UndefinedType = UNDEFINED
    id: Any = UNDEFINED


class _Answer(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Every key that Nest writes in a response, payloads unread."""

    id: Any
    response: Raw | UndefinedType = UNDEFINED
    err: Raw | UndefinedType = UNDEFINED
    isDisposed: Any = False  # noqa: N815 — the key on the wire
    status: Raw | UndefinedType = UNDEFINED


_decode_question = msgspec.json.Decoder(_Question).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode
_ASKING = b'{"pattern"'  # how Nest begins what only a client sends
_copy = msgspec.json.encode  # of a Raw, the fastest way to its bytes
_JSON_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
}
_REQUEST_KEYS = ("pattern", "data", "metadata", "id")
_RESPONSE_KEYS = ("response", "err", "isDisposed", "status", "id")


def parse_packet(frame: Frame) -> Packet:
    """Read the packet in a frame.

    Raises:
        InvalidJsonError: The body is not JSON.
        UnknownPacketError: The JSON is no packet.
    """
    # The hot path, in one piece for speed; whatever is unusual fails the decoders.
    body = frame.body
    try:
        if not body.startswith(_ASKING):
            answer = _decode_answer(body)
            identity, response, err = answer.id, answer.response, answer.err
            status, disposed = answer.status, answer.isDisposed
            return Response(
                identity if type(identity) is str else _identity(identity),
                UNDEFINED if response is UNDEFINED else _copy(response),
                UNDEFINED if err is UNDEFINED else _copy(err),
                disposed is True or truthy(disposed),
                UNDEFINED if status is UNDEFINED else _copy(status),
            )
        question = _decode_question(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _parse_unusual(frame)
    identity = question.id
    data = UNDEFINED if question.data is UNDEFINED else _copy(question.data)
    metadata = UNDEFINED if question.metadata is UNDEFINED else _copy(question.metadata)
    if type(identity) is str:
        return Request(question.pattern, identity, data, metadata)
    if identity is UNDEFINED:
        return Event(question.pattern, data, metadata)
    return Request(question.pattern, _identity(identity), data, metadata)


def encode_packet(packet: Packet) -> bytes:
    """Return a packet as a whole frame, its keys in the order that Nest writes.

    Payloads travel as they are; :func:`~protocol.javascript.dumps` makes them.

    Raises:
        EncodeError: The pattern or the id has no JSON text, or a payload is no bytes.
    """
    try:
        body = b",".join(
            b"%b:%b" % (dumps(key), text)
            for key, text in _members(packet)
            if text is not UNDEFINED
        )
    except TypeError as error:
        raise EncodeError(f"a payload is no JSON text: {error}") from error
    return encode_frame(b"{%b}" % body)


def _members(packet: Packet) -> list[tuple[str, Payload]]:
    extra = list(packet.extra.items())
    if isinstance(packet, Response):
        disposed = b"true" if packet.is_disposed else UNDEFINED
        return [
            ("err", packet.err),
            ("response", packet.response),
            ("isDisposed", disposed),
            *extra,
            ("id", dumps(packet.id)),
            ("status", packet.status),
        ]
    identity = dumps(packet.id) if isinstance(packet, Request) else UNDEFINED
    pattern = UNDEFINED if packet.pattern is UNDEFINED else dumps(packet.pattern)
    return [
        ("pattern", pattern),
        ("data", packet.data),
        ("metadata", packet.metadata),
        *extra,
        ("id", identity),
    ]


def _identity(value: Json) -> Json:
    """Return an id as Nest holds it: a large integer is rounded to a double."""
    if isinstance(value, int) and abs(value) > MAX_SAFE_INTEGER:
        return float(value)
    return value


def _parse_unusual(frame: Frame) -> Packet:
    """Read a packet with keys that Nest does not write, or with unusual JSON."""
    members = _read_members(frame)
    if "pattern" not in members and "data" not in members:
        if "id" not in members:
            raise UnknownPacketError("no pattern, no data, no id", offset=frame.offset)
        return _response(members)
    pattern = loads(members["pattern"]) if "pattern" in members else UNDEFINED
    data, metadata = _payloads(members, "data", "metadata")
    extra = _extra(members, _REQUEST_KEYS)
    if "id" not in members:
        return Event(pattern, data, metadata, extra)
    return Request(pattern, _identity(loads(members["id"])), data, metadata, extra)


def _response(members: dict[str, JsonText]) -> Response:
    response, err, status = _payloads(members, "response", "err", "status")
    return Response(
        id=_identity(loads(members["id"])),
        response=response,
        err=err,
        is_disposed=truthy(loads(members.get("isDisposed", b"false"))),
        status=status,
        extra=_extra(members, _RESPONSE_KEYS),
    )


def _read_members(frame: Frame) -> dict[str, JsonText]:
    """Return the keys of a body and the text of their values."""
    text = frame.text
    reader = JsonReader(text)
    try:
        value = reader.read()
    except ValueError as error:
        raise InvalidJsonError(f"not JSON: {error}", offset=frame.offset) from error
    if not isinstance(value, dict):
        kind = _JSON_NAMES[type(value)]
        raise UnknownPacketError(f"{kind} is no packet", offset=frame.offset)
    return {
        key: text[start:end].strip(" \t\n\r").encode()
        for key, (start, end) in reader.members.items()
    }


def _payloads(members: dict[str, JsonText], *keys: str) -> list[Payload]:
    return [members.get(key, UNDEFINED) for key in keys]


def _extra(members: dict[str, JsonText], known: tuple[str, ...]) -> Extra:
    return {key: text for key, text in members.items() if key not in known}
