"""Several captures as one, also where they saw the same packets by different clocks.

::

    first  ───●────●──────●───────►  the times of its clock
    second ──────●────●──────●────►  shifted ─► one order ─► each packet once ─► numbers

A packet that two captures hold is the one of the capture that was given first, with
the time that this gives; what another alone saw has its time by the leading clock.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from inspector.sources.files import begins_ns, merge, read_captures, until_problem

from .alignment import align
from .prints import print_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector.errors import InspectorError
    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord
    from inspector.streams.clocks import Clock

    from .prints import Print

_REMEMBERED = 32_768
"""Packets among which one of another capture is looked for."""
_LONGEST_NS = 2_000_000_000
_MARGIN_NS = 1_000_000
"""How much longer than usual a packet is waited for."""


# decision 89: Of several captures the clock of the first leads
def read_taps(
    names: Sequence[str],
    problems: list[InspectorError],
    reading: Reading,
    clocks: list[Clock],
) -> Iterator[PacketRecord]:
    """Return the records of several captures as one, by the clock of the first.

    Args:
        names: The captures; one alone is read as it is.
        problems: Takes the errors; what can be read is yielded nevertheless.
        reading: To follow and to stop it; to be stopped is not an error.
        clocks: Takes what is found of the clocks, if some differ: one for each capture.
    """
    if len(names) == 1:  # nothing stands between one capture and its reader
        return read_captures(names, problems, reading)
    return _read_several(names, problems, reading, clocks)


def _read_several(
    names: Sequence[str],
    problems: list[InspectorError],
    reading: Reading,
    clocks: list[Clock],
) -> Iterator[PacketRecord]:
    clocks[:] = align(names, reading)
    if not any(clock.leading for clock in clocks):
        yield from read_captures(names, problems, reading)
        return
    begins = [
        (begin and clock.leading_ns(begin))
        for clock, begin in zip(clocks, map(begins_ns, names), strict=True)
    ]

    def read(place: int) -> Iterator[PacketRecord]:
        return shifted(until_problem(names[place], problems, reading), clocks[place])

    for number, record in enumerate(once(merge(begins, read), clocks), start=1):
        record.number = number
        yield record


def shifted(records: Iterable[PacketRecord], clock: Clock) -> Iterator[PacketRecord]:
    """Yield records with their times by the clock that leads."""
    for record in records:
        if clock.leading:
            record.time_ns = clock.leading_ns(record.time_ns)
        yield record


class _Waiting(msgspec.Struct, gc=False):
    """A record that may give way to that of a capture which was given before."""

    record: PacketRecord
    place: int
    dropped: bool = False
    passed: bool = False


class _Packet(msgspec.Struct):
    """How often a packet was seen by whom.

    A packet may occur twice in one capture, where its identification does not tell.

    Attributes:
        latest: The last of them that was not known.
        known: How many those are.
        seen: Capture → how often it has held it.
    """

    latest: _Waiting
    known: int = 0
    seen: dict[int, int] = msgspec.field(default_factory=dict)


def once(
    records: Iterable[tuple[int, PacketRecord]], clocks: Sequence[Clock]
) -> Iterator[PacketRecord]:
    """Yield each packet once, that of the capture which was given first.

    Args:
        records: In the order of time, each with the place of its capture.
        clocks: Of the captures; those that share packets are counted.
    """
    patience = max(2 * clock.spread_ns + _MARGIN_NS for clock in clocks)
    patience = min(patience, _LONGEST_NS)
    waiting: deque[_Waiting] = deque()
    packets: dict[Print, _Packet] = {}
    for place, record in records:
        while waiting and (
            waiting[0].dropped
            or waiting[0].record.time_ns < record.time_ns - patience
            or len(waiting) > _REMEMBERED
        ):
            first = waiting.popleft()
            if not first.dropped:
                first.passed = True
                yield first.record
        entry = _Waiting(record, place)
        key = print_in(record)
        if key is None or _is_first(packets, key, entry, clocks):
            waiting.append(entry)
    yield from (each.record for each in waiting if not each.dropped)


def _is_first(
    packets: dict[Print, _Packet], key: Print, entry: _Waiting, clocks: Sequence[Clock]
) -> bool:
    """Whether an entry is the one to show of a packet, so far."""
    packet = packets.get(key)
    if packet is None:
        packet = packets[key] = _Packet(entry)
        if len(packets) > _REMEMBERED:
            del packets[next(iter(packets))]
    times = packet.seen[entry.place] = packet.seen.get(entry.place, 0) + 1
    if times > packet.known:
        packet.latest, packet.known = entry, times
        return True
    latest = packet.latest
    replaces = times == packet.known and entry.place < latest.place
    if replaces and not latest.passed:
        clocks[latest.place].shared += 1
        latest.dropped, packet.latest = True, entry
        return True
    clocks[entry.place].shared += 1
    return False
