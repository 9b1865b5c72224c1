"""The words of an expression: what the JSON line of an exchange calls them.

A payload is decoded when an expression asks for it, and once for each exchange.
docs/output.md tells what each word means; :data:`SHORT` are words besides.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.exchanges import Exchange, Kind, Outcome
from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, loads

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.streams.packets import DataPacket

    Getter: TypeAlias = Callable[[Exchange], Json]

ENUMERATED: dict[str, list[str]] = {"kind": [*Kind], "outcome": [*Outcome]}
"""Fields that have one of a few values."""


def _payload(get: Callable[[Exchange], JsonText | UndefinedType]) -> Getter:
    """Return what decodes a payload, and the same one not twice in a row."""
    last: list[Json] = [UNDEFINED, UNDEFINED]

    def decode(exchange: Exchange) -> Json:
        text = get(exchange)
        if text is not last[0]:
            last[:] = text, UNDEFINED if text is UNDEFINED else loads(text)
        return last[1]

    return decode


def _numbers(packets: list[DataPacket]) -> list[int]:
    return [packet.number for packet in packets]


def _shared(exchange: Exchange) -> list[int]:
    packets = [*exchange.request_packets, *exchange.reply_packets]
    return [packet.number for packet in packets if packet.frames > 1]


def _reply(reply: Response) -> dict[str, Json]:
    """Return a reply as its JSON line has it."""
    texts = {"err": reply.err, "response": reply.response, "status": reply.status}
    texts.update(reply.extra)
    members = {key: loads(text) for key, text in texts.items() if text is not UNDEFINED}
    return members | ({"isDisposed": True} if reply.is_disposed else {})


def _last(key: str) -> Callable[[Exchange], JsonText | UndefinedType]:
    """Return what finds a payload in the last reply that has it."""
    get = attrgetter(key)

    def find(exchange: Exchange) -> JsonText | UndefinedType:
        for reply in reversed(exchange.replies):
            text: JsonText | UndefinedType = get(reply)
            if text is not UNDEFINED:
                return text
        return UNDEFINED

    return find


def _bytes(exchange: Exchange) -> int:
    return exchange.request_bytes + exchange.reply_bytes


FIELDS: dict[str, Getter] = {
    "number": attrgetter("number"),
    "kind": attrgetter("kind"),
    "outcome": attrgetter("outcome"),
    "pattern": attrgetter("pattern"),
    "route": attrgetter("route"),
    "id": attrgetter("id"),
    "time_ns": attrgetter("time_ns"),
    "latency_ns": attrgetter("latency_ns"),
    "duration_ns": attrgetter("duration_ns"),
    "packets": attrgetter("packets"),
    "request_bytes": attrgetter("request_bytes"),
    "reply_bytes": attrgetter("reply_bytes"),
    "type": lambda _: "exchange",
    "connection": attrgetter("connection.number"),
    "client": attrgetter("connection.client_text"),
    "server": attrgetter("connection.server_text"),
    "data": _payload(attrgetter("data")),
    "replies": lambda exchange: [_reply(reply) for reply in exchange.replies],
    "request_packets": lambda exchange: _numbers(exchange.request_packets),
    "reply_packets": lambda exchange: _numbers(exchange.reply_packets),
    "shared_packets": _shared,
}
"""Every key of the JSON line of an exchange."""

SHORT: dict[str, Getter] = {
    "latency": FIELDS["latency_ns"],
    "duration": FIELDS["duration_ns"],
    "time": FIELDS["time_ns"],
    "bytes": _bytes,
    "response": _payload(_last("response")),
    "err": _payload(_last("err")),
}
"""Words that no JSON line has: the unit left out, sums, what the last reply says."""

ALL = FIELDS | SHORT
