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
    translated_words,
    verdict,
)
from inspector.fleet.scopes import host_of
from inspector.fleet.woven import root_of, rows_of_chains
from inspector.shorthand import short
from inspector.words import duration, plural

from .chain_table import chain_sentences, chain_table
from .clock import date_and_time, time_range
from .rendering import carrier_title, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.chains.trees import Node
    from inspector.figures.services import Service
    from inspector.fleet.overview import Overview
    from inspector.fleet.report import FleetReport
    from inspector.streams.names import Names

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
td:not([class]) { min-width: 9rem }
.s { white-space: nowrap }
details { margin: -1.5rem 0 2rem }
summary { cursor: pointer; padding: .3rem .7rem }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.warning { font-weight: 600 }
.error { color: light-dark(#a30f2d, #ff8fa3); font-weight: 600 }
</style></head><body><main>
"""
_SHOWN = 40
"""Rows of a table that are shown before somebody asks for the others."""
_SHORT = 24
"""Characters that stay on one line."""
_INDENT = "\u2003"
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
        f"{plural(seen.shared, 'exchange')} seen by several sources and counted once."
        "</p>\n"
    )
    if seen.exchanges:
        level, said = verdict(seen)
        yield f'<p class="{level}">{said}</p>\n'
    words = translated_words(fleet)
    if words:
        yield f"<p>{_shown(words)}.</p>\n"
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
    yield from _causes(fleet) if fleet.chains is None else _chains(fleet, seen)
    yield _sources(fleet)
    yield _clocks(fleet)


def _chains(fleet: FleetReport, seen: Overview) -> Iterator[str]:
    """Yield which requests cause which calls over all hosts, and the slowest chains."""
    assert fleet.chains is not None
    rows = rows_of_chains(fleet.chains)
    yield _table(
        "Chains over all hosts",
        ["request, and what it causes", "carrier"],
        ["requests", "calls", "packets", "of the time"],
        [[cell.text for cell in row] for row in chain_table(rows)],
    )
    said = chain_sentences(rows)
    if fleet.chains.in_doubt:
        doubt = plural(fleet.chains.in_doubt, "exchange")
        said.append(f"{doubt} may be of a chain, and nothing shows of which.")
    yield "".join(f"<p>{_shown(each)}</p>\n" for each in said)
    for tree in fleet.chains.trees:
        root = root_of(tree)
        yield _table(
            f"The slowest chain of {_shown(short(root.route))}",
            ["exchange", "client", "server", "carrier", "known by"],
            ["from", "took", "packets"],
            [_node_cells(depth, node, root, seen.names) for depth, node in root.walk()],
        )


def _node_cells(depth: int, node: Node, root: Node, names: Names) -> list[str]:
    return [
        f"{_INDENT * depth}{'→ ' if depth else ''}{short(node.route)}",
        names.client(host_of(node.client)),
        names.server(node.server),
        carrier_title(node.carrier),
        "error" if node.failed else node.evidence or "",
        duration(node.begin_ns - root.begin_ns),
        duration(node.end_ns - node.begin_ns),
        f"{node.packets:,}",
    ]


def _causes(fleet: FleetReport) -> Iterator[str]:
    yield _table(
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
        "Network and clocks, the longest way first",
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
            for each in sorted(
                fleet.shared, key=lambda each: (-each.transit_ns, each.source)
            )
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
    """Return a table with columns of words, then of numbers; nothing without rows.

    Of a long one the first rows are shown, and the others may be.
    """
    if not rows:
        return ""
    shown = _rows(words, numbers, rows[:_SHOWN])
    left = rows[_SHOWN:]
    if left:
        more = f"<summary>{len(left):,} more</summary>\n{_rows(words, numbers, left)}"
        shown += f"<details>{more}</details>\n"
    return f"<h2>{title}</h2>\n{shown}"


def _rows(words: Sequence[str], numbers: Sequence[str], rows: list[list[str]]) -> str:
    heads = [f"<th>{each}</th>" for each in words]
    heads += [f'<th class="n">{each}</th>' for each in numbers]
    lines = []
    for row in rows:
        cells = [f"<td{_role(each)}>{_shown(each)}</td>" for each in row[: len(words)]]
        cells += [f'<td class="n">{_shown(each)}</td>' for each in row[len(words) :]]
        lines.append(f"<tr>{''.join(cells)}</tr>\n")
    head = f'<div class="table"><table><thead><tr>{"".join(heads)}'
    return f"{head}</tr></thead><tbody>\n{''.join(lines)}</tbody></table></div>\n"


def _role(cell: str) -> str:
    """Return the classes of a cell: a short one stays on one line."""
    classes = [
        *(["error"] if cell == "error" else []),
        *(["s"] if len(cell) <= _SHORT else []),
    ]
    return f' class="{" ".join(classes)}"' if classes else ""


def _shown(cell: str) -> str:
    return escape(safe(cell))
