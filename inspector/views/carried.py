"""What a packet carried, in words: ``replies 2–5 of 5 stream5async #2  shared``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.costs import has_streams
from inspector.calls.participants import broker_of
from inspector.carriers.base import Errand
from inspector.carriers.registry import carriers
from inspector.carriers.streamed import TRAILERS
from inspector.words import plural
from protocol.named_tuple import NamedTuple

from .rendering import pattern_text, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.seen import Anomaly, Sighting, Upkeep
    from inspector.journal import CapturedPacket, CarriedFrame, FramePart

Words: TypeAlias = tuple[str, str]
"""A text and its role."""

_MOST_GROUPS = 3


def carried_words(packet: CapturedPacket) -> Iterator[Words]:
    """Yield what a data packet carried: its frames, or why there are none."""
    before, after = _upkeep_around(packet)
    groups = [list(group) for _, group in groupby(packet.shares, _alike)]
    for upkeep in before:
        yield f"{named_upkeep(upkeep)}, ", "muted"
    if len(groups) > _MOST_GROUPS:
        yield from _count_words(packet.shares)
    else:
        for index, group in enumerate(groups):
            if index:
                yield ", ", "muted"
            yield from _group_words(group)
    for upkeep in after:
        yield (", " if groups or upkeep is not after[0] else ""), "muted"
        yield named_upkeep(upkeep), "muted"
    known = bool(groups or packet.upkeep)
    for anomaly in packet.anomalies:
        yield ("  " if known else ""), ""
        yield safe(anomaly.reason), "error"
    if not known and not packet.anomalies:
        yield "a piece of a frame that is not complete", "warning"
    if len(packet.shares) > 1:
        yield "  shared", "note"


def _upkeep_around(packet: CapturedPacket) -> tuple[list[Upkeep], list[Upkeep]]:
    """Return what a carrier did besides: before the first frame, and after it."""
    if not packet.shares or len(packet.shares) > 1:
        return [], packet.upkeep
    place = packet.shares[0].frame.sighting.transfer.begin
    before = [each for each in packet.upkeep if each.unit.begin < place]
    return before, [each for each in packet.upkeep if each.unit.begin >= place]


class Followed(NamedTuple):
    """What is shown of a stream, one after the other.

    Attributes:
        packet: The packet that completed it.
        frame: A frame; None where it is something else.
        anomaly: Bytes that say nothing in this protocol.
        upkeep: What its carrier does besides.
        gap: Bytes that the capture lacks.
    """

    packet: CapturedPacket
    frame: CarriedFrame | None = None
    anomaly: Anomaly | None = None
    upkeep: Upkeep | None = None
    gap: int = 0


def followed(packets: Iterable[CapturedPacket]) -> Iterator[Followed]:
    """Yield what the packets completed, in the order of capture.

    Frames of exchanges that were not chosen are left out: one packet may carry both.
    """
    for packet in packets:
        if packet.gap:
            yield Followed(packet, gap=packet.gap)
        yield from sorted(_units(packet), key=_place_of)
        for anomaly in packet.anomalies:
            yield Followed(packet, anomaly=anomaly)


def _units(packet: CapturedPacket) -> Iterator[Followed]:
    for share in packet.shares:
        if share.part == share.parts and share.frame.chosen:
            yield Followed(packet, frame=share.frame)
    for upkeep in packet.upkeep:
        if upkeep.records[-1].number == packet.number:
            yield Followed(packet, upkeep=upkeep)


def _place_of(item: Followed) -> int:
    """Return where a unit begins in the stream of its direction."""
    if item.frame is not None:
        return item.frame.sighting.transfer.begin
    return item.upkeep.unit.begin if item.upkeep is not None else 0


def completes(packet: CapturedPacket) -> bool:
    """Whether a packet completes anything that is shown of a stream."""
    return next(followed([packet]), None) is not None


def upkeep_words(upkeep: Upkeep) -> str:
    """Return what a carrier does besides, in its own words: ``ping``."""
    carrier = carriers().get(upkeep.direction.connection.carrier)
    words = "" if carrier is None else carrier.explain(upkeep.unit)
    return safe(words or upkeep.unit.verb)


def named_upkeep(upkeep: Upkeep) -> str:
    """Return the same with the exchange that it is for, if it is: ``heard 7 #2``.

    Over a broker what it names is mostly where the replies go, which says less than
    the number: ``SUB for #2``.
    """
    if upkeep.ledger is None:
        return upkeep_words(upkeep)
    number = f"#{upkeep.ledger.number}"
    if not broker_of(upkeep.direction.connection):
        return f"{upkeep_words(upkeep)} {number}"
    unit = upkeep.unit
    refused = isinstance(unit, Errand) and unit.unwanted
    return f"{upkeep_words(upkeep) if refused else safe(unit.verb)} for {number}"


def size_words(sighting: Sighting) -> str:
    """Return how large a frame is: ``99 B, 96 units``."""
    carrier = carriers().get(sighting.direction.connection.carrier)
    own = "" if carrier is None else carrier.measure(sighting.transfer)
    return f"{sighting.size:,} B{', ' if own else ''}{safe(own)}"


def frame_name(frame: CarriedFrame) -> str:
    """Return the pattern of a frame, of a reply that of its request."""
    exchange = frame.exchange
    if exchange is not None:
        return pattern_text(exchange.pattern, exchange.route)
    return ""


def _alike(share: FramePart) -> tuple[object, ...]:
    """Return what frames have in common that are named together."""
    frame = share.frame
    if frame.kind == "reply":
        return "reply", id(frame.exchange), share.parts > 1
    return frame.kind, frame_name(frame), share.parts > 1


def _group_words(group: Sequence[FramePart]) -> Iterator[Words]:
    first, last = group[0], group[-1]
    frame = first.frame
    role = "server" if frame.kind == "reply" else "client"
    if len(group) == 1:
        yield _kind_of_one(frame), role
    elif frame.kind == "reply" and (
        _from_several(frame.exchange)
        or any(unwanted_word(each.frame) for each in group)
    ):
        yield f"{len(group):,} replies", role
    elif frame.kind == "reply":
        yield _several_words(group), role
    else:
        yield f"{len(group):,} {frame.kind}s", role
    yield f" {frame_name(frame)}", "route"
    yield _numbers(frame, last.frame), "muted"
    if first.parts > 1:
        yield f"  part {first.part} of {first.parts}", "note"


def _kind_of_one(frame: CarriedFrame) -> str:
    exchange, word = frame.exchange, unit_word(frame)
    if frame.kind != "reply" or exchange is None:
        return word
    remark = unwanted_word(frame)
    if remark:
        return f"{word} ({remark})"
    if len(exchange.replies) <= 1 or _from_several(exchange) or word == TRAILERS:
        return word
    return f"{word} {frame.reply:,} of {len(exchange.replies):,}"


def unit_word(frame: CarriedFrame) -> str:
    """Return what a frame is, over a broker in the words of its carrier: ``MSG reply``.

    So is the end of a call that may be a stream, ``trailers``; others are their kind.
    """
    name = frame.sighting.direction.connection.carrier
    carrier = carriers().get(name)
    if carrier is None or (frame.way is None and not has_streams(name)):
        return frame.kind
    return safe(carrier.explain(frame.sighting.transfer)) or frame.kind


def _from_several(exchange: Exchange | None) -> bool:
    """Whether several handlers answered, so that no number tells replies apart."""
    passage = None if exchange is None else exchange.passage
    return passage is not None and len(passage.handlers) > 1


def unwanted_word(frame: CarriedFrame) -> str:
    """Return why a reply over a broker does not count for its call, if it does not."""
    exchange = frame.exchange
    passage = None if exchange is None else exchange.passage
    if frame.kind != "reply" or exchange is None or passage is None:
        return ""
    hop = frame.hop if passage.surplus or passage.overheard else None
    if hop is not None and (hop.surplus or hop.overheard):
        return "overheard" if hop.overheard else "surplus"
    late = exchange.cause == "left" and frame.reply > len(exchange.replies)
    return "nobody listens" if late else ""


def _several_words(group: Sequence[FramePart]) -> str:
    """Return which replies of a call some are; one may come in several units."""
    first, last = group[0].frame, group[-1].frame
    if first.exchange is not None and first.reply == last.reply:
        return _kind_of_one(first)
    return f"replies {_range(group)}"


def _range(group: Sequence[FramePart]) -> str:
    first, last = group[0].frame, group[-1].frame
    exchange = first.exchange
    if exchange is None:
        return f"({len(group):,})"
    return f"{first.reply:,}–{last.reply:,} of {len(exchange.replies):,}"


def _numbers(first: CarriedFrame, last: CarriedFrame) -> str:
    if first.exchange is None or last.exchange is None:
        return ""
    numbers = first.exchange.number, last.exchange.number
    if numbers[0] == numbers[1]:
        return f" #{numbers[0]}"
    return f" #{numbers[0]}–#{numbers[1]}"


def _count_words(shares: Sequence[FramePart]) -> Iterator[Words]:
    """Yield a mixture as numbers: ``3 requests, 2 events``."""
    for index, kind in enumerate(dict.fromkeys(share.frame.kind for share in shares)):
        if index:
            yield ", ", "muted"
        own = [share.frame for share in shares if share.frame.kind == kind]
        role = "server" if kind == "reply" else "client"
        yield plural(len(own), kind), role
        names = {frame_name(frame) for frame in own}
        if len(names) == 1:
            yield f" {names.pop()}", "route"
        yield _numbers(own[0], own[-1]), "muted"
