"""Reports of fleets to one, and each scope counted once.

Whoever merged what with what, and in whichever order, the result is the same.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.errors import InspectorError

from .counting import scope_of_row
from .report import FleetReport, View, ordered
from .scopes import OTHERS, Scope, host_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .report import Row


def merged(reports: Sequence[tuple[str, FleetReport]]) -> FleetReport:
    """Return several reports as one.

    Args:
        reports: Each with the name of its file.

    Raises:
        InspectorError: Two hold the same source, or were asked something else.
    """
    known: dict[str, str] = {}
    name, first = reports[0]
    for file, report in reports:
        if report.asked != first.asked:
            raise InspectorError(file, f"made with other options than {name}")
        for source in report.sources:
            if source.name in known:
                where = known[source.name]
                raise InspectorError(file, f"source {source.name} is in {where}, too")
            known[source.name] = file
    return combined(
        FleetReport(
            asked=first.asked,
            sources=[each for _, report in reports for each in report.sources],
            views=[each for _, report in reports for each in report.views],
            causes=[each for _, report in reports for each in report.causes],
            shared=[each for _, report in reports for each in report.shared],
            left_out=sum(report.left_out for _, report in reports),
        )
    )


def combined(report: FleetReport) -> FleetReport:
    """Return a report in order, each scope in one view."""
    best = best_views(report)
    views = [_kept(view, best) for view in report.views]
    return replace(
        report,
        sources=ordered(report.sources),
        views=ordered(_together(views)),
        causes=ordered(report.causes),
        shared=ordered(report.shared),
        left_out=report.left_out + _left_out(report.views, best),
    )


def _together(views: Sequence[View]) -> list[View]:
    """Return views of which no two are of the same sources, and none is empty."""
    parts: dict[tuple[str, ...], list[View]] = {}
    for view in views:
        if view.scopes or view.rows or view.findings:
            parts.setdefault(view.sources, []).append(view)
    return [
        View(
            sources,
            ordered(each for view in of_sources for each in view.scopes),
            ordered(each for view in of_sources for each in view.rows),
            ordered(each for view in of_sources for each in view.findings),
        )
        for sources, of_sources in parts.items()
    ]


def _left_out(views: Sequence[View], best: Mapping[Scope, tuple[str, ...]]) -> int:
    """Return the exchanges of views of which another source's counts.

    Where sources were inspected together with others, nothing of them is left out.
    """
    return sum(
        row.count
        for view in views
        for row in view.rows
        if (scope := _scope(row)) != OTHERS
        and not set(view.sources) <= set(best.get(scope, view.sources))
    )


def _scope(row: Row) -> Scope:
    return scope_of_row(row.carrier, row.client, row.server)


def best_views(report: FleetReport) -> dict[Scope, tuple[str, ...]]:
    """Return scope → the sources of the view that counts it."""
    addresses = {each.name: each.addresses for each in report.sources}
    best: dict[Scope, tuple[tuple[int, int, tuple[str, ...]], tuple[str, ...]]] = {}
    for view in report.views:
        asked = {_scope(row): host_of(row.server) for row in view.rows}
        for each in view.scopes:
            scope = Scope(each.first, each.second)
            host = asked.get(scope, "")
            owns = any(
                is_at(host, address)
                for name in view.sources
                for address in addresses.get(name, ())
            )
            rank = -len(view.sources), -owns, view.sources
            if scope not in best or rank < best[scope][0]:
                best[scope] = rank, view.sources
    return {scope: sources for scope, (_, sources) in best.items()}


def counts(
    best: Mapping[Scope, tuple[str, ...]], sources: tuple[str, ...], scope: Scope
) -> bool:
    """Whether what some sources saw of a scope counts.

    Args:
        best: As :func:`best_views` has it.
        sources: Those sources.
        scope: The scope.
    """
    return scope == OTHERS or best.get(scope, sources) == sources


def is_at(host: str, address: str) -> bool:
    """Whether a host is an address, or in a network."""
    try:
        found = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return found in ip_network(address)


def _kept(view: View, best: Mapping[Scope, tuple[str, ...]]) -> View:
    """Return what counts of a view."""

    def has(scope: Scope) -> bool:
        return counts(best, view.sources, scope)

    return View(
        view.sources,
        ordered(e for e in view.scopes if has(Scope(e.first, e.second))),
        ordered(e for e in view.rows if has(_scope(e))),
        ordered(e for e in view.findings if has(Scope(e.first, e.second))),
    )
