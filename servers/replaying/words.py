"""What is reported of a run: a table by pattern, what differs, what was not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, duration, escape_controls
from servers.recorded.differences import shown

from .choosing import Reason
from .figures import SHOWN

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from servers.recorded.recordings import Recording

    from .figures import Figures, Row
    from .sending import Answer

_HEADS = ("sent", "differ", "p50 rec", "p50 now", "p99 rec", "p99 now", "pattern")
_WIDTHS = (7, 6, 7, 7, 7, 7)
_APART = "  "
_LEAST = 12  # columns of a pattern
_FEW = 3  # differences of an answer
_NAMED = 4  # patterns that are not sent
_MS = 1_000
_LATE_S = 0.1
"""From how much on it is said that a run was late."""
_REMEDIES = {
    Reason.WRITES: "--allow PATTERN or --allow-all sends them",
    Reason.EVENT: "--allow PATTERN or --allow-all sends them",
    Reason.REDACTED: "--allow-redacted sends them as they are",
}


def report(figures: Figures, target: str, columns: int | None) -> Iterator[str]:
    """Yield the lines of the report.

    Args:
        figures: What came of the run.
        target: The service, as it is shown.
        columns: Those of the terminal; None for lines of any length.
    """
    if figures.sent:
        yield _first_line(figures, target)
        yield ""
        yield from _table(figures, columns)
    yield from _differences(figures.different, figures.differ)
    remarks = [*_remarks(figures), *refusals(figures)]
    if remarks and figures.sent:
        yield ""
    yield from remarks


def refusals(figures: Figures) -> Iterator[str]:
    """Yield why recordings were not sent."""
    for reason, routes in figures.refused.items():
        remedy = f"; {_REMEDIES[reason]}" if reason in _REMEDIES else ""
        yield escape_controls(
            f"not sent ({reason}): {routes.total():,}, {_listed(routes)}{remedy}"
        )
    if figures.skipped:
        yield f"left out by the filters: {figures.skipped:,}"


def planned(recording: Recording, due_s: float, reason: Reason | None) -> str:
    """Return the line of a dry run: what would be sent when, or why not."""
    when = f"+{due_s:.3f} s" if reason is None else "not sent"
    data = "" if recording.data is UNDEFINED else f" {shown(recording.data)}"
    why = "" if reason is None else f" ({reason})"
    return escape_controls(
        f"{when:>12}  {recording.name} {recording.kind} {recording.route}{data}{why}"
    )


def answer_members(answer: Answer) -> dict[str, Any]:
    """Return the members of the JSON line of an answer."""
    recording = answer.recording
    return {
        "type": "answer",
        "recording": recording.name,
        "kind": recording.kind,
        "route": recording.route,
        "outcome": outcome_of(answer),
        "differences": list(answer.differences),
        "recorded_latency_ns": recording.latency_ns,
        "latency_ns": answer.latency_ns,
    }


def outcome_of(answer: Answer) -> str:
    """Return ``same``, ``differs``, ``sent`` for an event, or ``not_compared``."""
    if answer.differences:
        return "differs"
    if answer.recording.kind == "event":
        return "sent"
    return "same" if answer.recording.is_answered else "not_compared"


def summary_members(figures: Figures) -> dict[str, Any]:
    """Return the members of the JSON line at the end of a run."""
    return {
        "type": "replay",
        "sent": figures.sent,
        "same": sum(row.same for row in figures.rows.values()),
        "differ": figures.differ,
        "not_compared": sum(row.uncompared for row in figures.rows.values()),
        "events": sum(row.events for row in figures.rows.values()),
        "unfinished": figures.unfinished,
        "skipped": figures.skipped,
        "redacted_values": figures.hidden,
        "refused": {
            reason.name.lower(): dict(routes)
            for reason, routes in figures.refused.items()
        },
        "due_ns": round(figures.due_s * 1e9),
        "taken_ns": round(figures.taken_s * 1e9),
        "late_ns": round(figures.late_s * 1e9),
        "latest_ns": round(figures.latest_s * 1e9),
        "patterns": {
            route: {
                "sent": row.sent,
                "differ": row.differ,
                "recorded_p50_ns": row.recorded.quantile(0.50),
                "p50_ns": row.now.quantile(0.50),
                "recorded_p99_ns": row.recorded.quantile(0.99),
                "p99_ns": row.now.quantile(0.99),
            }
            for route, row in figures.rows.items()
        },
    }


def _first_line(figures: Figures, target: str) -> str:
    same = sum(row.same for row in figures.rows.values())
    words = f"{_count(figures.sent, 'exchange')} sent to {target} in "
    words += f"{duration(round(figures.taken_s * 1e9))}: {same:,} answered as recorded"
    words += f", {figures.differ:,} otherwise" if figures.differ else ""
    return escape_controls(words)


def _table(figures: Figures, columns: int | None) -> Iterator[str]:
    yield _line(_HEADS, None)
    rows = sorted(
        figures.rows.items(), key=lambda each: (-each[1].differ, -each[1].sent)
    )
    for route, row in rows:
        yield _line((*_cells(row), escape_controls(route)), columns)


def _line(cells: tuple[str, ...], columns: int | None) -> str:
    *numbers, pattern = cells
    text = _APART.join(f"{each:>{w}}" for each, w in zip(numbers, _WIDTHS, strict=True))
    if columns is not None:
        pattern = _shortened(pattern, max(columns - len(text) - len(_APART), _LEAST))
    return f"{text}{_APART}{pattern}"


def _cells(row: Row) -> Iterator[str]:
    yield f"{row.sent:,}"
    yield f"{row.differ:,}" if row.differ else "–"
    for share in (0.50, 0.99):
        for quantiles in (row.recorded, row.now):
            latency_ns = quantiles.quantile(share)
            yield "–" if latency_ns is None else duration(latency_ns)


def _differences(different: list[Answer], count: int) -> Iterator[str]:
    if not different:
        return
    yield ""
    yield f"{_count(count, 'answer')} differ{'s' * (count == 1)} (recorded → now):"
    for answer in different:
        recording = answer.recording
        data = "" if recording.data is UNDEFINED else f" {shown(recording.data)}"
        yield escape_controls(f"  {recording.name} {recording.route}{data}")
        for each in answer.differences[:_FEW]:
            yield escape_controls(f"    {each}")
        if len(answer.differences) > _FEW:
            yield f"    … {len(answer.differences) - _FEW} more"
    if count > SHOWN:
        yield f"  … {count - SHOWN:,} more; --json has them all"


def _remarks(figures: Figures) -> Iterator[str]:
    rows = figures.rows.values()
    uncompared = sum(row.uncompared for row in rows)
    events = sum(row.events for row in rows)
    if uncompared:
        yield f"not compared: {uncompared:,} whose answer was not recorded"
    if events:
        yield f"{_count(events, 'event')} sent, which nobody answers"
    if figures.hidden:
        values = _count(figures.hidden, "recorded value")
        yield f"not compared: {values} that redaction has hidden"
    if figures.unfinished:
        calls = _count(figures.unfinished, "call")
        yield f"interrupted: {calls} had no answer yet"
    if figures.latest_s >= _LATE_S:
        yield (
            f"late: the last was due after {figures.due_s:.2f} s and sent "
            f"{figures.late_s * _MS:,.0f} ms later (at most {figures.latest_s:.2f} s); "
            "see --concurrency and --speed"
        )
    if figures.differ and len(figures.servers) > 1:
        yield (
            f"recorded of {len(figures.servers):,} servers: --server ADDRESS chooses "
            "those of one"
        )


def _listed(routes: Counter[str]) -> str:
    names = [f"{route} {count:,}" for route, count in routes.most_common(_NAMED)]
    more = len(routes) - len(names)
    return ", ".join([*names, *([f"{more} more"] if more else [])])


def _shortened(text: str, width: int) -> str:
    """Return a text that fits, without its middle: patterns differ at their ends."""
    if len(text) <= width:
        return text
    end = (width - 1) // 2
    return f"{text[: width - 1 - end]}…{text[-end:]}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
