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

from inspector.errors import InspectorError
from inspector.tcp.alignment import LEAST_SHARED, Difference, compare, fit

from .checkpoints import Checkpoint
from .following import STOP
from .gathering import Gathered, Written, gather_rows
from .merging import combined
from .report import FleetReport, Shared, SourceFigures, View
from .scopes import OTHERS, Scope
from .splitting import (
    Group,
    Split,
    Together,
    inspect_group,
    remove_parts,
    split_source,
)
from .tasks import Inspected, Work, files_of, inspect_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from inspector.streams.clocks import Clock
    from inspector.streams.endpoints import Endpoint
    from inspector.tcp.prints import Print, Sighted

    from .crews import Crew
    from .sources import Source

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
    """

    found: dict[int, Together] = {}
    clocks: dict[str, Clock] = {}
    shared: list[Shared] = []


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
) -> Outcome:
    """Inspect a fleet.

    Args:
        work: What is the same for all tasks; its folder is there.
        sources: The sources.
        crew: Who does the tasks.
        asked: The options that change figures, for the report.

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
    groups = groups_of(views, work.options.same_brokers)
    try:
        met = _inspect_shared(work, by_name, groups, found, crew)
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
    together = [each.view for each in met.found.values()]
    return FleetReport(
        asked=dict(asked),
        sources=[
            found[each.name].figures
            if each.name in found
            else SourceFigures(each.name, files=len(each.files), stopped=True)
            for each in sources
        ],
        views=[*(each.view for each in found.values()), *together],
        causes=[cause for each in found.values() for cause in each.causes],
        shared=met.shared,
    )


def _gathered(
    work: Work, report: FleetReport, found: Mapping[str, Inspected], met: _Met
) -> Gathered | None:
    """Write the exchanges of the report, if somebody wants them."""
    if work.rows is None:
        return None
    written = [
        Written((name,), work.kept, each.rows) for name, each in sorted(found.items())
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


def groups_of(
    views: Sequence[View], same_brokers: Mapping[Endpoint, Endpoint] | None = None
) -> list[Group]:
    """Return the scopes that several views have, by who has them; a broker by itself.

    Args:
        views: Of one source each.
        same_brokers: Broker → what it is known by together with others.
    """
    standing = {str(one): str(other) for one, other in (same_brokers or {}).items()}
    seen: defaultdict[Scope, set[str]] = defaultdict(set)
    for view in views:
        for each in view.scopes:
            seen[Scope(each.first, each.second)].update(view.sources)
    seen.pop(OTHERS, None)
    of_brokers: defaultdict[str, list[Scope]] = defaultdict(list)
    of_sources: defaultdict[tuple[str, ...], list[Scope]] = defaultdict(list)
    for scope, sources in seen.items():
        if not scope.second:
            of_brokers[standing.get(scope.first, scope.first)].append(scope)
        elif len(sources) > 1:
            of_sources[tuple(sorted(sources))].append(scope)
    for scopes in of_brokers.values():
        sources = set().union(*(seen[scope] for scope in scopes))
        if len(sources) > 1:
            of_sources[(*sorted(sources), "")] += scopes
    return [
        Group(number, tuple(filter(None, sources)), tuple(sorted(scopes)))
        for number, (sources, scopes) in enumerate(sorted(of_sources.items()))
    ]


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
        if each.problem:
            raise InspectorError("fleet", each.problem)
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
