"""Places of units to the data packets that carried them, for one direction.

::

    Chunk ─► Talk.receive ─► Unit(begin, end) ─► Sighting | Anomaly | Remark
       └─ remembered by place until its bytes belong to a unit ─┘ its data packets

A data packet counts the units that have a byte in it, also the one that is not
complete: whether a packet is shared may be asked before that is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle, Remark, Skipped, Transfer, Trouble
from inspector.carriers.framed import FramedTalk, framed, unary
from inspector.carriers.hopping import HoppingTalk
from inspector.streams.packets import DataPacket

from . import seen as what
from .costs import begins
from .searching import Search
from .seen import Sighting, Upkeep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.carriers.base import Carrier, Talk, Unit
    from inspector.carriers.hopping import Hops
    from inspector.carriers.unary import Steps, UnaryTalk
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.items import Chunk, Gap

    from .conversing import OpaqueStream
    from .seen import Seen

_place_after = itemgetter(0)


class Track:
    """What is read of one direction.

    Attributes:
        direction: What is read.
        talk: Reads its bytes; None until the carrier of its connection is recognised.
        framed: The same, if others may cut its frames; else None.
        hopping: The same, if its plain hops may be read in one go; else None …
        hops: … and what reads them, while the next bytes may be one.
        unary: The same, if its plain calls may be read step by step; else None …
        steps: … and what reads the steps, while the next bytes may be one.
        carrier: The name of that; empty until then.
        brokered: Whether it brings packets over a broker.
        begins: Whether it brings none of Nest's, but requests that may begin them.
        finder: Looks for the next unit after a gap: that carrier, once it is known.
        search: Finds where a unit begins, while that is not known; else None.
        opaque: What may be frames whose bodies are not JSON, until that is decided.
        held: Chunks that wait until the carrier is recognised.
        gaps: Gaps before those.
        frames: Transfers and malformed units that were read the usual way.
        errands: Units for the sake of transfers.
        idle: Units of the connection alone.
        unread: Captured bytes of which nothing was read, around gaps.
        partial: Bytes of a unit that is not complete, as far as they came.
        latest: The data packet that was read last.
    """

    __slots__ = (
        "_counted",
        "_pending",
        "_waiting",
        "begins",
        "brokered",
        "carrier",
        "direction",
        "errands",
        "finder",
        "framed",
        "frames",
        "gaps",
        "held",
        "hopping",
        "hops",
        "idle",
        "latest",
        "opaque",
        "partial",
        "search",
        "steps",
        "talk",
        "unary",
        "unread",
    )

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.talk: Talk | None = None
        self.framed: FramedTalk | None = None
        self.hopping: HoppingTalk | None = None
        self.hops: Hops | None = None
        self.unary: UnaryTalk | None = None
        self.steps: Steps | None = None
        self.carrier = ""
        self.brokered = False
        self.begins = False
        self.finder: Carrier | None = None
        self.opaque: OpaqueStream | None = None
        self.search = None if direction.from_start else Search()
        self.held: list[Chunk] = []
        self.gaps: list[Gap] = []
        self.frames = 0
        self.errands = 0
        self.idle = 0
        self.unread = 0
        self.partial = 0
        self._waiting: list[tuple[int, DataPacket]] = []  # by the place after it
        self.latest = DataPacket(0, 0, 0, 0)
        self._pending = -1  # place at which a unit begins that is not complete …
        self._counted: dict[int, DataPacket] = {}  # … and the packets that count it

    def begin(self, carrier: Carrier, talk: Talk) -> None:
        """Learn what carries it, and by whom it is read."""
        self.talk, self.carrier, self.finder = talk, carrier.name, carrier
        self.brokered, self.opaque = carrier.brokered, None
        self.begins = begins(carrier.name)
        if carrier.brokered:
            self.hopping = talk if isinstance(talk, HoppingTalk) else None
        else:
            self.framed = framed(talk)
            self.unary = None if self.framed else unary(talk)

    def may_hop(self) -> bool:
        """Whether the next bytes may be a plain hop; then :attr:`hops` reads it."""
        hopping, direction = self.hopping, self.direction
        known = hopping is not None and direction.connection.carrier
        self.hops = hopping.hops(direction.side) if hopping and known else None
        return self.hops is not None

    def may_step(self) -> bool:
        """Whether they may be a step of a plain call; then :attr:`steps` reads it."""
        talk = self.unary
        self.steps = None if talk is None else talk.unary(self.direction.side)
        return self.steps is not None

    @property
    def waits(self) -> bool:
        """Whether it was judged, but for what both sides may show yet."""
        return self.opaque is not None and self.search is None

    @property
    def converses(self) -> bool:
        """Whether it has shown frames whose bodies are not JSON, and enough of them."""
        stream = self.opaque
        return stream is not None and stream.shows_enough(
            from_start=self.search is None
        )

    @property
    def kept(self) -> int | None:
        """How many of its last bytes may be of units that are yet to be read.

        None while its carrier is not known: all may be.
        """
        if self.talk is None:
            return None
        if self.search is not None:
            return self.search.kept
        return max(self.partial, self.talk.begun(self.direction.side))

    def hold_frames(self) -> None:
        """Hold what came since such frames began, and nothing before."""
        stream = self.opaque
        if stream is not None and self.search is not None:
            self.unread += self.search.searched - stream.size
            self.search = None
            self.held = stream.chunks
        self.opaque = None

    def lose(self) -> list[Seen]:
        """Return what is left when bytes are missing: the next unit has to be found."""
        seen: list[Seen] = []
        if self.talk is not None and self.search is None:
            seen = self._see(self.talk.lose(self.direction.side))
        elif self.search is not None:
            self.unread += self.search.forgotten + self.search.kept
        self.unread += sum(len(chunk.data) for chunk in self.held)
        self.held = []
        self.opaque = None
        self.search = Search()
        self.partial = 0
        self._waiting = []
        self._counted.clear()
        return seen

    def read(self, chunk: Chunk) -> list[Seen]:
        """Return what a chunk completes."""
        talk, direction, packet = self.talk, self.direction, chunk.packet
        assert talk is not None
        side, connection = direction.side, direction.connection
        if talk.client is None and not connection.supposed:
            talk.client = connection.client
        units = talk.receive(side, chunk.data, packet.time_ns)
        if connection.client is None or connection.supposed:
            self._learn_client(connection, talk.client)
        self.partial = talk.buffered(side)
        if not (self.partial or self._waiting):
            return self._see_whole(units, packet)
        received = talk.received(side)
        self._waiting.append((received, packet))
        self.latest = packet
        seen = self._see(units)
        begun = talk.begun(side)
        if begun:
            self._count_pending(received - begun, packet)
        self._forget_before(received - self.partial)
        return seen

    @staticmethod
    def _learn_client(connection: Connection, client: int | None) -> None:
        """Learn which side the client is, if what has passed shows it."""
        if client is not None:
            connection.client, connection.supposed = client, False

    def finish(self, time_ns: int, cause: str) -> list[Seen]:
        """Return what there is to say at the end."""
        if self.talk is None or self.search is not None:
            return []
        return self._see(self.talk.finish(self.direction.side, time_ns, cause))

    # decision 34
    def _see_whole(self, units: Iterable[Unit], packet: DataPacket) -> list[Seen]:
        """Return units that one data packet carried, all of them and nothing else."""
        self.latest, direction = packet, self.direction
        seen: list[Seen] = []
        for unit in units:
            if isinstance(unit, Transfer):
                self.frames += 1
                packet.frames += 1
                seen.append(Sighting(direction, unit, [packet]))
            elif isinstance(unit, Errand):
                self.errands += 1
                packet.frames += len(unit.about) or 1  # it is one unit of each of those
                seen.append(self._upkeep(unit, [packet]))
            else:
                seen += self._see((unit,))
        return seen

    def _see(self, units: Iterable[Unit]) -> list[Seen]:
        """Return units with the data packets that carried them."""
        seen: list[Seen] = []
        for unit in units:
            if isinstance(unit, Transfer):
                self.frames += 1
                seen.append(Sighting(self.direction, unit, self._carriers(unit)))
            elif isinstance(unit, Remark):
                seen.append(self._remark(unit))
            elif isinstance(unit, Trouble):
                seen.append(self._anomaly(unit))
            elif isinstance(unit, Errand):
                self.errands += 1
                records = self._carriers(unit)
                for record in records:
                    record.frames += max(len(unit.about) - 1, 0)
                seen.append(self._upkeep(unit, records))
            elif isinstance(unit, Idle):
                self.idle += 1
                seen.append(self._upkeep(unit, self._bearers(unit)))
            elif isinstance(unit, Skipped):
                self.unread += unit.end - unit.begin
        return seen

    def _upkeep(self, unit: Errand | Idle, records: list[DataPacket]) -> Upkeep:
        return Upkeep(self.direction, unit, records, carrier=self.carrier)

    def _anomaly(self, trouble: Trouble) -> what.Anomaly:
        if trouble.framed:
            self.frames += 1
            self._carriers(trouble)
        return what.Anomaly(
            self.direction,
            trouble.code,
            trouble.detail,
            self._at(trouble.end),
            trouble.lost,
        )

    def _remark(self, unit: Remark) -> what.Remark:
        return what.Remark(
            unit.code,
            self.direction,
            self._at(unit.end),
            unit.subject,
            unit.detail,
            unit.size,
            unit.duration_ns,
            unit.packet,
        )

    def _carriers(self, unit: Unit) -> list[DataPacket]:
        """Return the data packets of a unit, each of which counts it."""
        records = self._packets_of(unit)
        counted = self._counted
        for number, packet in records.items():
            packet.frames += number not in counted
        for number, packet in counted.items():
            packet.frames -= number not in records  # it was another unit after all
        counted.clear()
        return list(records.values())

    def _bearers(self, unit: Unit) -> list[DataPacket]:
        """Return the data packets of a unit that they do not count."""
        for packet in self._counted.values():
            packet.frames -= 1  # while it was not complete it might have been another
        self._counted.clear()
        return list(self._packets_of(unit).values())

    def _packets_of(self, unit: Unit) -> dict[int, DataPacket]:
        """Return the data packets with a byte of a unit, by their numbers."""
        waiting = self._waiting
        first = bisect_right(waiting, unit.begin, key=_place_after)
        last = bisect_left(waiting, unit.end, first, key=_place_after)
        records = {each.number: each for _, each in waiting[first : last + 1]}
        # Without one, whoever gave the place misjudged it.
        return records or {self.latest.number: self.latest}

    def _at(self, place: int) -> DataPacket:
        """Return the data packet with the byte before a place."""
        index = bisect_left(self._waiting, place, key=_place_after)
        return self._waiting[index][1] if index < len(self._waiting) else self.latest

    def _count_pending(self, begin: int, latest: DataPacket) -> None:
        """Count the unit that begins at a place and is not complete."""
        packets = [latest]
        if begin != self._pending or not self._counted:
            self._pending = begin
            self._counted.clear()
            first = bisect_right(self._waiting, begin, key=_place_after)
            packets = [packet for _, packet in self._waiting[first:]]
        for packet in packets:
            if packet.number not in self._counted:
                self._counted[packet.number] = packet
                packet.frames += 1

    def _forget_before(self, place: int) -> None:
        """Forget the data packets whose bytes belong to units that were read."""
        if self._waiting and self._waiting[0][0] <= place:
            first = bisect_right(self._waiting, place, key=_place_after)
            del self._waiting[:first]
            if not self._waiting:
                self._counted.clear()
