"""What is not kept of an exchange, read again from the captures: packets and ladders.

Reading ends as soon as all is known that was asked for.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.calls.chains.seeking import with_parents
from inspector.calls.chains.trees import Trees
from inspector.calls.exchanges import Exchange
from inspector.journal import Journal
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.sources.reading import Reading
from inspector.views.closeup import close_up
from inspector.views.ladder_rows import Ladder
from inspector.views.ladder_view import print_ladder
from inspector.views.packets_view import print_packets

from .lines import collected

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from inspector.findings.finding import Finding
    from inspector.journal import CapturedPacket
    from inspector.pipeline import Options
    from inspector.views.clock import Times
    from inspector.views.closeup import Closeup
    from inspector.views.text import Text

BESIDE = 100
"""Packets of a connection that are shown before, and after, the one that is meant."""


class Looking:
    """Captures that are read again.

    Args:
        captures: Names of files.
        options: What was asked of the inspection.
        times: What the times of tables say.
    """

    def __init__(self, captures: Sequence[str], options: Options, times: Times) -> None:
        self._captures, self._times = captures, times
        # What was chosen on the command line is chosen of the neighbours, too.
        self._options = replace(options, where=None)

    def close_up(
        self, number: int, near: Collection[int], given_up: Callable[[], bool]
    ) -> Closeup | None:
        """Return one exchange with its packets, without what was judged of many.

        Args:
            number: Of the exchange.
            near: The numbers of it and its neighbours: after these reading ends.
            given_up: Whether nobody wants to know any more.
        """
        journal = self._journal()
        items = self._items(self._options, journal, near, given_up)
        return close_up(number, items, journal)[0]

    def ladder(
        self,
        numbers: Collection[int],
        first_ns: int,
        width: int,
        given_up: Callable[[], bool],
    ) -> list[Text]:
        """Return the arrows of some exchanges.

        Args:
            numbers: Theirs.
            first_ns: When the capture began.
            width: Cells of a line.
            given_up: Whether nobody wants to know any more.
        """
        chosen = replace(self._options, where=lambda each: each.number in numbers)
        journal = self._journal(selective=True)
        items = self._items(chosen, journal, numbers, given_up)
        rows = Ladder().rows(journal.read(items))
        return collected(
            width, lambda console: print_ladder(console, rows, first_ns, self._times)
        )

    def chain(self, number: int, given_up: Callable[[], bool]) -> list[int]:
        """Return the exchanges of the chain that one is in, at least its own number.

        Args:
            number: Of the exchange.
            given_up: Whether nobody wants to know any more.
        """
        reading, trees = Reading(), Trees()
        chosen = replace(self._options, exchanges_only=True)
        items = with_parents(self._pass(chosen).items(reading))
        roots = chain.from_iterable(
            trees.add(each) for each in items if isinstance(each, Exchange)
        )
        for root in chain(roots, trees.finish()):
            found = [node.number for _, node in root.walk()]
            if number in found or given_up():
                reading.stopped = True
                return sorted(found) if number in found else [number]
        return [number]

    def packets(
        self,
        connection: int,
        packet: int,
        first_ns: int,
        width: int,
        given_up: Callable[[], bool],
    ) -> list[Text]:
        """Return the packets of a connection around one of them.

        Args:
            connection: Its number.
            packet: The number of the packet.
            first_ns: When the capture began.
            width: Cells of a line.
            given_up: Whether nobody wants to know any more.
        """
        journal, reading = self._journal(), Reading()
        items = self._pass(self._options, journal).items(reading)
        own = (
            each
            for each in _until(journal.read(items), reading, given_up)
            if each.connection is not None and each.connection.number == connection
        )
        near = list(_near(own, packet))
        reading.stopped = True
        return collected(
            width, lambda console: print_packets(console, near, first_ns, self._times)
        )

    def _journal(self, *, selective: bool = False) -> Journal:
        hidden = self._options.conceal is not None
        return Journal(selective=selective, beginnings=selective, excerpts=not hidden)

    def _pass(self, options: Options, *journals: Journal) -> Pass:
        """Return one more inspection, beside others that go on in other threads."""
        if options.keylog is not None:
            options = replace(options, keylog=options.keylog.apart())
        return Pass(Captures(self._captures), options, journals)

    def _items(
        self,
        options: Options,
        journal: Journal,
        wanted: Collection[int],
        given_up: Callable[[], bool],
    ) -> Iterator[Exchange | Finding]:
        """Yield what is found until all that is wanted was."""
        reading, missing = Reading(), set(wanted)
        items = self._pass(options, journal).items(reading)
        for item in items:
            if isinstance(item, Exchange):
                missing.discard(item.number)
            yield item
            if not missing or given_up():
                reading.stopped = True


def _until(
    packets: Iterable[CapturedPacket], reading: Reading, given_up: Callable[[], bool]
) -> Iterator[CapturedPacket]:
    for packet in packets:
        yield packet
        if given_up():
            reading.stopped = True


def _near(packets: Iterator[CapturedPacket], number: int) -> Iterator[CapturedPacket]:
    """Yield the packets before, and after, the one of a number."""
    before: deque[CapturedPacket] = deque(maxlen=BESIDE)
    for packet in packets:
        before.append(packet)
        if packet.number >= number:
            break
    yield from before
    for count, packet in enumerate(packets, start=1):
        yield packet
        if count >= BESIDE:
            return
