"""What sources share, apart from all else: packets of scopes that several have.

::

    source 1 ─► packets by scope ─► group/source 1 ─┐ by one clock,
    source 2 ─► packets by scope ─► group/source 2 ─┴ each once ─► what both saw

A packet belongs to a group by its addresses, or by the endpoint of a broker; nothing of
the streams has to be known.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
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

from .counting import view_of
from .following import JOIN, SPLIT, Following, is_progress
from .parts import Parts
from .placing import NAME, PART, safe_name
from .readdressing import Readdressing
from .rereading import flow_of, read_again
from .resuming import ResumablePipeline
from .rows import SourceRows
from .scopes import Scope, scope_in
from .tasks import Work, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from inspector.pipeline import Options
    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord
    from inspector.streams.clocks import Clock
    from inspector.streams.endpoints import Endpoint

    from .report import View
    from .rows import Hear
    from .sources import Source
    from .stores import Store
    from .trails import Readdressed

_OF_GROUP = lazy_regex(rf"group-\d+\.(?:{NAME}\.pcapng|rows){PART}")
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

    def part(self, source: str) -> str:
        """Return the file in which the packets of a source are kept."""
        return f"group-{self.number}.{safe_name(source)}.pcapng"

    @property
    def piece(self) -> str:
        """The file in which its exchanges are kept."""
        return f"group-{self.number}.rows"


def remove_parts(store: Store, groups: Sequence[Group] = ()) -> None:
    """Remove what is kept of groups: packets are copies, with payloads; and progress.

    Args:
        store: Where they are.
        groups: Some whose names need not be found.
    """
    known = {each.part(name) for each in groups for name in each.sources}
    found = {
        each for each in store.names() if _OF_GROUP.fullmatch(each) or is_progress(each)
    }
    for name in known | found:  # and not what is kept of a source
        store.remove(name)


class Split(msgspec.Struct, frozen=True):
    """What a task gives that has parted a source.

    Attributes:
        source: Its name.
        packets: Some packets that others may have seen as well.
        error: Why it could not be done; None if it could.
    """

    source: str
    packets: dict[Print, Sighted]
    error: InspectorError | None = None


def split_source(work: Work, source: Source, groups: list[Group], most: int) -> Split:
    """Write the packets that a source shares, those of each group apart.

    Args:
        work: Of the run.
        source: The source.
        groups: The groups that it is in.
        most: How many packets are compared, of each group.
    """
    store = work.store
    try:
        _split(work, source, groups)
    except InspectorError as error:
        return Split(source.name, {}, error)
    found: dict[Print, Sighted] = {}
    for group in groups:
        with store.fetched(group.part(source.name)) as path:
            found |= sample(read_capture(str(path)), most)
    return Split(source.name, found)


def _split(work: Work, source: Source, groups: Sequence[Group]) -> None:
    router, store = Router(groups), work.store
    readdressing = Readdressing(each for group in groups for each in group.readdressed)
    try:
        with ExitStack() as stack:
            paths = {
                each.number: stack.enter_context(store.placed(each.part(source.name)))
                for each in groups
            }
            parts = stack.enter_context(closing(Parts(paths)))
            for record in read_again(work, source, SPLIT):
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


class Together(msgspec.Struct, frozen=True):
    """What a task gives of a group.

    Attributes:
        view: What was seen.
        rows: The files that its exchanges are in, if they are written.
    """

    view: View
    rows: list[str] = []


def inspect_group(
    work: Work,
    group: Group,
    clocks: Mapping[str, Clock],
    secrets: Sequence[bytes] = (),
) -> Together | None:
    """Inspect what several sources share, as one capture; None if somebody stopped it.

    Args:
        work: Of the run.
        group: The group.
        clocks: Source → its clock, by those that lead.
        secrets: Key logs of TLS that captures of its sources hold.
    """
    options = _options(work, group, secret=bool(secrets))
    pipeline = ResumablePipeline(
        options, chains=False, secrets=secrets, exchanges=work.rows is not None
    )
    with ExitStack() as stack:
        store = work.store
        parts = [
            stack.enter_context(store.fetched(group.part(name)))
            for name in group.sources
        ]
        rows = _rows_of(work, group, pipeline)
        hear = None
        if rows is not None:
            hear = stack.enter_context(rows.hearing(store, group.piece, last=True))
        leading = [clocks[name] for name in group.sources]
        if not _read(pipeline, _following(work, group, parts), parts, leading, hear):
            return None
        report = pipeline.finish(hear)
    view = view_of(pipeline, report, group.sources, set(group.scopes))
    return Together(view, [] if rows is None else rows.names)


def _options(work: Work, group: Group, *, secret: bool) -> Options:
    """Return what is asked; a broker with several addresses is one."""
    options, brokers = options_of(work, secret=secret), group.brokers
    if not brokers:
        return options
    known = {**{each: each for each in brokers.values()}, **brokers}
    return replace(options, same_brokers={**known, **options.same_brokers})


def _rows_of(
    work: Work, group: Group, pipeline: ResumablePipeline
) -> SourceRows | None:
    if work.rows is None:
        return None
    return SourceRows(work.rows, group.sources, pipeline.traffic, set(group.scopes))


def _following(work: Work, group: Group, parts: Sequence[Path]) -> Following:
    total = sum(each.stat().st_size for each in parts)
    named = f"{', '.join(group.sources)} ({group.number + 1})"
    return Following(work.folder, named, JOIN, total)


def _read(
    pipeline: ResumablePipeline,
    follow: Following,
    parts: Sequence[Path],
    clocks: Sequence[Clock],
    hear: Hear | None,
) -> bool:
    """Read all parts, as one capture; return whether that went on to the end."""
    reading = follow.reading()  # of all parts, as each is open to the end
    try:
        pipeline.read(_together([str(each) for each in parts], clocks, reading), hear)
    except UnreadableCaptureError:  # such as of a part that is begun after the end
        if not reading.stopped:
            raise
    if not reading.stopped:
        follow.finish()
    return not reading.stopped


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
