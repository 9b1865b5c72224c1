"""What sources share, apart from all else: packets of scopes that several have.

::

    source 1 ─► packets by scope ─► group/source 1 ─┐ by one clock,
    source 2 ─► packets by scope ─► group/source 2 ─┴ each once ─► what both saw

A packet belongs to a group by its addresses, or by the endpoint of a broker; nothing of
the streams has to be known.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from inspector.errors import (
    InspectorError,
    UnreadableCaptureError,
    UnwritableOutputError,
)
from inspector.sources.files import begins_ns, merge, read_capture
from inspector.tcp.prints import Print, Sighted, sample
from inspector.tcp.segments import endpoints
from inspector.tcp.taps import once, shifted
from protocol.lazy_regex import lazy_regex

from .checkpoints import safe_name
from .counting import view_of
from .parts import Parts
from .readdressing import Readdressing
from .rereading import flow_of, records_of
from .resuming import ResumablePipeline
from .scopes import Scope, scope_in
from .tasks import Following, Work, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord
    from inspector.streams.clocks import Clock
    from inspector.streams.endpoints import Endpoint

    from .report import View
    from .sources import Source
    from .trails import Readdressed

_OF_GROUP = lazy_regex(r"group-\d+")
_REMEMBERED = 100_000
"""Flows whose group is known without a look at their addresses."""


class Group(msgspec.Struct, frozen=True):
    """Scopes that the same sources have, or those of one broker.

    Attributes:
        number: Its place among the groups of a run.
        sources: The names of those sources.
        scopes: The scopes.
        readdressed: Connections of these that count with other addresses.
    """

    number: int
    sources: tuple[str, ...]
    scopes: tuple[Scope, ...]
    readdressed: tuple[Readdressed, ...] = ()

    @property
    def brokers(self) -> dict[Endpoint, Endpoint]:
        """An address of a broker → that by which it is known as well."""
        return {
            seen: counts
            for each in self.readdressed
            for counts in [endpoints(each.flow)[1]]
            for seen in [endpoints(each.trail.flow)[1]]
            if Scope(str(counts)) in self.scopes
        }

    def part(self, folder: str, source: str) -> Path:
        """Return where the packets of a source are kept."""
        return Path(folder) / f"group-{self.number}" / f"{safe_name(source)}.pcapng"


def remove_parts(folder: str) -> None:
    """Remove the packets of all groups; they are copies, with payloads."""
    for each in Path(folder).glob("group-*"):
        if _OF_GROUP.fullmatch(each.name):  # and not what is kept of a source
            rmtree(each, ignore_errors=True)


class Split(msgspec.Struct, frozen=True):
    """What a task gives that has parted a source.

    Attributes:
        source: Its name.
        packets: Some packets that others may have seen as well.
        problem: Why it could not be done; empty if it could.
    """

    source: str
    packets: dict[Print, Sighted]
    problem: str = ""


def split_source(work: Work, source: Source, groups: list[Group], most: int) -> Split:
    """Write the packets that a source shares, those of each group apart.

    Args:
        work: Of the run.
        source: The source.
        groups: The groups that it is in.
        most: How many packets are compared, of each group.
    """
    try:
        _split(work, source, groups)
    except InspectorError as error:
        return Split(source.name, {}, str(error))
    found: dict[Print, Sighted] = {}
    for group in groups:
        part = str(group.part(work.folder, source.name))
        found |= sample(read_capture(part), most)
    return Split(source.name, found)


def _split(work: Work, source: Source, groups: Sequence[Group]) -> None:
    paths = {each.number: each.part(work.folder, source.name) for each in groups}
    router, follow = Router(groups), Following(work.folder, source.name)
    readdressing = Readdressing(each for group in groups for each in group.readdressed)
    try:
        with closing(Parts(paths)) as parts:
            for record in records_of(source, follow):
                number = router.group_of(record)
                if number >= 0:
                    readdressing.apply(record)
                    parts.write(number, record)
    except OSError as error:
        raise UnwritableOutputError.of(work.folder, error) from error


class Router:
    """Tells which group a packet belongs to.

    Args:
        groups: The groups, each scope in one.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = {
            scope: group.number for group in groups for scope in group.scopes
        }
        self._known: dict[bytes, int] = {}

    def group_of(self, record: PacketRecord) -> int:
        """Return the number of the group of a record; -1 for none."""
        flow = flow_of(record)
        number = self._known.get(flow)
        if number is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            number = self._known[flow] = self._look(flow)
        return number

    def _look(self, flow: bytes) -> int:
        return self._groups.get(scope_in(flow, self._groups), -1) if flow else -1


def inspect_group(
    work: Work,
    group: Group,
    clocks: Mapping[str, Clock],
    secrets: Sequence[bytes] = (),
) -> View | None:
    """Inspect what several sources share, as one capture; None if somebody stopped it.

    Args:
        work: Of the run.
        group: The group.
        clocks: Source → its clock, by those that lead.
        secrets: Key logs of TLS that captures of its sources hold.
    """
    options = options_of(work, secret=bool(secrets))
    brokers = group.brokers
    if brokers:
        known = {**{each: each for each in brokers.values()}, **brokers}
        options = replace(options, same_brokers={**known, **options.same_brokers})
    pipeline = ResumablePipeline(options, chains=False, secrets=secrets)
    parts = [str(group.part(work.folder, name)) for name in group.sources]
    follow = Following(work.folder, f"group-{group.number}")
    reading = follow.reading()  # of all parts, as each is open to the end
    leading = [clocks[name] for name in group.sources]
    try:
        pipeline.read(_together(parts, leading, reading))
    except UnreadableCaptureError:  # such as of a part that is begun after the end
        if not reading.stopped:
            raise
    if reading.stopped:
        return None
    report = pipeline.finish()
    return view_of(pipeline, report, group.sources, set(group.scopes))


def _together(
    parts: Sequence[str], clocks: Sequence[Clock], reading: Reading
) -> Iterator[PacketRecord]:
    """Yield the packets of several sources by one clock, each once."""
    begins = [
        begin and clock.leading_ns(begin)
        for clock, begin in zip(clocks, map(begins_ns, parts), strict=True)
    ]

    def read_part(place: int) -> Iterator[PacketRecord]:
        return shifted(read_capture(parts[place], reading), clocks[place])

    for number, record in enumerate(once(merge(begins, read_part), clocks), start=1):
        record.number = number
        yield record
