"""What is reported of a run: a table by pattern, what differs, what was not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, duration, escape_controls
from servers.recorded.differences import shown

from .choosing import Reason
from .figures import OTHERS, SHOWN

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from servers.recorded.recordings import Recording

    from .figures import Figures, Row
    from .sending import Answer

_HEADS = ("sent", "differ", "p50 rec", "p50 now", "p99 rec", "p99 now", "pattern")
_WIDTHS = (7, 6, 7, 7, 7, 7)
_APART = "  "
_LEAST = 12  # columns of a pattern
_FEW = 3  # differences of an answer
_NAMED = 4  # patterns that are not sent, of each reason
_LATE_S = 0.1
"""From how much on it is said that a run was late."""
_REMEDIES = {
    Reason.WRITES: "--allow PATTERN or --allow-all",
    Reason.EVENT: "--allow PATTERN or --allow-all",
    Reason.REDACTED: "--allow-redacted",
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
    remarks = [*_remarks(figures), *refusals(figures, columns, _NAMED)]
    if remarks and figures.sent:
        yield ""
    yield from remarks


def refusals(figures: Figures, columns: int | None, named: int) -> Iterator[str]:
    """Yield why recordings are not sent, and the patterns of most of them.

    Args:
        figures: With what is refused, and how many were left out.
        columns: Those of the terminal; None for lines of any length.
        named: How many patterns of each reason have a line of their own.
    """
    for reason, routes in figures.refused.items():
        yield refusal(reason, routes.total())
        yield from _listed(routes, columns, named)
    if figures.skipped:
        yield f"left out by the filters: {figures.skipped:,}"


def refusal(reason: Reason, count: int) -> str:
    """Return how many are not sent and why, and which option would send them."""
    remedy = f" ({_REMEDIES[reason]})" if reason in _REMEDIES else ""
    what = "event" + "s" * (count != 1) if reason is Reason.EVENT else str(reason)
    return f"not sent: {count:,} {what}{remedy}"


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
    words = f"{counted(figures.sent, 'exchange')} sent to {target} in "
    words += f"{duration(round(figures.taken_s * 1e9))}: {same:,} answered as recorded"
    words += f", {figures.differ:,} otherwise" if figures.differ else ""
    return escape_controls(words)


def _table(figures: Figures, columns: int | None) -> Iterator[str]:
    yield row_line(_HEADS, _WIDTHS, None)
    rows = sorted(
        figures.rows.items(), key=lambda each: (-each[1].differ, -each[1].sent)
    )
    for route, row in rows:
        yield row_line((*_cells(row), escape_controls(route)), _WIDTHS, columns)


def row_line(cells: Sequence[str], widths: Sequence[int], columns: int | None) -> str:
    """Return the line of a table whose last column is a pattern.

    Args:
        cells: Numbers, and the pattern.
        widths: Those of the columns with numbers.
        columns: Those of the terminal, for which the pattern is shortened.
    """
    *numbers, pattern = cells
    text = _APART.join(f"{each:>{w}}" for each, w in zip(numbers, widths, strict=True))
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
    yield f"{counted(count, 'answer')} differ{'s' * (count == 1)} (recorded → now):"
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
        yield f"{counted(events, 'event')} sent, which nobody answers"
    if figures.hidden:
        values = counted(figures.hidden, "recorded value")
        yield f"not compared: {values} that redaction has hidden"
    if figures.unfinished:
        calls = counted(figures.unfinished, "call")
        yield f"interrupted: {calls} had no answer yet"
    if figures.latest_s >= _LATE_S:
        yield (
            f"late: the last was due after {_spelled(figures.due_s)} and sent "
            f"{_spelled(figures.late_s)} later (at most {_spelled(figures.latest_s)}); "
            "see --concurrency and --speed"
        )
    if figures.differ and len(figures.servers) > 1:
        yield (
            f"recorded of {len(figures.servers):,} servers: --server ADDRESS chooses "
            "those of one"
        )


def _listed(routes: Counter[str], columns: int | None, named: int) -> Iterator[str]:
    """Yield the patterns that most recordings have, and how many others there are."""
    others = OTHERS in routes
    known = ((each, n) for each, n in routes.most_common(named + 1) if each != OTHERS)
    shown_routes = list(known)[:named]
    for route, count in shown_routes:
        yield row_line((f"{count:,}", escape_controls(route)), _WIDTHS[:1], columns)
    more = len(routes) - others - len(shown_routes)
    if more or others:
        words = f"and {'more than ' * others}{counted(more, 'more pattern')}"
        yield row_line(("", words), _WIDTHS[:1], None)


def _shortened(text: str, width: int) -> str:
    """Return a text that fits, without its middle: patterns differ at their ends."""
    if len(text) <= width:
        return text
    end = (width - 1) // 2
    return f"{text[: width - 1 - end]}…{text[-end:]}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1,200 calls``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _spelled(seconds: float) -> str:
    return duration(round(seconds * 1e9))
