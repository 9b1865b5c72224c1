"""What differs between two captures, in words and cells that all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.comparing.comparison import LEVEL
from inspector.comparing.measures import RATIO, Verdict
from inspector.comparing.shape_changes import Grade
from inspector.shorthand import short
from inspector.words import duration, plural, significant, size

from .rendering import CANNOT_BE, milliseconds, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.comparing.comparison import Comparison, PatternDiff
    from inspector.comparing.measures import Measure
    from inspector.comparing.shape_changes import ShapeChange
    from inspector.contracts.gathering import Key

_JUDGED = {Verdict.MORE, Verdict.LESS}
_MARKS = {Verdict.MORE: "  ✗", Verdict.LESS: "  ✓"}
_SIZES = {"request": "requests", "reply": "replies"}


def title(comparison: Comparison) -> str:
    """Return what is compared: ``a.pcap → b.pcap   58 → 60 exchanges``."""
    before, after = comparison.before, comparison.after
    counts = f"{before.exchanges:,} → {plural(after.exchanges, 'exchange')}"
    return f"{safe(before.name)} → {safe(after.name)}   {counts}"


def patterns_words(comparison: Comparison) -> str:
    """Return how many patterns are of both sides, and of one alone."""
    both = plural(len(comparison.both), "pattern")
    new, gone = len(comparison.new), len(comparison.gone)
    return f"{both} in both, {new or 'none'} new, {gone or 'none'} gone"


def answer(comparison: Comparison) -> tuple[bool, str]:
    """Return whether nothing got worse, and what to say of all patterns."""
    parts = [
        f"{count} {words}"
        for count, words in (
            (comparison.breaking, "with payloads that break their readers"),
            (comparison.failing, "failing more often"),
            (comparison.slower, "slower"),
            (comparison.faster, "faster"),
        )
        if count
    ]
    worse = comparison.breaking + comparison.failing + comparison.slower
    if not comparison.both:
        return False, "No pattern is in both captures, so nothing can be compared."
    if parts:
        of = plural(len(comparison.both), "pattern")
        return not worse, f"Of {of}: {', '.join(parts)}."
    return True, "No pattern breaks its readers, fails more often, or is slower."


def name_of(key: Key) -> str:
    """Return a pattern as it is shown: written short, with what else tells it apart."""
    pushed = " (to clients)" if key.pushed else ""
    event = " (event)" if key.kind == "event" else ""
    return safe(short(key.route)) + event + pushed


def figure_cells(pattern: PatternDiff) -> list[tuple[str, Verdict]]:
    """Return the figures of a pattern, before and after: count, failed, p50, p99."""
    before, after = pattern.before, pattern.after
    cells = [(f"{before.count:,} → {after.count:,}", Verdict.SAME)]
    failed = pattern.measures["failed"]
    mark = _MARKS.get(failed.verdict, "")
    cells.append((f"{before.failed:,} → {after.failed:,}{mark}", failed.verdict))
    for name in ("p50", "p99"):
        measure = pattern.measures.get(name)
        cells.append(_time_cell(measure))
    return cells


def _time_cell(measure: Measure | None) -> tuple[str, Verdict]:
    if measure is None or measure.before is None or measure.after is None:
        return CANNOT_BE, Verdict.SAME
    before, after = round(measure.before), round(measure.after)
    text = f"{milliseconds(before)} → {milliseconds(after)}"
    if measure.verdict in _JUDGED:
        text += f"  {_ratio(measure)}"
    elif measure.verdict is Verdict.FEW and moved(measure):
        text += "  ?"
    return text, measure.verdict


def moved(measure: Measure) -> bool:
    """Whether a measure is another, be it by chance."""
    low, high = sorted((measure.before or 0, measure.after or 0))
    return high > RATIO * low


def _ratio(measure: Measure) -> str:
    """Return how a measure changed: ``× 2.1``, ``÷ 3``."""
    low, high = sorted((measure.before or 0, measure.after or 0))
    if not low:
        return ""
    return f"{'×' if measure.verdict is Verdict.MORE else '÷'} {high / low:.3g}"


def change_words(change: ShapeChange) -> str:
    """Return a change of a shape, with the samples that show it."""
    counts = (
        f"{change.before:,} of {change.of_before:,} → "
        f"{change.after:,} of {change.of_after:,}"
    )
    return f"{change.path}: {change.change}  ({counts})"


def size_words(pattern: PatternDiff) -> Iterator[str]:
    """Yield how sizes and packets of a pattern differ."""
    for name, noun in _SIZES.items():
        measure = pattern.measures.get(name)
        if measure is not None and measure.verdict in _JUDGED:
            sizes = size(round(measure.before or 0)), size(round(measure.after or 0))
            yield f"{noun} of {sizes[0]} → {sizes[1]}"
    packets = pattern.measures.get("packets")
    if packets is not None and packets.verdict in _JUDGED:
        numbers = significant(packets.before or 0), significant(packets.after or 0)
        yield f"{numbers[0]} → {numbers[1]} packets each"


def tail_words(pattern: PatternDiff) -> Iterator[str]:
    """Yield how p90 differs, which has no column."""
    measure = pattern.measures.get("p90")
    if measure is not None and measure.verdict in _JUDGED:
        cell, _ = _time_cell(measure)
        yield f"p90 {cell} ms".replace("  ", ", ", 1)


def error_words(pattern: PatternDiff) -> Iterator[str]:
    """Yield the errors that were not seen before."""
    for text, count in pattern.new_errors.items():
        yield f"new error “{safe(text)}” ({count:,})"


def mark_of(change: ShapeChange) -> tuple[str, str]:
    """Return the mark of a change, and its role."""
    return {
        Grade.BREAKING: ("✗", "error"),
        Grade.UNSURE: ("?", "warning"),
        Grade.COMPATIBLE: ("·", "muted"),
    }[change.grade]


def judged_words(comparison: Comparison) -> str:
    """Return how differences were judged, and what could not be."""
    least = duration(comparison.least_ns)
    few = sum(each.few for each in comparison.both)
    words = (
        f"Judged by a rank test (p50, sizes, packets) and exact tests (p90, p99, "
        f"failures), at {LEVEL:.0%} for all patterns together; times count "
        f"from {RATIO:g} × and {least} on."
    )
    if few:
        words += f" {plural(few, 'pattern')} had too few calls for their times (?)."
    return words


def finding_words(comparison: Comparison) -> str:
    """Return which findings one side alone has: one may only have become another."""
    new = ", ".join(comparison.new_findings) or "none"
    gone = ", ".join(comparison.gone_findings) or "none"
    return f"only before: {gone}   only after: {new}"
