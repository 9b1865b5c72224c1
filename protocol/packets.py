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
travelled, a view on the frame's own bytes; :func:`~protocol.javascript.loads` gives
their values. So a packet that is read and written again says exactly the same, and a
payload that nobody asks for costs nothing. A key that is absent is UNDEFINED, which is
not ``JsonText(b"null")``.

Source: ``packages/microservices/interfaces/packet.interface.ts``;
``deserializers/incoming-request.deserializer.ts``, ``isExternal``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec

from .errors import EncodeError, InvalidJsonError, PacketError, UnknownPacketError
from .frames import Frame, encode_frame
from .javascript import (
    MAX_SAFE_INTEGER,
    REFUSED,
    UNDEFINED,
    Json,
    JsonReader,
    JsonText,
    UndefinedType,
    dumps,
    loads,
    to_double,
    truthy,
)
from .lazy_regex import lazy_regex

NO_MESSAGE_HANDLER = (
    "There is no matching message handler defined in the remote service."
)
"""``err`` of the reply to a request that no handler matches.

Source: ``packages/microservices/constants.ts``, ``NO_MESSAGE_HANDLER``.
"""

Payload: TypeAlias = JsonText | UndefinedType

# Packets are read right into the classes below. What their annotations do not allow is
# rare, and is read the longer way: other ids than strings, null and plain integers, and
# keys that Nest does not write, which no body can have as the mapping that they are in.
if TYPE_CHECKING:
    from collections.abc import Mapping

    Identity: TypeAlias = Json
    Extra: TypeAlias = Mapping[str, JsonText]
else:
    Identity = (
        str
        | Annotated[int, msgspec.Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]
        | None
    )
    Extra = MappingProxyType

_NO_EXTRA: Extra = MappingProxyType({})  # one for all packets, which mostly have none


# decision 1: Payloads stay JSON text
class Request(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A message call: a client wants responses.

    Attributes:
        pattern: What to call: a string, or any other JSON value as it was sent.
        id: What responses repeat; any JSON value, compared exactly. Never UNDEFINED:
            without an id it is an Event.
        data: The payload.
        metadata: What a Nest 12 dispatch hook adds.
        extra: Keys that no Nest packet has, in the order that they came.
    """

    pattern: Json
    id: Identity | UndefinedType = UNDEFINED
    data: Payload = UNDEFINED
    metadata: Payload = UNDEFINED
    extra: Extra = _NO_EXTRA

    def __repr__(self) -> str:
        return _spelled(self)


class Event(msgspec.Struct, frozen=True, gc=False):
    """An event: a client sends it, and nothing comes back.

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

    def __repr__(self) -> str:
        return _spelled(self)


class Response(
    msgspec.Struct,
    frozen=True,
    gc=False,
    forbid_unknown_fields=True,
    rename={"is_disposed": "isDisposed"},
):
    """One answer to a request; a stream is several, the last ``is_disposed``.

    Attributes:
        id: The id of the request.
        response: A value; UNDEFINED if absent.
        err: What the handler threw; UNDEFINED where it threw nothing.
        is_disposed: Whether the server says that no more will come.
        status: ``"error"`` in the reply to a request that nobody handles.
        extra: Keys outside Nest's envelope, in the order that they came.
    """

    id: Identity
    response: Payload = UNDEFINED
    err: Payload = UNDEFINED
    is_disposed: bool = False
    status: Payload = UNDEFINED
    extra: Extra = _NO_EXTRA

    def __repr__(self) -> str:
        return _spelled(self)

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


_decode_request = msgspec.json.Decoder(Request).decode
_decode_response = msgspec.json.Decoder(Response).decode
_decode_members = msgspec.json.Decoder(dict[str, JsonText]).decode
_ASKING = b'{"pattern"'  # how Nest begins what only a client sends
# One byte says so nearly as well, and takes a third of the time. Of other bodies that
# have it there, each of the two decoders refuses what the other reads.
_SHOWN = 2
_IN_PATTERN = _ASKING[_SHOWN]
_REFUSED = (*REFUSED, IndexError)  # or too short to be either
_JSON_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
}
_PYTHON = lazy_regex(rb"[\[{\s]*+'")  # str(…) of a dict or a list
_PYTHONS = "not JSON, but written as Python does: strings are in single quotes"
_NOTHING = "an object without pattern, data and id"
_FALSE = JsonText(b"false")
_REQUEST_KEYS = ("pattern", "data", "metadata", "id")
_RESPONSE_KEYS = ("response", "err", "isDisposed", "status", "id")


def parse_packet(frame: Frame) -> Packet:
    """Read the packet in a frame.

    Raises:
        InvalidJsonError: The body is not JSON.
        UnknownPacketError: The JSON is not a packet.
    """
    # As parse_body does: to call it would cost a tenth of the packet.
    body = frame.body
    try:
        if body[_SHOWN] != _IN_PATTERN:
            return _decode_response(body)
        packet = _decode_request(body)
    except _REFUSED:
        return _parse_unusual(body, frame.offset)
    return packet if packet.id is not UNDEFINED else _event(packet)


