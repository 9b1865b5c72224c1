"""What differs between two captures, as JSON lines: one a pattern, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.comparing.comparison import Comparison, PatternDiff
    from inspector.comparing.sides import Side
    from inspector.contracts.gathering import Key


def diff_lines(comparison: Comparison) -> Iterator[bytes]:
    """Yield the lines; ``docs/output.md`` says what their keys mean."""
    for pattern in comparison.both:
        yield dumps(_pattern(pattern))
    for keys, side, change in (
        (comparison.new, comparison.after, "new"),
        (comparison.gone, comparison.before, "gone"),
    ):
        for key in keys:
            yield dumps(_one_sided(key, side, change))
    yield dumps(_totals(comparison))


def _pattern(pattern: PatternDiff) -> dict[str, Any]:
    return {
        **_key(pattern.key, "both"),
        "before": pattern.before.count,
        "after": pattern.after.count,
        "breaking": pattern.breaking,
        "slower": pattern.slower,
        "faster": pattern.faster,
        "fails_more": pattern.fails_more,
        "measures": [_measure(each) for each in pattern.measures.values()],
        "changes": [msgspec.to_builtins(each) for each in pattern.changes],
        "new_errors": pattern.new_errors,
        "gone_errors": pattern.gone_errors,
    }


def _measure(measure: object) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(measure)
    found["verdict"] = found["verdict"].replace(" ", "_")
    return found


def _one_sided(key: Key, side: Side, change: str) -> dict[str, Any]:
    count = side.figures[key].count
    before, after = (0, count) if change == "new" else (count, 0)
    return {**_key(key, change), "before": before, "after": after}


def _key(key: Key, seen: str) -> dict[str, Any]:
    return {
        "type": "pattern_diff",
        "route": key.route,
        "kind": key.kind,
        "pushed": key.pushed,
        "in": seen,
    }


def _totals(comparison: Comparison) -> dict[str, Any]:
    return {
        "type": "diff",
        "before": comparison.before.name,
        "after": comparison.after.name,
        "exchanges_before": comparison.before.exchanges,
        "exchanges_after": comparison.after.exchanges,
        "patterns": len(comparison.both),
        "new": len(comparison.new),
        "gone": len(comparison.gone),
        "breaking": comparison.breaking,
        "slower": comparison.slower,
        "faster": comparison.faster,
        "fails_more": comparison.failing,
        "differing": comparison.differing,
        "new_findings": comparison.new_findings,
        "gone_findings": comparison.gone_findings,
        "least_ns": comparison.least_ns,
    }
