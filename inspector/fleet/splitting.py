"""What sources share, apart from all else: packets of scopes that several have.

::

    source 1 ─► packets by scope ─► group/source 1 ─┐ by one clock,
    source 2 ─► packets by scope ─► group/source 2 ─┴ each once ─► what both saw

A packet belongs to a group by its addresses, or by the endpoint of a broker; nothing of
the streams has to be known.
"""

from __future__ import annotations

import struct
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import msgspec

from inspector.errors import (
    InspectorError,
    UnreadableCaptureError,
    UnwritableOutputError,
)
from inspector.headers.links import NotTcpError, WaitingFragmentError, ip_offset
from inspector.sources.files import begins_ns, merge, read_capture
from inspector.sources.scanning import LINKS
from inspector.tcp.prints import Print, Sighted, sample
from inspector.tcp.segments import decode_segment, endpoints
from inspector.tcp.taps import once, shifted
from protocol.lazy_regex import lazy_regex

from .counting import view_of
from .following import JOIN, SPLIT, SUFFIX, Following
from .parts import Parts
from .placing import safe_name
from .resuming import ResumablePipeline
from .rows import SourceRows
from .scopes import Scope, between
from .storage import read
from .tasks import Work, files_of, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord
    from inspector.streams.clocks import Clock

    from .report import View
    from .rows import Hear
    from .sources import Source
    from .storage import Identity
    from .stores import Store

_IPV4, _WITHOUT_OPTIONS = b"\x08\x00", b"\x45"
_IPV4_SIZE, _PORTS_SIZE = 20, 4
_WHOLE = {b"\x00", b"\x40"}  # nothing, or that it must not be parted
_FIRST_TCP = b"\x00\x06"  # no offset of a fragment, and the protocol
_OF_GROUP = lazy_regex(r"group-\d+\..+")
_REMEMBERED = 100_000
"""Flows whose group is known without a look at their addresses."""


class Group(msgspec.Struct, frozen=True):
    """Scopes that the same sources have, or those of one broker.

    Attributes:
        number: Its place among the groups of a run.
        sources: The names of those sources.
        scopes: The scopes.
    """

    number: int
    sources: tuple[str, ...]
    scopes: tuple[Scope, ...]

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
        each
        for each in store.names()
        if _OF_GROUP.fullmatch(each) or each.endswith(SUFFIX)
    }
    for name in known | found:  # and not what is kept of a source
        store.remove(name)


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
    store = work.store
    try:
        _split(work, source, groups)
    except InspectorError as error:
        return Split(source.name, {}, str(error))
    found: dict[Print, Sighted] = {}
    for group in groups:
        with store.fetched(group.part(source.name)) as path:
            found |= sample(read_capture(str(path)), most)
    return Split(source.name, found)


def _split(work: Work, source: Source, groups: Sequence[Group]) -> None:
    router, known = Router(groups), files_of(source).known
    total = sum(each.size for each in known)
    follow = Following(work.folder, source.name, SPLIT, total)
    store = work.store
    try:
        with ExitStack() as stack:
            paths = {
                each.number: stack.enter_context(store.placed(each.part(source.name)))
                for each in groups
            }
            parts = stack.enter_context(closing(Parts(paths)))
            for record in _records(known, follow):
                number = router.group_of(record)
                if number >= 0:
                    parts.write(number, record)
    except OSError as error:
        raise UnwritableOutputError.of(work.folder, error) from error
    follow.finish()


def _records(known: Sequence[Identity], follow: Following) -> Iterator[PacketRecord]:
    """Yield the records of files; what cannot be read was told already."""
    for file in known:
        try:
            yield from read(file.name, follow.reading())
        except UnreadableCaptureError:
            continue


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
        flow = _plain_flow(record) or _flow(record)
        number = self._known.get(flow)
        if number is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            number = self._known[flow] = self._look(flow)
        return number

    def _look(self, flow: bytes) -> int:
        if not flow:
            return -1
        source, target = endpoints(flow)
        for scope in (
            Scope(str(source)),
            Scope(str(target)),
            between(source.host, target.host),
        ):
            if scope in self._groups:
                return self._groups[scope]
        return -1


def _plain_flow(record: PacketRecord) -> bytes:
    """Return the flow of an ordinary packet; empty for any other."""
    data, (size, place) = record.data, LINKS.get(record.link_type, (0, 0))
    if (
        size
        and len(data) >= size + _IPV4_SIZE + _PORTS_SIZE
        and data[place : place + 2] == _IPV4
        and data[size : size + 1] == _WITHOUT_OPTIONS
        and data[size + 6 : size + 7] in _WHOLE
        and data[size + 7 : size + 10 : 2] == _FIRST_TCP
    ):
        return data[size + 12 : size + 24]
    return b""


def _flow(record: PacketRecord) -> bytes:
    """Return the flow of any packet; of a fragment one without ports, if it can be."""
    try:
        return decode_segment(record).flow
    except WaitingFragmentError:
        start = ip_offset(record.link_type, record.data)
        addresses = record.data[start + 12 : start + 20]
        return addresses + bytes(4) if record.data[start] >> 4 == 4 else b""  # noqa: PLR2004
    except (NotTcpError, struct.error):
        return b""


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
    options = options_of(work, secret=bool(secrets))
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
