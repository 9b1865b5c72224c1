"""A run over a fleet, from its sources to its report.

::

    each source ─► view, figures           all files in order, nothing shared
        │ scopes that several have
    each source ─► packets of these        by group
        │ clocks, by the packets that several saw
    each group  ─► view                    as one capture, each packet once
        └─► all views: one for each scope ─► report

Tasks do not know of each other, and what they give is put together in order: so the
report is the same for any number of workers.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.errors import InspectorError
from inspector.tcp.alignment import LEAST_SHARED, Difference, compare, fit

from .checkpoints import Checkpoint
from .grouping import groups_of, without_shared
from .merging import combined
from .report import FleetReport, Shared, SourceFigures, Translated, View
from .sightings import ends_of, readdressed
from .splitting import Group, Split, inspect_group, remove_parts, split_source
from .tasks import STOP, Inspected, Work, files_of, inspect_source
from .weaving import Threads, weave

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    """

    report: FleetReport
    damaged: bool
    interrupted: bool


class _Seen(msgspec.Struct):
    """What sources saw, each by itself and together.

    Attributes:
        views: Of each source, and of those that saw the same.
        shared: What packets of several say of their clocks.
        again: Connections of which some were seen with other addresses.
        chains: Chains over all of them, if they were sought.
    """

    views: list[View]
    shared: list[Shared] = []
    again: list[Readdressed] = []
    chains: Chains | None = None


class _Together(msgspec.Struct):
    """What groups saw.

    Attributes:
        views: Number of a group → what it saw; nothing of those that were stopped.
        shared: What packets of several say of their clocks.
        clocks: Source → its clock, of those that share packets.
    """

    views: dict[int, View]
    shared: list[Shared]
    clocks: dict[str, Clock]


def check_states(work: Work, sources: Sequence[Source]) -> None:
    """Make sure that what was kept of some sources is of this run.

    Raises:
        InspectorError: It is of another.
    """
    for source in sources:
        checkpoint = Checkpoint(work.folder, source.name, work.asked)
        if checkpoint.path.exists():
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
    (Path(work.folder) / STOP).unlink(missing_ok=True)
    by_name = {source.name: source for source in _largest_first(sources)}
    tasks = {name: (work, source) for name, source in by_name.items()}
    found: dict[str, Inspected] = dict(crew.results(inspect_source, tasks))
    figures = {name: each.figures for name, each in found.items()}
    for name in by_name.keys() - found.keys():
        figures[name] = SourceFigures(
            name, files=len(by_name[name].files), stopped=True
        )
    seen = _Seen([each.view for each in found.values()])
    if not crew.interrupted:
        seen = _look_together(work, by_name, found, crew, chains=chains)
    report = combined(
        FleetReport(
            asked=dict(asked),
            sources=list(figures.values()),
            views=seen.views,
            causes=[cause for each in found.values() for cause in each.causes],
            shared=seen.shared,
            translated=[
                Translated(*ends, count) for ends, count in ends_of(seen.again).items()
            ],
            readdressed=sum(each.trail.flow != each.flow for each in seen.again),
            chains=seen.chains,
        )
    )
    damaged = any(each.damaged for each in found.values())
    return Outcome(report, damaged, crew.interrupted)


def _largest_first(sources: Sequence[Source]) -> list[Source]:
    """Return sources in the order in which they are begun: the longest first."""
    return sorted(sources, key=lambda each: -_size(each))


def _size(source: Source) -> int:
    return sum(
        Path(each).stat().st_size for each in source.files if Path(each).exists()
    )


def _look_together(
    work: Work,
    by_name: Mapping[str, Source],
    found: Mapping[str, Inspected],
    crew: Crew,
    *,
    chains: bool,
) -> _Seen:
    """Return what sources saw, where what several saw was inspected together."""
    views = [each.view for each in found.values()]
    trails = {name: found[name].trails for name in sorted(found)}
    again = readdressed(work, by_name, trails, crew)
    groups = groups_of(views, work.options.same_brokers, again)
    secrets = {name: found[name].secrets for name in sorted(found)}
    remove_parts(work.folder)  # of a run that was killed
    try:
        together = _inspect_shared(work, by_name, groups, secrets, crew)
    finally:
        remove_parts(work.folder)
    done = [each for each in groups if each.number in together.views]
    views = [*without_shared(views, done), *together.views.values()]
    seen = _Seen(views, together.shared, again)
    if chains and not crew.interrupted:
        brokers = {k: v for group in groups for k, v in group.brokers.items()}
        known = [each for of_source in secrets.values() for each in of_source]
        named = [by_name[name] for name in sorted(by_name)]
        threads = Threads(together.clocks, again, brokers, known)
        task = (work, named, threads)
        for _, woven in crew.results(weave, {"chains": task}):
            seen.chains = woven
    return seen


def _inspect_shared(
    work: Work,
    by_name: Mapping[str, Source],
    groups: Sequence[Group],
    secrets: Mapping[str, list[bytes]],
    crew: Crew,
) -> _Together:
    """Return what each group saw, and what their sources say of their clocks."""
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
        if each.problem:
            raise InspectorError("fleet", each.problem)
    if crew.interrupted:
        return _Together({}, [], {})
    names = sorted(splits)
    samples = [splits[name].packets for name in names]
    clocks = dict(zip(names, compare(names, samples), strict=True))
    of_groups = {
        group.number: (
            work,
            group,
            {name: clocks[name] for name in group.sources},
            [each for name in group.sources for each in secrets[name]],
        )
        for group in groups
    }
    done = dict(crew.results(inspect_group, of_groups))
    views = {number: view for number, view in sorted(done.items()) if view is not None}
    return _Together(views, shared_by(names, samples), clocks)


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
