"""The report of a fleet as one file of HTML: tables alone, which need no script."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.errors import UnwritableOutputError
from inspector.figures.services import named
from inspector.fleet.overview import (
    chosen_by,
    lacks_nest,
    not_decrypted,
    overview,
    time_span,
)
from inspector.words import duration, plural

from .clock import date_and_time, time_range
from .rendering import carrier_title, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.figures.services import Service
    from inspector.fleet.report import FleetReport

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>Fleet</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { margin: 2rem auto; padding: 0 1rem; max-width: 76rem }
.table { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem }
th, td { padding: .3rem .7rem; text-align: left; border-bottom: 1px solid #8884 }
td { overflow-wrap: anywhere }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.error { color: light-dark(#a30f2d, #ff8fa3); font-weight: 600 }
</style></head><body><main>
"""
_TAIL = "</main></body></html>\n"


def save_page(file: str, fleet: FleetReport, slow_ns: int | None = None) -> None:
    """Write the page of a report.

    Args:
        file: Where.
        fleet: The report.
        slow_ns: From how long on a call is slow; None for the usual.

    Raises:
        UnwritableOutputError: It cannot be written.
    """
    try:
        Path(file).write_text(page(fleet, slow_ns), encoding="utf-8")
    except OSError as error:
        raise UnwritableOutputError.of(f"--html {file}", error) from error


def page(fleet: FleetReport, slow_ns: int | None = None) -> str:
    """Return the page, with the parameters of :func:`save_page`."""
    return _HEAD + "".join(_sections(fleet, slow_ns)) + _TAIL


def _sections(fleet: FleetReport, slow_ns: int | None) -> Iterator[str]:
    seen = overview(fleet, slow_ns)
    events = seen.exchanges - seen.messages
    yield f"<h1>{plural(len(fleet.sources), 'source')}</h1>\n"
    span = time_span(fleet)
    if span is not None:
        yield f"<p>{time_range(*span)}</p>\n"
    chosen = chosen_by(fleet)
    if chosen:
        yield f"<p>Only exchanges where {_shown(chosen)}</p>\n"
    yield (
        f"<p>{plural(seen.messages, 'call')} and {plural(events, 'event')} on "
        f"{plural(seen.connections, 'connection')}; "
        f"{plural(seen.errors, 'error')}, {seen.unanswered:,} without a reply, "
        f"{plural(seen.shared, 'exchange')} seen by several sources and counted once."
        "</p>\n"
    )
    services = named(seen.services, seen.names)
    yield _table(
        "Services, worst first",
        ["client", "server", "carrier"],
        ["calls", "errors", "no reply", "slow", "events", "p50", "p99", "max"],
        [_service_cells(each) for each in services],
    )
    yield _table(
        "Findings",
        ["severity", "finding", "server", "what happened", "what to do"],
        ["count"],
        [
            [f.severity, f.code, f.server, f.message, f.hint, f"{f.count:,}"]
            for f in seen.findings
        ],
    )
    yield _causes(fleet)
    yield _sources(fleet)
    yield _clocks(fleet)


def _causes(fleet: FleetReport) -> str:
    return _table(
        "What requests cause",
        ["source", "request", "makes", "carrier"],
        ["requests", "calls", "waits"],
        [
            [
                each.source,
                each.route,
                each.caused_route,
                carrier_title(each.caused_carrier),
                f"{each.requests:,}",
                f"{each.calls:,}",
                duration(each.waited_ns // max(each.requests, 1)),
            ]
            for each in fleet.causes
        ],
    )


def _sources(fleet: FleetReport) -> str:
    return _table(
        "Sources",
        ["source", "addresses", "from (UTC)", "problems"],
        ["files", "packets", "bytes lacking"],
        [
            [
                each.name,
                ", ".join(each.addresses),
                "" if each.first_ns is None else date_and_time(each.first_ns),
                "; ".join((*lacks_nest(each), *not_decrypted(each), *each.problems)),
                f"{each.files_read:,}/{each.files:,}",
                f"{each.records:,}",
                f"{each.gap_bytes:,}",
            ]
            for each in fleet.sources
        ],
    )


def _clocks(fleet: FleetReport) -> str:
    return _table(
        "Network and clocks",
        ["source", "compared with"],
        ["one way", "clock ahead", "packets"],
        [
            [
                each.source,
                each.leading,
                duration(each.transit_ns),
                duration(each.offset_ns),
                f"{each.packets:,}",
            ]
            for each in fleet.shared
        ],
    )


def _service_cells(service: Service) -> list[str]:
    calls, latencies = service.calls, service.calls.latencies
    times = [latencies.quantile(fraction) for fraction in (0.5, 0.99, 1)]
    return [
        service.pair.client,
        service.pair.server,
        carrier_title(service.pair.carrier),
        f"{calls.count:,}",
        f"{calls.errors:,}",
        f"{calls.unanswered:,}",
        f"{service.slow:,}",
        f"{service.events:,}",
        *["" if each is None else duration(each) for each in times],
    ]


def _table(
    title: str, words: Sequence[str], numbers: Sequence[str], rows: list[list[str]]
) -> str:
    """Return a table with columns of words, then of numbers; nothing without rows."""
    if not rows:
        return ""
    heads = [f"<th>{each}</th>" for each in words]
    heads += [f'<th class="n">{each}</th>' for each in numbers]
    lines = []
    for row in rows:
        cells = [f"<td{_role(each)}>{_shown(each)}</td>" for each in row[: len(words)]]
        cells += [f'<td class="n">{_shown(each)}</td>' for each in row[len(words) :]]
        lines.append(f"<tr>{''.join(cells)}</tr>\n")
    head = f'<h2>{title}</h2>\n<div class="table"><table><thead><tr>{"".join(heads)}'
    return f"{head}</tr></thead><tbody>\n{''.join(lines)}</tbody></table></div>\n"


def _role(cell: str) -> str:
    return ' class="error"' if cell == "error" else ""


def _shown(cell: str) -> str:
    return escape(safe(cell))
