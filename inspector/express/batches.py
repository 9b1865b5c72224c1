"""Scanned packets to exchanges: what a batch holds, entry by entry.

::

    entry ─► in order, on an open connection? ─► as :mod:`.chunks` has it
               │ no: a segment, and the ordinary way

An entry is a packet that was taken apart already, or says where a record is that has to
be read the ordinary way. What a packet means to its connection is decided here, with
the state of :mod:`inspector.tcp.reassembly`, and in its steps.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from inspector.sources.records import Batch, PacketRecord
from inspector.sources.scanning import FRAME, OTHER_TEXT, WORD
from inspector.streams.items import Chunk
from inspector.tcp.scans import payload_in, record_in, segment_in

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from inspector.calls.matching import ExchangeItem
    from inspector.sources.records import Entry
    from inspector.tcp.connections import Direction
    from inspector.tcp.reassembly import Reassembler
    from inspector.tcp.segments import SegmentDecoder

    from .chunks import ExpressWay


# decision 133
class ScannedPackets:
    """Make exchanges of batches, and of records between them.

    Args:
        segments: What reads records that were not taken apart.
        reassembler: What knows the connections.
        passed_over: Flows that nobody reads.
        express: What makes exchanges of what they carry.
    """

    def __init__(
        self,
        segments: SegmentDecoder,
        reassembler: Reassembler,
        passed_over: Container[bytes],
        express: ExpressWay,
    ) -> None:
        self._segments = segments
        self._reassembler = reassembler
        self._passed_over = passed_over
        self._express = express

    def match(self, captured: Iterable[PacketRecord]) -> Iterator[ExchangeItem]:
        """Yield the exchanges that are in records, and what belongs to none.

        Args:
            captured: Records, and batches of them.
        """
        for kind, group in groupby(captured, type):
            if kind is Batch:
                for batch in group:
                    self._segments.note_batch(batch)  # type: ignore[arg-type]
                    yield from self._match(batch)  # type: ignore[arg-type]
            else:
                segments = self._segments.decode(group)
                yield from self._express.pair(self._reassembler.reassemble(segments))

    def _match(self, batch: Batch) -> Iterator[ExchangeItem]:  # noqa: C901, PLR0912, PLR0915 — one loop
        """Yield what a batch brings: the innermost loop where figures are wanted."""
        express, plain = self._express, self._express.plain
        frames_of, hops_of = express.observer.frames.get, express.observer.hops.get
        direction_of, passed_over = self._reassembler.directions.get, self._passed_over
        remember = self._reassembler.recent.append
        for entry in batch.entries:
            number, time_ns, flow, seq, ack, _, size, kind, content = entry
            direction = direction_of(flow)  # type: ignore[arg-type]
            if direction is None or seq != direction.expected:
                if flow not in passed_over:
                    yield from self._match_unusual(batch, entry, direction)
                continue
            opposite, packet = direction.opposite, None
            if opposite.unacknowledged:
                packet = opposite.acknowledge(ack, number, time_ns, pure=not size)
            if size:
                remember(entry)
                record = direction.take(number, time_ns, size)
                frames = frames_of(direction) if kind & FRAME else None
                if frames is not None and (not kind & OTHER_TEXT or frames.any_text):
                    body = content or b""  # which no frame lacks
                    if plain is not None and plain.take(
                        direction, body, size, record, not kind & WORD
                    ):
                        frames.pass_over(size)
                        continue
                    read = frames.read(body, size)
                    if read is not None:
                        ended = express.take(direction, read, size, record)
                        if ended is not None:
                            yield ended
                        continue
                elif (
                    not kind & FRAME
                    and (track := hops_of(direction)) is not None
                    and (counting := express.counting(track)) is not None
                ):
                    data = content or b""
                    told = counting.take(track, data, record)
                    if told is None:
                        yield from express.hear(Chunk(direction, data, record))
                    elif told:
                        yield from told
                    continue
                chunk = Chunk(direction, payload_in(entry), record)
                yield from express.pair((chunk,))
            elif packet is not None:
                remember(entry)
                direction.counts.pure_acks += 1
                owner = packet.owner
                if owner is None:
                    packet.acks += 1
                else:
                    owner.acks += 1
                    if owner.row is not None:
                        owner.row.acks += 1
            else:
                yield from self._match_unusual(batch, entry, direction)

    def _match_unusual(
        self, batch: Batch, entry: Entry, direction: Direction | None
    ) -> Iterator[ExchangeItem]:
        """Yield what any one entry brings."""
        if entry[2] is None:
            return self._read(record_in(entry, batch))
        items = self._reassembler.receive(direction, segment_in(entry))
        return self._express.pair(items)

    def _read(self, record: PacketRecord) -> Iterator[ExchangeItem]:
        """Yield what a record brings that was not taken apart."""
        segment = self._segments.decode_one(record)
        if segment is None:
            return iter(())
        direction = self._reassembler.directions.get(segment.flow)
        return self._express.pair(self._reassembler.receive(direction, segment))
