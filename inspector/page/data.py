"""What a page shows, as one object of JSON.

::

    report, gathering ─► page_data ─► document (a file) | render(data) (in the browser)

All words are there already, so that whoever lays the page out has nothing to decide.
The figures are those of the report and of its JSON line, the member ``summary``.
Times are nanoseconds after the first packet, durations nanoseconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Kind
from inspector.figures.health import assess, limits_of
from inspector.figures.rows import PatternRow
from inspector.figures.timeline import failed
from inspector.sources.files import STDIN
from inspector.views.jsonlines import summary_line
from inspector.views.next_command import next_options
from inspector.views.rendering import carrier_title, safe
from inspector.views.report_view import answers, heading_lines, names_shown
from inspector.views.shell_words import from_pipe, shell_names, shell_word
from inspector.words import duration, plural

from . import charts, sections
from .details import details, pattern_name, remarks, row
from .embedding import embedded_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.figures.health import Health, Limits
    from inspector.figures.report import Report

    from .gathering import Gathering
    from .tables import Json
    from .trimming import Kept

_GRPC = "grpc"
_WITHOUT_PROTO = (
    "So are all values of gRPC, since no .proto file says which of them are secrets: "
    "--proto FILE names one."
)
_TROUBLE, _SLOW, _PLAIN = range(3)
_KEY = 10  # bytes of the number of a connection


class Origin(msgspec.Struct, frozen=True):
    """Where the data of a page come from.

    Attributes:
        captures: The captures, as they were given.
        repeated: Words of the command line that other commands need as well.
        redacted: Whether secrets are hidden.
        problems: What could not be read, or only in part; what else is to be said.
        file: The file that the page will be; empty for none.
        described: Whether files say what the messages of gRPC are.
    """

    captures: Sequence[str]
    repeated: Sequence[str] = ()
    redacted: bool = True
    problems: Sequence[str] = ()
    file: str = ""
    described: bool = False


def page_data(report: Report, gathered: Gathering, origin: Origin) -> Json:
    """Return what a page shows.

    Args:
        report: The figures of what was read.
        gathered: The exchanges, findings and packets of the same.
        origin: Where they come from.
    """
    health, slow = assess(report), limits_of(report)
    said = [list(each) for each in answers(report, health)] if _has_nest(report) else []
    names = origin_names(report, origin)
    found = sections.pairs(report, gathered.by_port)
    limits = gathered.limits
    return {
        "title": f"{_title(said)} · {names_shown(origin.captures)}",
        "capture": _capture(report, origin),
        "answers": said or [["", "", "No packet of Nest was seen."]],
        "figures": _figures(report, health),
        "findings": sections.findings(report, names, limits),
        "services": sections.services_table(found, limits),
        "matrix": sections.matrix(found),
        "map": charts.services_map(found),
        "patterns": sections.patterns(
            "What was asked for, and how that went", report.patterns, slow, limits
        ),
        "requests": sections.patterns(
            "Requests that may have begun it", report.requests.patterns, slow, limits
        ),
        "distributions": charts.distributions(report),
        "chains": sections.chains(report, limits),
        "time": charts.over_time(report, gathered),
        **exchange_members(report, gathered),
        "wire": sections.wire(report) if _has_nest(report) else None,
        **_packets(report, gathered),
        "redacted": origin.redacted,
        "hidden": _hidden(report, origin),
        "command": _command(origin),
        "summary": msgspec.json.decode(summary_line(report)),
    }


def named(data: Json, source: str, command: str, packets: int) -> Json:
    """Return the data of a page of what came from no file, by the name of its source.

    Args:
        data: What :func:`page_data` returned.
        source: What the source is called; empty where that is not known.
        command: The command that shows it, as it may be said.
        packets: How many there were, none of which is listed.
    """
    answer = data["title"].rpartition(" · ")[0]
    data["title"] = f"{answer} · {safe(source) or command}"
    data["capture"]["name"] = safe(source)
    data["command"], data["packets_seen"] = command, packets
    return data


def origin_names(report: Report, origin: Origin) -> str:
    """Return the captures as a shell has them in their folder, with options.

    Empty where nobody can read them again.
    """
    if from_pipe(origin.captures):
        return ""
    files = [Path(each).name for each in origin.captures]
    return shell_names(files) + next_options(report, origin.repeated)


def exchange_members(report: Report, gathered: Gathering) -> Json:
    """Return the exchanges of a page, the worst first, with what their drawers show."""
    first_ns, limits = report.first_ns or 0, gathered.limits
    slow = _slow_from(report, limits_of(report))
    known = gathered.exchanges()
    ranked = sorted(known, key=lambda each: _rank(each, slow))[: limits.exchanges]
    patterns: dict[tuple[str, str], int] = {}
    connections: dict[int, Json] = {}
    rows, more = [], {}
    left, room = limits.row_bytes, limits.payload_bytes
    for place, kept in enumerate(ranked):
        bodies = kept.read(limits)
        name = kept.exchange.carrier, pattern_name(kept)
        left -= 0 if name in patterns else embedded_size(name)
        number = patterns.setdefault(name, len(patterns))
        left -= _connect(connections, kept)
        members = row(kept, bodies, first_ns, number)
        members |= {"slow": True} if _is_slow(kept, slow) else {}
        members |= remarks(kept)
        left -= embedded_size(members)
        if left < 0:
            break
        rows.append(members)
        if place < limits.payloads and not kept.stripped and kept.bytes <= room:
            found = details(kept, bodies, first_ns)
            if (size := embedded_size(found)) <= room:
                more[kept.number] = found
                room -= size
    return {
        "exchanges": rows,
        "details": more,
        "names": [[carrier_title(carrier), name] for carrier, name in patterns],
        "connections": connections,
        "seen": gathered.seen,
    }


def _rank(kept: Kept, slow: dict[tuple[str, str | None], int]) -> tuple[int, int]:
    """Return what exchanges are sorted by: in trouble, slow, then the newest."""
    exchange = kept.exchange
    if failed(exchange):
        return _TROUBLE, exchange.number
    if _is_slow(kept, slow):
        return _SLOW, -(exchange.latency_ns or 0)
    return _PLAIN, -exchange.number


def _is_slow(kept: Kept, slow: dict[tuple[str, str | None], int]) -> bool:
    exchange = kept.exchange
    latency_ns = exchange.latency_ns
    if latency_ns is None or exchange.untimed:
        return False
    limit_ns = slow.get((exchange.carrier, exchange.route))
    return limit_ns is not None and latency_ns >= limit_ns


def _slow_from(report: Report, limits: Limits) -> dict[tuple[str, str | None], int]:
    """Return from how long on calls of a route are slow, in nanoseconds."""
    return {
        (carrier, route): limit
        for (carrier, route, kind), row in report.patterns.items()
        if kind is Kind.MESSAGE and (limit := limits.slow_from(row)) is not None
    }


def _connect(known: dict[int, Json], kept: Kept) -> int:
    """Add the ends of the connection of an exchange, and what carries it.

    Returns:
        How many bytes more that takes in the page.
    """
    exchange, connection = kept.exchange, kept.exchange.connection
    if connection.number in known:
        return 0
    names = connection.names
    client = safe(names.client(connection.client_text))
    server = safe(names.server(connection.server_text))
    known[connection.number] = [client, server, carrier_title(exchange.carrier)]
    return embedded_size(known[connection.number]) + _KEY


def _packets(report: Report, gathered: Gathering) -> Json:
    first_ns = report.first_ns or 0
    rows = gathered.packets.rows()
    return {
        "packets": [each.members(first_ns) for each in rows],
        "packets_seen": gathered.packets.seen,
    }


def _hidden(report: Report, origin: Origin) -> str:
    """Return what the page hides, in words."""
    if not origin.redacted:
        return "Nothing is hidden: payloads are as they were captured."
    words = "Passwords, tokens and other secrets are hidden."
    if not origin.described and any(name == _GRPC for name, *_ in report.patterns):
        return f"{words} {_WITHOUT_PROTO}"
    return words


def _has_nest(report: Report) -> bool:
    return bool(report.connections)


def _title(said: Sequence[Sequence[str]]) -> str:
    return said[0][-1].rstrip(".") if said else "No packet of Nest was seen"


def _capture(report: Report, origin: Origin) -> Json:
    """Return what was captured, when and between whom, in words."""
    heading, *notes = (line.plain for line in heading_lines(report, origin.captures))
    span = duration(report.last_ns - (report.first_ns or 0))
    return {
        "name": names_shown(origin.captures),
        "size": f"{plural(report.packet_records, 'packet')} in {span}",
        "moment": heading.rpartition("   ")[2] if report.first_ns is not None else "",
        "begin": _iso(report.first_ns),
        "notes": [" · ".join(filter(None, each.split("   "))) for each in notes],
        "problems": [safe(each) for each in origin.problems],
    }


def _iso(time_ns: int | None) -> str:
    """Return a time as machines read it; nothing where it is beyond the calendar."""
    if time_ns is None:
        return ""
    try:
        moment = datetime.fromtimestamp(time_ns // 1_000_000_000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _figures(report: Report, health: Health) -> list[Json]:
    """Return the figures of the heading: name, figure, unit, role, exchange."""
    rows = [
        row for (_, _, kind), row in report.patterns.items() if kind is Kind.MESSAGE
    ]
    latencies = PatternRow.sum(rows).latencies if rows else PatternRow().latencies
    kinds = report.kinds
    longest = next(iter(report.slowest), None)
    slow = "warning" if health.slow else ""
    found = [
        _count("message calls", health.calls),
        _count("failed", health.failed, "error"),
        *[_count("refused", health.refused, "warning")] * bool(health.refused),
        _count("without a reply", health.unanswered, "error"),
        _time("median", latencies.quantile(0.5)),
        _time("99th percentile", latencies.quantile(0.99)),
        _time("longest", latencies.maximum if latencies.count else None, slow),
    ]
    if longest is not None:
        found[-1][-1] = longest.number
    if kinds[Kind.EVENT]:
        found.append(_count("events", kinds[Kind.EVENT]))
    return found


def _count(name: str, number: int, style: str = "") -> list[Json]:
    return [name, f"{number:,}", "", style if number else "", None]


def _time(name: str, time_ns: int | None, style: str = "") -> list[Json]:
    if time_ns is None:
        return [name, "–", "", "muted", None]
    figure, _, unit = duration(time_ns).partition(" ")
    return [name, figure, unit, style, None]


def _command(origin: Origin) -> str:
    """Return the command that makes the page, without where files are."""
    files = [each if each == STDIN else Path(each).name for each in origin.captures]
    words = [shell_names(files), *map(shell_word, origin.repeated)]
    if origin.file:
        words += ["--html", shell_word(Path(origin.file).name)]
    hidden = [] if origin.redacted else ["--no-redact"]
    return " ".join(["protocol-inspect", *words, *hidden])
