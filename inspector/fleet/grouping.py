"""Which scopes are inspected together: those that several sources have.

::

    scopes by source ─► joined by addresses that are one ─► by who has them ─► groups
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from .joined import Joined
from .merging import without
from .scopes import OTHERS, Scope, scope_in
from .splitting import Group

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from inspector.streams.endpoints import Endpoint

    from .report import View
    from .trails import Readdressed


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


def gone_from(groups: Iterable[Group]) -> dict[str, frozenset[Scope]]:
    """Return source → its scopes that count with other addresses, in another view.

    Args:
        groups: Those that were inspected together.
    """
    gone: defaultdict[str, set[Scope]] = defaultdict(set)
    for group in groups:
        for name in group.sources if group.readdressed else ():
            gone[name].update(group.scopes)
    return {name: frozenset(scopes) for name, scopes in gone.items()}


def without_shared(views: Sequence[View], groups: Iterable[Group]) -> list[View]:
    """Return what sources saw but for that which counts with other addresses.

    Args:
        views: Of one source each.
        groups: Those that were inspected together.
    """
    gone = gone_from(groups)
    return [without(view, gone.get(view.sources[0], frozenset())) for view in views]
