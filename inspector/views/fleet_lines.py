"""The report of a fleet as JSON lines; docs/output.md describes their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from inspector.figures.services import named
from inspector.fleet.overview import overview
from inspector.fleet.report import (
    Cause,
    FleetReport,
    Noticed,
    Shared,
    SourceFigures,
    Translated,
)
from inspector.fleet.woven import root_of, rows_of_chains

from .chain_lines import chain_line
from .jsonlines import chain_route_line, service_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: dict[type, str] = {
    SourceFigures: "source",
    Shared: "clock",
    Translated: "translation",
    Cause: "cause",
    Noticed: "finding",
}


def fleet_json(fleet: FleetReport, slow_ns: int | None = None) -> Iterator[bytes]:
    """Yield a line for each source, service, finding and cause; the totals are last.

    Args:
        fleet: The report.
        slow_ns: From how long on a call is slow; None for the usual.
    """
    seen = overview(fleet, slow_ns)
    for each in (*fleet.sources, *fleet.shared, *fleet.translated):
        yield _line(each)
    for service in named(seen.services, seen.names):
        yield service_line(service) + b"\n"
    for finding in (*seen.findings, *fleet.causes):
        yield _line(finding)
    yield from _chain_lines(fleet)
    totals: dict[str, Any] = {
        "type": "fleet",
        "sources": len(fleet.sources),
        "packet_records": sum(source.records for source in fleet.sources),
        "connections": seen.connections,
        "packets": seen.packets,
        "messages": seen.messages,
        "events": seen.exchanges - seen.messages,
        "errors": seen.errors,
        "unanswered": seen.unanswered,
        "slow": sum(service.slow for service in seen.services),
        "seen_by_several": seen.shared,
        "readdressed": fleet.readdressed,
        **_in_doubt(fleet),
        "problems": sum(len(source.problems) for source in fleet.sources),
    }
    yield msgspec.json.encode(totals) + b"\n"


def _chain_lines(fleet: FleetReport) -> Iterator[bytes]:
    """Yield what requests cause over all hosts, by route, and the slowest chains."""
    if fleet.chains is None:
        return
    found = rows_of_chains(fleet.chains).summary()
    for row in () if found is msgspec.UNSET else found:
        yield chain_route_line(row) + b"\n"
    for tree in fleet.chains.trees:
        yield chain_line(root_of(tree)) + b"\n"


def _in_doubt(fleet: FleetReport) -> dict[str, int]:
    return {} if fleet.chains is None else {"in_doubt": fleet.chains.in_doubt}


def _line(item: Any) -> bytes:  # noqa: ANN401 — of what stands in a report
    members = {name: getattr(item, name) for name in item.__struct_fields__}
    line = {"type": _TYPES[type(item)], **members}
    return msgspec.json.encode(line) + b"\n"
