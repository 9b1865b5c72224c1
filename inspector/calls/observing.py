"""What is seen on the connections that a carrier reads, as long as they live.

::

    Chunk ─► recognised? ─► Track ─► Sighting | Anomaly | Remark
               │ no: held, or the connection is passed over
               └ after a Gap: the next unit is looked for

A connection to a broker may be anybody's: it counts as Nest's, and its trouble is
reported, once a packet of Nest has passed on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.carriers.base import Verdict
from inspector.carriers.opaque import OpaqueFrames
from inspector.carriers.registry import NEST_TCP
from inspector.carriers.registry import carriers as registered
from inspector.limits import Limits
from inspector.streams.items import Chunk, Closed, End, Gap, Limited, Unread

from .beginnings import Beginnings
from .costs import begins, has_sessions
from .counting import UnitCounts, count, counted
from .foreign import ForeignTraffic, Withheld, withheld_of
from .recognising import Recogniser, SearchLimits, deciding, foreigners, may_begin
from .secrecy import SECRET, heed
from .seen import Anomaly, Recognised, Upkeep, shows_nest
from .tracking import Track
from .ways import Ways

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from inspector.carriers.base import Carrier, Concealment, Trouble
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.items import Acknowledgement, StreamItem
    from inspector.streams.packets import DataPacket

    from .searching import Found
    from .secrecy import Secret
    from .seen import Seen


MAX_WITHHELD = 64
"""Anomalies and remarks of one connection that wait for a packet of Nest on it."""
SightingItem: TypeAlias = (
    "Seen | Gap | Acknowledgement | Closed | Limited | Recognised | End"
)


class Observer:
    """Read what passes on all connections.

    Args:
        known: Name → carrier; None for those that are registered.
        forced: Port → the carrier that its connections are taken for.
        limits: What may be kept.
        conceal: What hides secrets in all that is read; None where nothing is hidden.
        beginnings: Whether HTTP is read beside Nest's traffic.
        pass_over: Is called with a connection that no carrier reads.
        search_limits: How much is searched for a unit in the middle of a stream.

    Attributes:
        lanes: Directions whose next chunk may be one plain packet → what reads it.
        frames: Directions whose next chunk may be one plain frame → what reads it.
        hops: Directions whose next chunk may be one plain hop → what is read there.
        gap_bytes: Bytes of recognised connections that the capture lacks.
    """

    def __init__(  # noqa: PLR0913 — all by their names
        self,
        *,
        known: Mapping[str, Carrier] | None = None,
        forced: Mapping[int, Carrier] | None = None,
        limits: Limits | None = None,
        conceal: Concealment | None = None,
        beginnings: bool = False,
        pass_over: Callable[[Connection], None] = lambda _: None,
        search_limits: SearchLimits | None = None,
    ) -> None:
        self._ways = ways = Ways()
        self.lanes, self.frames, self.hops = ways.lanes, ways.frames, ways.hops
        self.gap_bytes = 0
        self._limits = limits or Limits()
        self._conceal = conceal
        self._pass_over = pass_over
        self._carriers = known or registered()
        asked = any(begins(each.name) for each in (forced or {}).values())
        self._beginnings = Beginnings(known=asked)
        self._may_begin = beginnings or asked
        self._recogniser = Recogniser(
            [each for name, each in self._carriers.items() if not begins(name)],
            forced or {},
            search_limits or SearchLimits(),
            OpaqueFrames(self._carriers[NEST_TCP]),
        )
        self._partial = 0  # bytes of all units that are not complete
        self._tracks: dict[Direction, Track] = {}
        self._foreign = ForeignTraffic(
            forced={port: each.name for port, each in (forced or {}).items()}
        )
        self._counts: dict[str, UnitCounts] = {}  # of closed connections
        self._unread = 0
        # Connections to brokers without a packet of Nest, and what is withheld of them.
        self._doubtful: dict[Connection, Withheld] = {}

    @property
    def foreign(self) -> Counter[str]:
        """Name of another protocol and port → connections that speak it."""
        return self._foreign.foreign

    @property
    def counts(self) -> dict[str, UnitCounts]:
        """Name of a carrier → the units that were read."""
        return counted(self._counts, self._tracks.values())

    @property
    def unread_bytes(self) -> int:
        """Captured bytes that nothing was read of, around what the capture lacks."""
        doubtful, tracks = self._doubtful, self._tracks.values()
        own = (each for each in tracks if each.direction.connection not in doubtful)
        return self._unread + sum(each.unread for each in own if not each.begins)

    def kept(self, direction: Direction) -> int | None:
        """Return how many of its last bytes may be yet to be read; None for all."""
        track = self._tracks.get(direction)
        kept = None if track is None else track.kept
        return None if kept is None else max(kept, self.held(direction))

    def held(self, direction: Direction) -> int:
        """Return the same of what is read, and not reported yet."""
        return self._beginnings.bytes_of(direction)

    def observe(self, items: Iterable[StreamItem]) -> Iterator[SightingItem]:
        """Yield what the items say, in the order that it was said."""
        for item in items:
            yield from self.hear(item)

    def hear(self, item: StreamItem) -> Iterable[SightingItem]:
        """Return what one item says."""
        if isinstance(item, Chunk):
            track = self._tracks.get(item.direction)
            if track is None or track.talk is None or track.search is not None:
                return self._read_chunk(item)
            return self._receive(track, item)
        if isinstance(item, Gap):
            return self._read_gap(item)
        if isinstance(item, Closed):
            return self._close(item)
        if isinstance(item, SECRET):
            return self._heed(item)
        where = item.direction.connection if isinstance(item, Limited) else None
        hidden = where is not None and where in self._beginnings
        before = self._end() if isinstance(item, End) else ()
        return () if hidden else (*before, item)

    def _end(self) -> Iterable[SightingItem]:
        return *self._leave_named(self._tracks.values()), *self._foreign.on_end()

    def judge(
        self, direction: Direction, packet: DataPacket, trouble: Trouble
    ) -> Anomaly:
        """Return what an express reader made of a data packet that holds no packet."""
        self._ways.stand_by(self._tracks[direction])
        code, detail = trouble.code, trouble.detail
        return Anomaly(direction, code, detail, packet, trouble.lost)

    def _receive(self, track: Track, chunk: Chunk) -> Iterable[SightingItem]:
        before = track.partial
        seen = track.read(chunk)
        self._partial += track.partial - before
        if not track.brokered or track.hopping is not None:
            self._ways.stand_by(track)
        doubted = self._doubtful or track.begins or not self._beginnings.known
        admitted = self._admit(track, seen) if doubted else seen
        if self._partial <= self._limits.frame_memory:
            return admitted
        return [*admitted, *self._make_room(chunk.packet.number)]

    def _make_room(self, number: int) -> Iterator[SightingItem]:
        """Give up the largest units that are not complete, an eighth of all at least.

        So much, because to find the largest takes a look at all.
        """
        enough = self._limits.frame_memory * 7 // 8
        waiting = [each for each in self._tracks.values() if each.partial]
        for track in sorted(waiting, key=lambda each: each.partial, reverse=True):
            if self._partial <= enough:
                break
            if not track.begins:
                yield Limited(track.direction, "frame_memory", number)
            yield from self._lose(track)

    def _lose(self, track: Track) -> Iterable[SightingItem]:
        """Give up what a direction has of a unit, or all that is known of it."""
        self._ways.forget(track.direction)
        track.direction.lacks = True
        self._partial -= track.partial
        return self._admit(track, track.lose())

    def _admit(self, track: Track, seen: Iterable[Seen]) -> Iterable[SightingItem]:
        """Return what may be reported of a connection: all, unless it is doubtful."""
        if track.begins:
            return self._beginnings.hold(track, seen)
        withheld = self._doubtful.get(track.direction.connection)
        if withheld is not None:
            return self._withhold(track, withheld, seen)
        return self._beginnings.before(seen)

    # decision 21
    def _withhold(
        self, track: Track, withheld: Withheld, seen: Iterable[Seen]
    ) -> Iterator[SightingItem]:
        """Withhold what is seen of a connection until that is a packet of Nest."""
        connection = track.direction.connection
        for item in seen:
            if connection in self._doubtful and shows_nest(item):
                yield from self._recognised(connection, track.carrier)
                yield from withheld.seen
            if isinstance(item, Upkeep) or connection not in self._doubtful:
                yield item
            elif len(withheld.seen) < MAX_WITHHELD:
                withheld.seen.append(item)

    def _recognised(
        self, connection: Connection, carrier: str
    ) -> Iterator[SightingItem]:
        """Learn that a connection is Nest's."""
        if self._doubtful.pop(connection, None) is not None:  # to a broker, that is
            self._foreign.learn_client(connection)
        connection.carrier = carrier
        yield Recognised(connection)
        yield from self._foreign.on_nest(connection)
        if not has_sessions(carrier):  # a WebSocket may be anybody's
            yield from self._beginnings.admit()
        for direction in connection.directions:
            yield from self._report_gaps(self._track(direction))

    def _track(self, direction: Direction) -> Track:
        track = self._tracks.get(direction)
        if track is None:
            track = self._tracks[direction] = Track(direction)
        return track

    def _read_chunk(self, chunk: Chunk) -> Iterator[SightingItem]:
        """Take in a chunk of which it is not known where its units begin."""
        track = self._track(chunk.direction)
        if track.search is not None and track.talk is not None:
            assert track.finder is not None
            found = track.search.find(chunk, (track.finder,))
            if found is not None:
                yield from self._read_found(track, found)
            return
        other = self._tracks.get(chunk.direction.opposite)
        judged = self._recogniser.judge(track, other, chunk)
        first = deciding(track, other)
        yield from self._decide(first, judged, first.held or [chunk])

    def _decide(
        self, track: Track, judged: Found | Verdict, held: list[Chunk]
    ) -> Iterable[SightingItem]:
        """Begin to read a connection, or pass it over, as it was judged."""
        if judged is Verdict.UNDECIDED:
            return ()
        if judged is Verdict.OTHER:
            return self._leave(track, held)
        return self._begin(track.direction.connection, track, judged)

    # decision 24: Which connections are Nest's is decided once
    def _leave(self, track: Track, held: list[Chunk]) -> Iterable[SightingItem]:
        """Pass a connection over that no carrier reads, unless HTTP is asked for."""
        beginning = b"".join(each.data for each in held)
        begun = self._may_begin and may_begin(self._carriers, beginning, held)
        shown = b"" if self._conceal is not None else beginning
        where, first = track.direction, track.search is None
        remarks = self._foreign.on_left(where, held, shown, begins=first)
        if begun:
            return (*remarks, *self._begin(where.connection, track, begun))
        self._let_go(where.connection)
        return remarks

    def _let_go(self, connection: Connection) -> None:
        for each in connection.directions:
            self._tracks.pop(each, None)
        self._pass_over(connection)

    def _heed(self, item: Secret) -> Iterable[SightingItem]:
        if isinstance(item, Unread) and not item.begun:
            self._let_go(item.direction.connection)
        return heed(item, self._foreign)

    def _leave_named(self, tracks: Iterable[Track | None]) -> list[SightingItem]:
        return [s for each in foreigners(tracks) for s in self._leave(each, each.held)]

    def _begin(
        self, connection: Connection, track: Track, found: Found
    ) -> Iterator[SightingItem]:
        """Read a connection from now on, and first what was held of it."""
        carrier = found.carrier
        begun = any(each.from_start for each in connection.directions)  # with a SYN
        talk = carrier.talk(self._conceal, whole=begun)
        asks = found.recognition.asks
        if asks is not None and connection.client is None:
            connection.client = track.direction.side ^ (not asks)
        talk.client = connection.client
        tracks = [self._track(direction) for direction in connection.directions]
        for each in tracks:
            each.begin(carrier, talk)
        if begins(carrier.name):
            self._beginnings.add(connection, carrier.name)
        elif carrier.brokered:
            held = track.held or found.chunks
            self._doubtful[connection] = withheld_of(connection, carrier, held)
        else:
            yield from self._recognised(connection, carrier.name)
        yield from self._read_held(tracks, track, found)

    def _read_held(
        self, tracks: list[Track], track: Track, found: Found
    ) -> Iterator[SightingItem]:
        """Read what two directions held, in the order in which it was captured."""
        held = [(each.held, each) for each in tracks if each.held]
        if track.search is not None and found.chunks:
            held.append((found.chunks, track))
        for chunks, each in sorted(held, key=lambda item: item[0][0].packet.number):
            if each is track and track.search is not None:
                yield from self._read_found(track, found)
                continue
            each.held = []
            for chunk in chunks:
                yield from self._receive(each, chunk)

    def _read_found(self, track: Track, found: Found) -> Iterator[SightingItem]:
        """Read a direction from where a unit was found in it."""
        assert track.search is not None
        skip = found.recognition.place
        track.unread += track.search.forgotten + skip
        track.search = None
        for chunk in found.chunks:
            if skip < len(chunk.data):
                rest = Chunk(chunk.direction, chunk.data[skip:], chunk.packet)
                yield from self._receive(track, rest)
            skip = max(skip - len(chunk.data), 0)

    def _read_gap(self, gap: Gap) -> Iterator[SightingItem]:
        track = self._track(gap.direction)
        yield from self._lose(track)
        if track.begins:
            yield from self._beginnings.hold(track, [gap])
            return
        if track.gaps and (track.talk is not None or len(track.gaps) >= MAX_WITHHELD):
            last = track.gaps[-1]  # it may be long until they are reported
            last.size += gap.size
            last.cut = last.cut and gap.cut
        else:
            track.gaps.append(gap)
        if gap.direction.connection.carrier:
            yield from self._report_gaps(track)

    def _report_gaps(self, track: Track) -> Iterator[Gap]:
        """Yield the gaps of a direction, once its carrier is known."""
        gaps, track.gaps = track.gaps, []
        self.gap_bytes += sum(gap.size for gap in gaps)
        yield from gaps

    def _close(self, closed: Closed) -> Iterator[SightingItem]:
        connection = closed.connection
        tracks = [self._tracks.get(each) for each in connection.directions]
        if waiting := [each for each in tracks if each is not None and each.waits]:
            first = deciding(*waiting)
            judged = self._recogniser.judge_anyway(first)
            yield from self._decide(first, judged, first.held)
        yield from self._leave_named(tracks)
        for direction in connection.directions:
            track = self._tracks.pop(direction, None)
            self._ways.forget(direction)
            if track is None:
                continue
            self._partial -= track.partial
            if track.talk is not None:
                seen = track.finish(closed.time_ns, closed.cause)
                yield from self._admit(track, seen)
                count(self._counts, track)
                own = connection.carrier and not track.begins
                self._unread += track.unread if own else 0
            else:
                self._foreign.on_cut(track.gaps)
        withheld = self._doubtful.pop(connection, None)
        if connection in self._beginnings:
            yield from self._beginnings.close(closed)
        elif connection.carrier:
            yield closed
        else:
            yield from self._foreign.on_nobodys(connection, withheld)
            yield from self._foreign.on_closed(closed)
