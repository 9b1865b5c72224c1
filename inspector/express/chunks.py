"""From bytes to exchanges in one step, where nobody listens in between.

::

    chunk ─► one plain frame? ─► a plain exchange? ─► figures
               │ no: observed         │ no: paired

Nearly every item is a chunk that is one plain frame, or an ACK; what is done with the
others, the stages say. The tests hold both ways equal.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from inspector.calls.settling import acknowledge
from inspector.carriers.base import Trouble
from inspector.streams.items import Acknowledgement, Chunk
from protocol import whole_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inspector.calls.dispatching import Dispatcher
    from inspector.calls.matching import ExchangeItem
    from inspector.calls.observing import Observer
    from inspector.calls.tracking import Track
    from inspector.streams.connections import Direction
    from inspector.streams.items import StreamItem
    from inspector.streams.packets import DataPacket
    from protocol import Packet

    from .plain_exchanges import PlainExchanges
    from .plain_passages import PlainPassages
    from .plain_unary import PlainUnary


# decision 34: Quick ways stand only where they pay
class ExpressWay:
    """Observe and pair in one step.

    Args:
        observer: What reads the streams.
        calls: What makes exchanges of what is seen in them.
        plain: What counts plain exchanges, if nobody wants those; else None …
        passages: … and makes what counts those that pass over brokers …
        unary: … and what counts plain calls where requests may be streams.

    Attributes:
        observer: What reads the streams.
        plain: What counts plain exchanges, or None.
    """

    def __init__(
        self,
        observer: Observer,
        calls: Dispatcher,
        plain: PlainExchanges | None,
        passages: Callable[[], PlainPassages | None] | None = None,
        unary: Callable[[], PlainUnary] | None = None,
    ) -> None:
        self.observer = observer
        self.plain = plain
        self._passages, self._unary = passages, unary
        self._stopped = False
        self._calls = calls
        self._see = calls.direct.see

    @cached_property
    def passages(self) -> PlainPassages | None:
        """What counts plain exchanges over brokers, once there are any; or None."""
        made = None if self._passages is None else self._passages()
        if made is not None and self._stopped:
            made.stop()
        return made

    @cached_property
    def unary(self) -> PlainUnary | None:
        """The same for plain calls where requests may be streams."""
        made = None if self._unary is None else self._unary()
        if made is not None and self._stopped:
            made.stop()
        return made

    def counting(self, track: Track) -> PlainPassages | PlainUnary | None:
        """Return what counts the plain hops, or steps, of a direction, if anything."""
        return self.passages if track.brokered else self.unary

    def stop(self) -> None:
        """Count no exchange from now on: somebody wants each."""
        self._stopped = True
        for each in self._counting():
            each.stop()

    def resume(self) -> None:
        """Count plain exchanges again."""
        self._stopped = False
        for each in self._counting():
            each.resume()

    def _counting(self) -> Iterator[PlainExchanges | PlainPassages | PlainUnary]:
        """Yield what counts plain exchanges, as far as it was made."""
        known = self.__dict__
        made = self.plain, known.get("passages"), known.get("unary")
        return (each for each in made if each is not None)

    def pair(self, items: Iterable[StreamItem]) -> Iterator[ExchangeItem]:
        """Yield the exchanges that are in streams, and what belongs to none."""
        plain, frames_of = self.plain, self.observer.frames.get
        for item in items:
            if isinstance(item, Chunk):
                direction, data, record = item.direction, item.data, item.packet
                frames = frames_of(direction)
                body = None if frames is None else whole_body(data)
                if frames is not None and body is not None:
                    size = len(data)
                    if plain is not None and plain.take(direction, body, size, record):
                        frames.pass_over(size)
                        continue
                    read = frames.read(body, size)
                elif (told := self._take_hop(direction, data, record)) is not None:
                    yield from told
                    continue
                else:
                    lane = self.observer.lanes.get(direction)
                    read = None if lane is None else lane.read_whole(data)
                if read is not None:
                    ended = self.take(direction, read, len(data), record)
                    if ended is not None:
                        yield ended
                    continue
            elif isinstance(item, Acknowledgement):
                row = acknowledge(item.packet)
                if row is not None:
                    row.acks += 1
                continue
            yield from self.hear(item)

    def _take_hop(
        self, direction: Direction, data: bytes, record: DataPacket
    ) -> Iterable[ExchangeItem] | None:
        """Count what is one plain hop over a broker, or one step of a plain call.

        Returns:
            What ends meanwhile; None where it is neither.
        """
        track = self.observer.hops.get(direction)
        counting = None if track is None else self.counting(track)
        if track is None or counting is None:
            return None
        return counting.take(track, data, record)

    def hear(self, item: StreamItem) -> Iterator[ExchangeItem]:
        """Yield what one item brings, whatever it is."""
        hear = self._calls.hear
        for seen in self.observer.hear(item):
            heard = hear(seen)
            if heard:  # of most nothing comes at once
                yield from heard

    def take(
        self,
        direction: Direction,
        read: Packet | Trouble,
        size: int,
        record: DataPacket,
    ) -> ExchangeItem | None:
        """Return what ends with what was read in one data packet; None for nothing.

        Args:
            direction: Where it was seen.
            read: The packet, or what is wrong with it.
            size: Bytes of its unit …
            record: … and the data packet that carried that.
        """
        record.frames += 1
        if isinstance(read, Trouble):
            return self.observer.judge(direction, record, read)
        return self._see(direction, read, size, [record])
