"""A run over a fleet, from its sources to its report.

::

    each source ─► view, figures           all files in order, nothing shared
        │ scopes that several have
    each source ─► packets of these        by group
        │ clocks, by the packets that several saw
    each group  ─► view                    as one capture, each packet once
        └─► all views: one for each scope ─► report, and its exchanges as rows

Tasks do not know of each other, and what they give is put together in order: so the
report is the same for any number of workers.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from inspector.tcp.alignment import LEAST_SHARED, Difference, compare, fit

from .checkpoints import Checkpoint
from .following import STOP
from .gathering import Gathered, Written, gather_rows
from .grouping import gone_from, groups_of, without_shared
from .merging import combined
from .report import FleetReport, Shared, SourceFigures, Translated
from .sightings import ends_of, readdressed
from .splitting import (
    Group,
    Split,
    Together,
    inspect_group,
    remove_parts,
    split_source,
)
from .tasks import Inspected, Work, files_of, inspect_source
from .weaving import Threads, weave

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from inspector.streams.clocks import Clock
    from inspector.tcp.prints import Print, Sighted

    from .crews import Crew
    from .sources import Source
    from .trails import Readdressed
    from .woven import Chains

_SAMPLED, _LEAST_SAMPLED = 65_536, 512
"""Packets that are compared, of all sources together, and of each at least."""


class Outcome(msgspec.Struct, frozen=True):
    """What a run gives.

    Attributes:
        report: The report.
        damaged: Whether something could not be read.
        interrupted: Whether somebody stopped it.
        rows: The exchanges that were written; None where nobody wants them.
    """

    report: FleetReport
    damaged: bool
    interrupted: bool
    rows: Gathered | None = None


class _Met(msgspec.Struct, frozen=True):
    """What sources saw together.

    Attributes:
        found: What the tasks gave, by the number of a group.
        clocks: Source → its clock, by those that lead.
        shared: What it says of two clocks each.
        groups: What was to be inspected together.
        again: Connections of which some were seen with other addresses.
        chains: Chains over all sources, if they were sought.
    """

    found: dict[int, Together] = {}
    clocks: dict[str, Clock] = {}
    shared: list[Shared] = []
    groups: list[Group] = []
    again: list[Readdressed] = []
    chains: Chains | None = None

    @property
    def done(self) -> list[Group]:
        """The groups that nobody stopped."""
        return [each for each in self.groups if each.number in self.found]


def check_states(work: Work, sources: Sequence[Source]) -> None:
    """Make sure that what was kept of some sources is of this run.

    Raises:
        InspectorError: It is of another.
    """
    for source in sources:
        checkpoint = Checkpoint(work.kept, source.name, work.asked)
        if checkpoint.exists():
            checkpoint.check(files_of(source).known)


# decision 182: A source is a task
def run(
    work: Work,
    sources: Sequence[Source],
    crew: Crew,
    *,
    asked: Mapping[str, Any],
    chains: bool = False,
) -> Outcome:
    """Inspect a fleet.

    Args:
        work: What is the same for all tasks; its folder is there.
        sources: The sources.
        crew: Who does the tasks.
        asked: The options that change figures, for the report.
        chains: Whether chains over all hosts are sought.

    Raises:
        InspectorError: Workers ended again and again, or what they share cannot be
            written.
    """
    work.store.remove(STOP)
    remove_parts(work.store)  # of a run that was killed
    by_name = {source.name: source for source in _largest_first(sources)}
    tasks = {name: (work, source) for name, source in by_name.items()}
    found: dict[str, Inspected] = dict(crew.results(inspect_source, tasks))
    views = [each.view for each in found.values()]
    trails = {name: found[name].trails for name in sorted(found)}
    again = readdressed(work, by_name, {} if crew.interrupted else trails, crew)
    groups = groups_of(views, work.options.same_brokers, again)
    try:
        met = _inspect_shared(work, by_name, groups, found, crew)
        met = replace(met, groups=groups, again=again)
        if chains and not crew.interrupted:
            met = replace(met, chains=_woven(work, by_name, found, met, crew))
        report = _report(asked, by_name.values(), found, met)
        rows = _gathered(work, report, found, met)
    finally:
        remove_parts(work.store, groups)
    damaged = any(each.damaged for each in found.values())
    return Outcome(combined(report), damaged, crew.interrupted, rows)


def _report(
    asked: Mapping[str, Any],
    sources: Iterable[Source],
    found: Mapping[str, Inspected],
    met: _Met,
) -> FleetReport:
    """Return the report with all views, those that do not count included."""
    own = without_shared([each.view for each in found.values()], met.done)
    together = [met.found[number].view for number in sorted(met.found)]
    again = [each for group in met.done for each in group.readdressed]
    return FleetReport(
        asked=dict(asked),
        sources=[
            found[each.name].figures
            if each.name in found
            else SourceFigures(each.name, files=len(each.files), stopped=True)
            for each in sources
        ],
        views=[*own, *together],
        causes=[cause for each in found.values() for cause in each.causes],
        shared=met.shared,
        translated=[Translated(*ends, count) for ends, count in ends_of(again).items()],
        readdressed=sum(each.trail.flow != each.flow for each in again),
        chains=met.chains,
    )


def _woven(
    work: Work,
    by_name: Mapping[str, Source],
    found: Mapping[str, Inspected],
    met: _Met,
    crew: Crew,
) -> Chains | None:
    """Return the chains over all sources; None if somebody stopped that."""
    names = sorted(by_name)
    threads = Threads(
        met.clocks,
        met.again,
        {seen: known for each in met.groups for seen, known in each.brokers.items()},
        [secret for name in names for secret in found[name].secrets],
    )
    task = (work, [by_name[name] for name in names], threads)
    return next((each for _, each in crew.results(weave, {"chains": task})), None)


def _gathered(
    work: Work, report: FleetReport, found: Mapping[str, Inspected], met: _Met
) -> Gathered | None:
    """Write the exchanges of the report, if somebody wants them."""
    if work.rows is None:
        return None
    gone = gone_from(met.done)
    written = [
        Written((name,), work.kept, each.rows, gone.get(name, frozenset()))
        for name, each in sorted(found.items())
    ]
    written += [
        Written(each.view.sources, work.store, each.rows)
        for _, each in sorted(met.found.items())
    ]
    return gather_rows(work.rows, report, written, met.clocks)


def _largest_first(sources: Sequence[Source]) -> list[Source]:
    """Return sources in the order in which they are begun: the longest first."""
    return sorted(sources, key=lambda each: -_size(each))


def _size(source: Source) -> int:
    return sum(
        Path(each).stat().st_size for each in source.files if Path(each).exists()
    )


def _inspect_shared(
    work: Work,
    by_name: Mapping[str, Source],
    groups: Sequence[Group],
    found: Mapping[str, Inspected],
    crew: Crew,
) -> _Met:
    """Return what several sources saw, and what they say of their clocks."""
    splits = {} if crew.interrupted else _split(work, by_name, groups, crew)
    if crew.interrupted:
        return _Met()
    names = sorted(splits)
    samples = [splits[name].packets for name in names]
    clocks = dict(zip(names, compare(names, samples), strict=True))
    of_groups = {
        group.number: (
            work,
            group,
            {name: clocks[name] for name in group.sources},
            [each for name in group.sources for each in found[name].secrets],
        )
        for group in groups
    }
    done = dict(crew.results(inspect_group, of_groups))
    together = {number: each for number, each in done.items() if each is not None}
    return _Met(together, clocks, shared_by(names, samples))


def _split(
    work: Work, by_name: Mapping[str, Source], groups: Sequence[Group], crew: Crew
) -> dict[str, Split]:
    """Let sources write the packets that they share.

    Raises:
        InspectorError: One could not.
    """
    own: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        for name in group.sources:
            own[name].append(group)
    samples_kept = sum(map(len, own.values()))  # one of each group of each source
    most = max(_SAMPLED // max(samples_kept, 1), _LEAST_SAMPLED)
    tasks = {
        name: (work, by_name[name], own[name], most) for name in by_name if own[name]
    }
    splits: dict[str, Split] = dict(crew.results(split_source, tasks))
    for each in splits.values():
        if each.error is not None:
            raise each.error
    return splits


def shared_by(
    names: Sequence[str], samples: Sequence[Mapping[Print, Sighted]]
) -> list[Shared]:
    """Return what packets that two sources saw say of their clocks, for each two."""
    found = []
    for far in range(len(names)):
        for near in range(far):
            differences = [
                Difference(seen.time_ns, seen.time_ns - other.time_ns, seen.forward)
                for each, seen in samples[far].items()
                if (other := samples[near].get(each)) is not None
            ]
            if len(differences) < LEAST_SHARED:
                continue
            clock = fit(differences)
            found.append(
                Shared(
                    names[far],
                    names[near],
                    len(differences),
                    clock.offset_ns,
                    clock.drift,
                    clock.at_ns,
                    clock.transit_ns,
                    clock.spread_ns,
                )
            )
    return found
