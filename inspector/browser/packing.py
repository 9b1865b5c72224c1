"""An exchange to bytes and back: what a row, a filter and a copy need of it.

The payloads stand one after the other, as they travelled, so that a text is found in
them without decoding anything; all else is MessagePack. What comes back has the same
keys, and is not counted anywhere: its packets and its ledger are copies.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Errands, Exchange, Kind, Ledger, Outcome
from inspector.calls.links import Evidence, Link
from inspector.calls.passages import Hop, Leg, Passage, Service, Way
from inspector.streams.packets import DataPacket
from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, dumps, loads
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inspector.streams.connections import Connection

    Payload = JsonText | UndefinedType

BETWEEN = b"\0"
"""What parts two payloads; no JSON text has it."""
_FIGURES = (
    "number",
    "time_ns",
    "asked_ns",
    "request_bytes",
    "first_reply_ns",
    "last_reply_ns",
    "ended_ns",
    "left_out",
    "reply_bytes",
    "more_packets",
    "seats",
    "retransmitted",
    "gapped",
    "early",
    "untimed",
    "cause",
    "overtaken",
    "in_flight",
    "pushed",
)
"""Attributes that are kept as they are."""
_figures = attrgetter(*_FIGURES)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class Packed(NamedTuple):
    """An exchange as bytes.

    Attributes:
        text: Its payloads, :data:`BETWEEN` between them.
        head: All else.
    """

    text: bytes
    head: bytes


class _Packets:
    """The data packets of an exchange, each once."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self.known: list[tuple[int, int, int]] = []

    def places(self, packets: Iterable[DataPacket]) -> list[int]:
        """Return where packets are among those that are known."""
        return [self._place(each) for each in packets]

    def _place(self, packet: DataPacket) -> int:
        place = self._places.setdefault(id(packet), len(self.known))
        if place == len(self.known):
            self.known.append((packet.number, packet.time_ns, packet.frames))
        return place


def pack(exchange: Exchange) -> Packed:
    """Return an exchange as bytes."""
    packets = _Packets()
    payloads = [*_payloads(exchange)]
    sent = [bytes(each) for each in payloads if each is not UNDEFINED]
    errands = exchange.errands
    head = (
        _figures(exchange),
        exchange.kind,
        exchange.outcome,
        exchange.ledger.carrier,
        exchange.connection.number,
        _spelled(exchange.route),
        _text(exchange.pattern),
        _text(exchange.id),
        [-1 if each is UNDEFINED else len(bytes(each)) for each in payloads],
        [
            (each.is_disposed, [*map(_spelled, each.extra or ())])
            for each in exchange.replies
        ],
        packets.places(exchange.request_packets),
        packets.places(exchange.reply_packets),
        packets.places(exchange.reply_ends),
        None if errands is None else (errands.verbs, packets.places(errands.packets)),
        None if exchange.passage is None else _passage(exchange.passage, packets),
        exchange.link,
        packets.known,
    )
    return Packed(BETWEEN.join(sent), _encode(head))


def unpack(packed: Packed, connection_of: Callable[[int], Connection]) -> Exchange:
    """Return the exchange that was packed.

    Args:
        packed: Its bytes.
        connection_of: Gives the connection of a number.
    """
    (
        figures, kind, outcome, carrier, connection, spelled, pattern, identity,
        lengths, replies, asked, answered, ends, errands, passage, link, known,
    ) = _decode(packed.head)  # fmt: skip
    route = _name(spelled)
    made = [DataPacket(number, time, 0, 0, frames) for number, time, frames in known]
    payloads = _sliced(packed.text, lengths)
    values = dict(zip(_FIGURES, figures, strict=True))
    own_id = _value(identity)
    return Exchange(
        **values,
        kind=Kind(kind),
        outcome=None if outcome is None else Outcome(outcome),
        connection=connection_of(connection),
        ledger=Ledger(values["number"], 0, 0, None, kind, route, carrier),
        route=route,
        pattern=_value(pattern),
        id=own_id,
        data=next(payloads),
        metadata=next(payloads),
        replies=[_reply(own_id, each, payloads) for each in replies],
        request_packets=[made[place] for place in asked],
        reply_packets=[made[place] for place in answered],
        reply_ends=[made[place] for place in ends],
        errands=errands and Errands(errands[0], [made[place] for place in errands[1]]),
        passage=passage and _passed(passage, made, connection_of),
        link=link and _link(**link),
    )


def _payloads(exchange: Exchange) -> Iterator[Payload]:
    yield exchange.data
    yield exchange.metadata
    for reply in exchange.replies:
        yield reply.response
        yield reply.err
        yield reply.status
        yield from (reply.extra or {}).values()


def _sliced(text: bytes, lengths: list[int]) -> Iterator[Payload]:
    place = 0
    for length in lengths:
        if length < 0:
            yield UNDEFINED
        else:
            yield JsonText(text[place : place + length])
            place += length + len(BETWEEN)


def _reply(identity: Json, kept: list[Any], payloads: Iterator[Payload]) -> Response:
    disposed, extra = kept
    response, err, status = next(payloads), next(payloads), next(payloads)
    others = {_name(spelled): next(payloads) for spelled in extra}
    return Response(
        identity,
        response,
        err,
        disposed,
        status,
        others,  # type: ignore[arg-type] # what was sent is not absent
    )


def _spelled(name: str | None) -> bytes | None:
    """Return a name as bytes: MessagePack has no text with lone surrogates."""
    return None if name is None else name.encode("utf-8", "surrogatepass")


def _name(spelled: bytes | None) -> str | None:
    return None if spelled is None else spelled.decode("utf-8", "surrogatepass")


def _text(value: Json) -> bytes | None:
    return None if value is UNDEFINED else dumps(value)


def _value(text: bytes | None) -> Json:
    return UNDEFINED if text is None else loads(text)


def _passage(passage: Passage, packets: _Packets) -> dict[str, Any]:
    kept = msgspec.structs.asdict(passage)
    kept["hops"] = [_stretch(each, packets) for each in passage.hops]
    kept["errands"] = [_stretch(each, packets) for each in passage.errands]
    return kept


def _stretch(part: Hop | Service, packets: _Packets) -> dict[str, Any]:
    direction = part.direction
    return msgspec.structs.asdict(part) | {
        "direction": (direction.connection.number, direction.side),
        "records": packets.places(part.records),
    }


def _passed(
    kept: dict[str, Any],
    made: list[DataPacket],
    connection_of: Callable[[int], Connection],
) -> Passage:
    def parts(name: str) -> Iterator[dict[str, Any]]:
        for each in kept[name]:
            number, side = each["direction"]
            yield each | {
                "direction": connection_of(number).directions[side],
                "records": [made[place] for place in each["records"]],
            }

    hops = [
        Hop(**each | {"leg": Leg(each["leg"]), "way": Way(each["way"])})
        for each in parts("hops")
    ]
    errands = [Service(**each) for each in parts("errands")]
    return Passage(**kept | {"hops": hops, "errands": errands})


def _link(parent: int | None, evidence: str | None, possible: list[int]) -> Link:
    return Link(parent, None if evidence is None else Evidence(evidence), (*possible,))
