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
from .joined import Joined
from .merging import combined, without
from .report import FleetReport, Shared, SourceFigures, Translated, View
from .scopes import OTHERS, Scope, scope_in
from .sightings import ends_of, readdressed
from .splitting import Group, Split, inspect_group, remove_parts, split_source
from .tasks import STOP, Inspected, Work, files_of, inspect_source

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from inspector.streams.endpoints import Endpoint
    from inspector.tcp.prints import Print, Sighted

    from .crews import Crew
    from .sources import Source
    from .trails import Readdressed

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
    (Path(work.folder) / STOP).unlink(missing_ok=True)
    by_name = {source.name: source for source in _largest_first(sources)}
    tasks = {name: (work, source) for name, source in by_name.items()}
    found: dict[str, Inspected] = dict(crew.results(inspect_source, tasks))
    figures = {name: each.figures for name, each in found.items()}
    for name in by_name.keys() - found.keys():
        figures[name] = SourceFigures(
            name, files=len(by_name[name].files), stopped=True
        )
    views = [each.view for each in found.values()]
    shared: list[Shared] = []
    again: list[Readdressed] = []
    if not crew.interrupted:
        trails = {name: found[name].trails for name in sorted(found)}
        again = readdressed(work, by_name, trails, crew)
        groups = groups_of(views, work.options.same_brokers, again)
        remove_parts(work.folder)  # of a run that was killed
        try:
            secrets = {name: each.secrets for name, each in found.items()}
            more, shared = _inspect_shared(work, by_name, groups, secrets, crew)
        finally:
            remove_parts(work.folder)
        views = _without(views, [each for each in groups if each.number in more])
        views += more.values()
    report = combined(
        FleetReport(
            asked=dict(asked),
            sources=list(figures.values()),
            views=views,
            causes=[cause for each in found.values() for cause in each.causes],
            shared=shared,
            translated=[
                Translated(*ends, count) for ends, count in ends_of(again).items()
            ],
            readdressed=len(again),
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


def groups_of(
    views: Sequence[View],
    same_brokers: Mapping[Endpoint, Endpoint] | None = None,
    again: Sequence[Readdressed] = (),
) -> list[Group]:
    """Return the scopes that several views have, by who has them; a broker by itself.

    Args:
        views: Of one source each.
        same_brokers: Broker → what it is known by together with others.
        again: Connections that were seen with other addresses: the scopes of both
            addresses are in one group, also if one source alone has them.
    """
    seen: defaultdict[Scope, set[str]] = defaultdict(set)
    for view in views:
        for total in view.scopes:
            seen[Scope(total.first, total.second)].update(view.sources)
    seen.pop(OTHERS, None)
    joined, linked = _linked(seen, again)
    for one, other in (same_brokers or {}).items():
        joined.join(Scope(str(other)), Scope(str(one)))
    together: defaultdict[Scope, list[Scope]] = defaultdict(list)
    for scope in seen:
        together[joined.root(scope)].append(scope)
    translated = {joined.root(each) for each in linked}
    found: defaultdict[tuple[str, ...], list[Scope]] = defaultdict(list)
    for root, scopes in together.items():
        sources = sorted(set().union(*(seen[scope] for scope in scopes)))
        if len(sources) > 1 or root in translated:
            apart = [""] if any(not each.second for each in scopes) else []
            found[*sources, *apart] += scopes
    of_scopes: defaultdict[Scope, list[Readdressed]] = defaultdict(list)
    for each in again:
        of_scopes[scope_in(each.trail.flow, seen)].append(each)
    return [
        Group(
            number,
            tuple(filter(None, sources)),
            tuple(sorted(scopes)),
            tuple(each for scope in sorted(scopes) for each in of_scopes[scope]),
        )
        for number, (sources, scopes) in enumerate(sorted(found.items()))
    ]


def _linked(
    seen: Container[Scope], again: Sequence[Readdressed]
) -> tuple[Joined[Scope], set[Scope]]:
    """Return scopes joined by connections that are in both, and which these are."""
    joined: Joined[Scope] = Joined()
    linked = set()
    for each in again:
        one, other = scope_in(each.flow, seen), scope_in(each.trail.flow, seen)
        joined.join(one, other)
        linked |= {one, other}
    return joined, linked


def _without(views: Sequence[View], groups: Iterable[Group]) -> list[View]:
    """Return what sources saw but for that which counts with other addresses.

    Args:
        views: Of one source each.
        groups: Those that were inspected together.
    """
    gone: defaultdict[str, set[Scope]] = defaultdict(set)
    for group in groups:
        for name in group.sources if group.readdressed else ():
            gone[name].update(group.scopes)
    return [without(view, gone[view.sources[0]]) for view in views]


def _inspect_shared(
    work: Work,
    by_name: Mapping[str, Source],
    groups: Sequence[Group],
    secrets: Mapping[str, list[bytes]],
    crew: Crew,
) -> tuple[dict[int, View], list[Shared]]:
    """Return what each group saw, by its number, and what they say of their clocks."""
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
        return {}, []
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
    return views, shared_by(names, samples)


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
