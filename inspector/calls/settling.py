"""What becomes of an exchange: packets are added to it, and it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import NO_MESSAGE_HANDLER, JsonText, Response, dumps

from .exchanges import Errands, Exchange, Kind, Outcome

if TYPE_CHECKING:
    from inspector.streams.packets import DataPacket, PacketCounter
    from protocol import Json, Request

    from .exchanges import Ledger

_COMPLETED = Outcome.COMPLETED
_NO_HANDLER = JsonText(dumps(NO_MESSAGE_HANDLER))
_NEAR = 64
"""Data packets of a reply within which one may occur again, by disorder."""
MAX_EARLY = 1_024
"""Replies of one connection that are held until their request may have come."""
MAX_EARLY_UNHEARD = 65_536
"""The same of all connections, where no packet of who asks has come yet.

All packets of one side may precede those of the other.
"""
_UNIQUE = 8
"""Characters of an id from which on it is taken for random; those of Nest have 21."""
# decision 26: Of an endless stream the first 9,999 values and the last are kept
MAX_REPLIES = 10_000
"""Replies of one exchange that are kept: a stream may go on for days."""


def completed_ns(records: list[DataPacket]) -> int:
    """Return when the last of some data packets was captured."""
    return max(records, key=lambda record: record.number).time_ns


def end(exchange: Exchange, outcome: Outcome, time_ns: int) -> Exchange:
    """End an exchange at a time, in nanoseconds, and return it."""
    exchange.outcome = outcome
    exchange.ended_ns = time_ns
    exchange.ledger.packets = (
        len(exchange.request_packets)
        + len(exchange.reply_packets)
        + exchange.more_packets
    )
    if exchange.errands is not None:
        exchange.ledger.packets += len(exchange.errands.packets)
    counts = exchange.connection.counts
    if counts.retransmissions > exchange.retransmissions_before:
        exchange.retransmitted = True
    return exchange


# decision 23
def own(exchange: Exchange, records: list[DataPacket]) -> None:
    """Give the data packets that no frame claimed before to an exchange."""
    ledger = exchange.ledger
    for record in records:
        if record.frames > 1:
            exchange.seats += 1
        if record.owner is None:
            record.owner = ledger
            ledger.data_packets += 1
            ledger.acks += record.acks


def answer(
    exchange: Exchange, packet: Response, size: int, records: list[DataPacket]
) -> int:
    """Add a reply to the exchange that it answers.

    Returns:
        How long that took since the request, or the reply before, in nanoseconds.
    """
    last = records[-1]
    if len(exchange.replies) < MAX_REPLIES:
        exchange.replies.append(packet)
        exchange.reply_ends.append(last)
    else:
        exchange.replies[-1], exchange.reply_ends[-1] = packet, last
        exchange.left_out += 1
    exchange.reply_bytes += size
    time_ns = last.time_ns if len(records) == 1 else completed_ns(records)
    since_ns, exchange.last_reply_ns = exchange.last_reply_ns, time_ns
    if exchange.first_reply_ns is None:
        exchange.first_reply_ns, since_ns = time_ns, exchange.asked_ns
        if exchange.reply_packets:  # which a broker had before it got here
            add_reply_packets(exchange, records)
        else:
            exchange.reply_packets = records
    else:
        add_reply_packets(exchange, records)
    own(exchange, records)
    if exchange.errands is not None:
        leave_out(exchange.errands, records)
    return time_ns - (since_ns or 0)


# decision 83: An errand belongs to the exchange that it names
def tend(exchange: Exchange, verb: str, records: list[DataPacket]) -> None:
    """Count an errand with the exchange that it is for, which goes on."""
    errands = exchange.errands
    if errands is None:
        errands = exchange.errands = Errands()
    if len(errands.verbs) < MAX_REPLIES:
        errands.verbs.append(verb)
        for record in records:
            if not (
                _is_near(record, exchange.request_packets)
                or _is_near(record, exchange.reply_packets)
                or _is_near(record, errands.packets)
            ):
                errands.packets.append(record)
    own(exchange, records)


def _is_near(record: DataPacket, known: list[DataPacket]) -> bool:
    """Whether a data packet is one of the last of some."""
    for each in known[-_NEAR:]:  # noqa: SIM110 — a generator costs more than these
        if each is record:
            return True
    return False


def tend_late(ledger: Ledger, records: list[DataPacket]) -> list[DataPacket]:
    """Count an errand with what it is for, which is over.

    Returns:
        The data packets that belong to that only now: whoever has the figures counts
        them in its row. None while it has no row: it is counted with them.
    """
    late = [record for record in records if record.owner is None]
    for record in late:
        record.owner = ledger
        ledger.data_packets += 1
        ledger.acks += record.acks
    return [] if ledger.row is None else late


def leave_out(errands: Errands, records: list[DataPacket]) -> None:
    """Count data packets with a hop, no longer with an errand that they carry too."""
    near = errands.packets[-_NEAR:]
    errands.packets[-_NEAR:] = [
        packet for packet in near if not any(packet is each for each in records)
    ]


def add_reply_packets(exchange: Exchange, records: list[DataPacket]) -> None:
    """Add the data packets of one more reply; some may be known from those before."""
    if not exchange.reply_packets:
        exchange.reply_packets = list(records)
        return
    if len(exchange.replies) == 2:  # noqa: PLR2004 — until now the first reply's own
        exchange.reply_packets = list(exchange.reply_packets)
    known = exchange.reply_packets
    fresh = [record for record in records if not _is_near(record, known)]
    if len(known) < MAX_REPLIES:
        known += fresh
    elif fresh:
        known[-1] = fresh[-1]
        exchange.more_packets += len(fresh)


def outcome_of(packet: Response) -> Outcome:
    """Return how an exchange ends with a reply that has an ``err``."""
    if packet.err == _NO_HANDLER:
        return Outcome.NO_HANDLER
    return Outcome.ERROR if packet.failed else _COMPLETED


# decision 22: An ACK that comes late is counted in the row of its exchange
def acknowledge(packet: DataPacket) -> PacketCounter | None:
    """Count a pure ACK with its data packet, or with what that belongs to.

    Returns:
        What that was counted in already, if it was: to count the ACK there is for
        whoever has the figures.
    """
    owner = packet.owner
    if owner is None:
        packet.acks += 1
        return None
    owner.acks += 1
    return owner.row


def is_unique(identity: Json) -> bool:
    """Whether an id is hardly used twice, as the random ones of Nest."""
    return isinstance(identity, str) and len(identity) >= _UNIQUE


def adopt(
    orphan: Exchange, packet: Request, route: str, size: int, records: list[DataPacket]
) -> Exchange | None:
    """Give replies the request that the capture holds only after them.

    Returns:
        The exchange, if its last reply has come. How long it took is not known where
        its times contradict the order.
    """
    ledger = orphan.ledger
    orphan.kind = ledger.kind = Kind.MESSAGE
    orphan.route = ledger.route = route
    orphan.pattern, orphan.data = packet.pattern, packet.data
    orphan.metadata = packet.metadata
    orphan.early, orphan.gapped = True, False
    orphan.request_packets, orphan.request_bytes = records, size
    orphan.time_ns, orphan.asked_ns = records[0].time_ns, completed_ns(records)
    own(orphan, records)
    ended = orphan.outcome is not None
    if (orphan.first_reply_ns or 0) < orphan.asked_ns:
        known = None if ended else orphan.asked_ns
        orphan.first_reply_ns = orphan.last_reply_ns = known
    if orphan.outcome is None:
        return None
    return end(orphan, orphan.outcome, max(orphan.ended_ns, orphan.asked_ns))
