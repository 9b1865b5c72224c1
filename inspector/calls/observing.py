"""Chunks of one direction to the packets that are seen in them.

::

    Chunk ─► recognised? ─► Reader ─► Sighting | Anomaly | Remark
               │ no: held, or the connection is passed over
               └ behind a Gap: the next frame is looked for

What a direction says, once it is recognised, is read in
:mod:`inspector.carriers.nest_tcp.reading`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from inspector.carriers.nest_tcp.reading import Reader
from inspector.carriers.nest_tcp.recognition import (
    MAX_SEARCHED,
    SEARCH_WINDOW,
    Verdict,
    find_frame,
    name_protocol,
    recognise,
)
from inspector.figures.totals import Totals
from inspector.limits import Limits
from inspector.streams.items import (
    Acknowledgement,
    Chunk,
    Closed,
    End,
    Gap,
    Limited,
    StreamItem,
)
from protocol import DELIMITER, Frame

from .foreign import Strangers
from .seen import Anomaly, Remark, Seen, Sighting

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator

    from inspector.streams.connections import Connection, Direction
    from protocol import Packet


SightingItem: TypeAlias = Seen | Gap | Acknowledgement | Closed | Limited
REMEMBERED = 2_048
"""Closed connections that are remembered: more than the reassembly remembers."""


class Observer:
    """Read the packets in the streams of all connections.

    Args:
        ports: TCP ports whose connections are taken for Nest whatever they carry.
        limits: What may be kept of frames that are not complete.
        pass_over: Is called with each connection that nobody has to listen to.
        strangers: What is known of connections that are not Nest's.

    Attributes:
        nest: The connections that are Nest's, in order of appearance, as far as they
            are not long over.
        forgotten: Those that are.
        gap_bytes: Bytes of Nest connections that the capture lacks.
    """

    def __init__(
        self,
        ports: frozenset[int] = frozenset(),
        limits: Limits | None = None,
        pass_over: Callable[[Connection], None] = lambda _: None,
        strangers: Strangers | None = None,
    ) -> None:
        self.nest: dict[Connection, None] = {}
        self.forgotten = Totals()
        self._over: deque[Connection] = deque()
        self.gap_bytes = 0
        self._ports = ports
        self._pass_over_bytes = pass_over
        self._limits = limits or Limits()
        self._partial = 0  # bytes of all frames that are not complete
        self._readers: dict[Direction, Reader] = {}
        self._strangers = strangers or Strangers()
        self._frames = 0  # of closed connections
        self._unread = 0

    @property
    def foreign(self) -> Counter[str]:
        """Name of another protocol and port → connections that speak it."""
        return self._strangers.foreign

    @property
    def frames(self) -> int:
        """How many frames were read."""
        return self._frames + sum(each.frames for each in self._readers.values())

    @property
    def unread_bytes(self) -> int:
        """Captured bytes that nothing was read of, around what the capture lacks."""
        return self._unread + sum(each.unread for each in self._readers.values())

    def observe(self, items: Iterable[StreamItem]) -> Iterator[SightingItem]:
        """Yield what the items say, in the order that it was said."""
        for item in items:
            if isinstance(item, Chunk) and item.direction.reader is not None:
                # What the pipeline does where nobody listens, with a Sighting for all.
                seen = item.direction.reader.read_whole(item)
                if seen is not None:
                    yield self._as_sighting(item, seen)
                    continue
            yield from self.hear(item)

    def hear(self, item: StreamItem) -> Iterable[SightingItem]:
        """Return what one item says."""
        if isinstance(item, Chunk):
            reader = self._readers.get(item.direction)
            if reader is None or reader.decoder is None:
                return self._read_chunk(item)
            return self._receive(reader, item)
        if isinstance(item, Gap):
            return self._read_gap(item)
        if isinstance(item, Closed):
            return self._close(item)
        return () if isinstance(item, End) else (item,)

    def _as_sighting(self, chunk: Chunk, seen: Packet | Anomaly) -> Seen:
        if isinstance(seen, Anomaly):
            return seen
        data, place = chunk.data, self._readers[chunk.direction].place
        body = data[data.index(DELIMITER) + 1 :]
        frame = Frame(body, place - len(data), len(data))
        return Sighting(chunk.direction, seen, frame, [chunk.packet])

    def _receive(self, reader: Reader, chunk: Chunk) -> Iterable[SightingItem]:
        before = reader.partial
        seen = reader.receive(chunk)
        self._partial += reader.partial - before
        if self._partial <= self._limits.frame_memory:
            return seen
        return [*seen, *self._make_room(chunk.packet.number)]

    def _make_room(self, number: int) -> Iterator[SightingItem]:
        """Give up the largest frames that are not complete, an eighth of all at least.

        So much, because to find the largest takes a look at all.
        """
        enough = self._limits.frame_memory * 7 // 8
        waiting = [each for each in self._readers.values() if each.partial]
        for reader in sorted(waiting, key=lambda each: each.partial, reverse=True):
            if self._partial <= enough:
                break
            yield Limited(reader.direction, "frame_memory", number)
            yield from self._lose(reader)

    def _lose(self, reader: Reader) -> list[Seen]:
        """Give up what a direction has of a frame, or all that is known of it."""
        self._partial -= reader.partial
        return reader.lose()

    def _reader(self, direction: Direction) -> Reader:
        reader = self._readers.get(direction)
        if reader is None:
            reader = self._readers[direction] = Reader(direction)
        return reader

    def _read_chunk(self, chunk: Chunk) -> Iterator[SightingItem]:
        """Hold a chunk until its direction is recognised, then decode what was held."""
        connection = chunk.direction.connection
        reader = self._reader(chunk.direction)
        reader.held.append(chunk)
        if connection in self.nest:
            yield from self._begin(reader)
            return
        yield from self._recognise(reader, chunk.direction)
        if connection in self.nest:
            yield from self._strangers.welcome(connection)
            readers = [self._reader(direction) for direction in connection.directions]
            for each in readers:
                yield from self._report_gaps(each)
            held = [each for each in readers if each.held]
            for each in sorted(held, key=lambda each: each.held[0].packet.number):
                yield from self._begin(each)

    def _recognise(self, reader: Reader, direction: Direction) -> list[Remark]:
        """Judge a connection by what one of its directions holds."""
        connection = direction.connection
        data = b"".join(held.data for held in reader.held)
        if self._forced(connection):
            verdict = Verdict.NEST
        elif reader.searching:
            verdict = self._search(reader, direction, data)
        else:
            verdict = recognise(data)
        if verdict is Verdict.NEST:
            self.nest[connection] = None
        elif verdict is Verdict.OTHER:
            return self._pass_over(connection, name_protocol(data), reader)
        return []

    def _search(self, reader: Reader, direction: Direction, data: bytes) -> Verdict:
        """Judge a connection whose beginning the capture lacks.

        It is given up when both directions were searched in vain, or one for long.
        """
        if find_frame(data) is not None:
            return Verdict.NEST
        if name_protocol(data) is not None:
            return Verdict.OTHER
        reader.searched += len(reader.held[-1].data)
        if len(data) > SEARCH_WINDOW:
            del reader.held[:-1]
        other = self._readers.get(direction.opposite)
        enough = other is not None and other.searched > SEARCH_WINDOW
        limit = SEARCH_WINDOW if enough else MAX_SEARCHED
        return Verdict.OTHER if reader.searched > limit else Verdict.UNDECIDED

    def _forced(self, connection: Connection) -> bool:
        ports = (endpoint.port for endpoint in connection.endpoints)
        return bool(self._ports) and not self._ports.isdisjoint(ports)

    def _pass_over(
        self, connection: Connection, name: str | None, reader: Reader
    ) -> list[Remark]:
        self._pass_over_bytes(connection)
        for each in connection.directions:
            self._readers.pop(each, None)
            each.reader = None
        if name is None:
            return []
        client = connection.client
        server = reader.direction.opposite.side if client is None else 1 - client
        asked = connection.directions[1 - server]
        return self._strangers.meet(asked, name, reader.held[0].packet)

    def _begin(self, reader: Reader) -> Iterator[SightingItem]:
        """Decode what a direction held, from where a frame begins."""
        chunks, skip = reader.held, 0
        if reader.searching:
            data = b"".join(chunk.data for chunk in chunks)
            found = find_frame(data)
            if found is None:
                if len(data) > SEARCH_WINDOW:
                    reader.unread += len(data) - len(chunks[-1].data)
                    del chunks[:-1]
                return
            skip = found
            reader.unread += found
        reader.held = []
        reader.begin()
        for chunk in chunks:
            if skip < len(chunk.data):
                rest = Chunk(chunk.direction, chunk.data[skip:], chunk.packet)
                yield from self._receive(reader, rest)
            skip = max(skip - len(chunk.data), 0)

    def _read_gap(self, gap: Gap) -> Iterator[SightingItem]:
        reader = self._reader(gap.direction)
        yield from self._lose(reader)
        reader.gaps.append(gap)
        if gap.direction.connection in self.nest:
            yield from self._report_gaps(reader)

    def _report_gaps(self, reader: Reader) -> Iterator[Gap]:
        """Yield the gaps of a direction, once it is known to be Nest's."""
        gaps, reader.gaps = reader.gaps, []
        self.gap_bytes += sum(gap.size for gap in gaps)
        yield from gaps

    def _close(self, closed: Closed) -> Iterator[SightingItem]:
        nest = closed.connection in self.nest
        for direction in closed.connection.directions:
            reader = self._readers.pop(direction, None)
            direction.reader = None
            if reader is not None:
                self._partial -= reader.partial
            if reader is not None and nest:
                yield from reader.finish(closed.time_ns, closed.cause)
                self._frames += reader.frames
                self._unread += reader.unread
        if nest:
            yield closed
            self._forget(closed.connection)
        elif _carried_nothing(closed):
            yield from self._strangers.miss(closed.connection)

    def _forget(self, connection: Connection) -> None:
        """Keep a connection that is over as long as a packet of it may come."""
        self._over.append(connection)
        if len(self._over) > REMEMBERED:
            oldest = self._over.popleft()
            self.forgotten.add(oldest)
            del self.nest[oldest]


def _carried_nothing(closed: Closed) -> bool:
    """Whether a connection was opened and closed, and nothing else."""
    return closed.cause != "end" and all(
        direction.from_start and not direction.next
        for direction in closed.connection.directions
    )