# decision 5: A packet is decoded right into its class, and its payloads are views
def parse_body(body: bytes, offset: int = 0) -> Packet:
    """Read the packet in a body, as :func:`parse_packet` does.

    Args:
        body: Of a frame.
        offset: Where that begins, in bytes of the stream, for an error to name.

    Raises:
        InvalidJsonError: The body is not JSON.
        UnknownPacketError: The JSON is not a packet.
    """
    try:
        if body[_SHOWN] != _IN_PATTERN:
            return _decode_response(body)
        packet = _decode_request(body)
    except _REFUSED:
        return _parse_unusual(body, offset)
    return packet if packet.id is not UNDEFINED else _event(packet)


def parse_bodies(bodies: list[bytes], offset: int = 0) -> list[Packet | PacketError]:
    """Read the packets in many bodies at once, as :func:`parse_packet` reads each.

    Args:
        bodies: Of frames that follow each other, see
            :meth:`~protocol.decoder.FrameDecoder.next_bodies`.
        offset: Where the first of those frames begins, in bytes of the stream.

    Returns:
        The packets in the same order; where a body holds none, the error that
        :func:`parse_packet` raises replaces it.
    """
    try:
        # A direction nearly always carries packets of one side alone.
        if not bodies or not bodies[0].startswith(_ASKING):
            return list(map(_decode_response, bodies))
        packets = list(map(_decode_request, bodies))
    except REFUSED:
        return _parse_each(bodies, offset)
    return [each if each.id is not UNDEFINED else _event(each) for each in packets]


def _parse_each(bodies: list[bytes], offset: int) -> list[Packet | PacketError]:
    packets: list[Packet | PacketError] = []
    for body in bodies:
        try:
            packets.append(parse_body(body, offset))
        except PacketError as error:
            packets.append(error)
        offset += len(encode_frame(body))
    return packets


def _spelled(packet: Packet) -> str:
    """Return what a packet holds, its payloads as the text that they are."""
    fields = {name: getattr(packet, name) for name in packet.__struct_fields__}
    extra = {key: _shown(text) for key, text in fields.pop("extra").items()}
    words = [
        f"{name}={_shown(value)!r}"
        for name, value in fields.items()
        if value is not UNDEFINED
    ]
    if extra:
        words.append(f"extra={extra!r}")
    return f"{type(packet).__name__}({', '.join(words)})"


def _shown(value: Json | JsonText) -> Json:
    return bytes(value) if isinstance(value, JsonText) else value


def _event(packet: Request) -> Event:
    """Return what was read as a request without an id."""
    return Event(packet.pattern, packet.data, packet.metadata)


def encode_packet(packet: Packet) -> bytes:
    """Return a packet as a whole frame, its keys in the order that Nest writes.

    Payloads travel as they are; ``JsonText(dumps(value))`` makes one of a value.

    Raises:
        EncodeError: The pattern or the id has no JSON text, or a payload is not one.
    """
    try:
        body = b",".join(
            b"%b:%b" % (dumps(key), text)
            for key, text in _members(packet)
            if text is not UNDEFINED
        )
    except TypeError as error:
        raise EncodeError(f"a payload is not JSON text: {error}") from error
    return encode_frame(b"{%b}" % body)


def _members(packet: Packet) -> list[tuple[str, Payload | bytes]]:
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
        return to_double(value)
    return value


def _parse_unusual(body: bytes, offset: int) -> Packet:
    """Read a packet with keys that Nest does not write, or with unusual JSON."""
    members = _read_members(body, offset)
    if "pattern" not in members and "data" not in members:
        if "id" not in members:
            raise UnknownPacketError(_NOTHING, offset=offset)
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
        is_disposed=truthy(loads(members.get("isDisposed", _FALSE))),
        status=status,
        extra=_extra(members, _RESPONSE_KEYS),
    )


def _read_members(body: bytes, offset: int) -> dict[str, JsonText]:
    """Return the keys of a body and the text of their values."""
    try:
        return _decode_members(body)
    except REFUSED:
        return _read_unusual_members(body, offset)


def _read_unusual_members(body: bytes, offset: int) -> dict[str, JsonText]:
    """Do the same for JSON that only JavaScript reads, or say what is wrong."""
    text = body.decode("utf-8", "replace")
    reader = JsonReader(text)
    try:
        value = reader.read()
    except ValueError as error:
        reason = _PYTHONS if _PYTHON.match(body) else f"not JSON: {error}"
        raise InvalidJsonError(reason, offset=offset) from error
    if not isinstance(value, dict):
        kind = _JSON_NAMES[type(value)]
        raise UnknownPacketError(f"{kind}, which is not a packet", offset=offset)
    return {
        key: JsonText(text[start:end].strip(" \t\n\r").encode())
        for key, (start, end) in reader.members.items()
    }


def _payloads(members: dict[str, JsonText], *keys: str) -> list[Payload]:
    return [members.get(key, UNDEFINED) for key in keys]


def _extra(members: dict[str, JsonText], known: tuple[str, ...]) -> Extra:
    return {key: text for key, text in members.items() if key not in known}
