"""Two sides to what differs between them, judged together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .chance import holm
from .measures import LEAST_NS, Measure, Verdict, measures
from .shape_changes import Grade, ShapeChange, shape_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.contracts.gathering import Key

    from .sides import Figures, Side

LEVEL = 0.01
"""How likely one of the times, failures or sizes called other may be so by chance."""
TIMES = ("p50", "p90", "p99")
"""The measures that are times."""
_FAMILIES = {"request": "sizes", "reply": "sizes", "packets": "sizes"}


class PatternDiff(msgspec.Struct):
    """A pattern of both sides.

    Attributes:
        key: What it is.
        before: Its figures …
        after: … and after.
        measures: Its measures by their names.
        changes: Where its payloads are otherwise.
        new_errors: Texts of errors that were not seen before → how often they were …
        gone_errors: … and of those that were not seen after.
    """

    key: Key
    before: Figures
    after: Figures
    measures: dict[str, Measure]
    changes: list[ShapeChange]
    new_errors: dict[str, int]
    gone_errors: dict[str, int]

    def _any(self, names: Iterable[str], verdict: Verdict) -> bool:
        found = (self.measures.get(name) for name in names)
        return any(each is not None and each.verdict is verdict for each in found)

    @property
    def slower(self) -> bool:
        """Whether a time is longer."""
        return self._any(TIMES, Verdict.MORE)

    @property
    def faster(self) -> bool:
        """Whether a time is shorter, and none is longer."""
        return self._any(TIMES, Verdict.LESS) and not self.slower

    @property
    def fails_more(self) -> bool:
        """Whether more of its exchanges fail."""
        return self._any(["failed"], Verdict.MORE)

    @property
    def fails_less(self) -> bool:
        """Whether fewer of them fail."""
        return self._any(["failed"], Verdict.LESS)

    @property
    def resized(self) -> bool:
        """Whether sizes or numbers of packets differ."""
        names = ("request", "reply", "packets")
        return self._any(names, Verdict.MORE) or self._any(names, Verdict.LESS)

    @property
    def breaking(self) -> bool:
        """Whether a change breaks who reads its payloads."""
        return any(each.grade is Grade.BREAKING for each in self.changes)

    @property
    def few(self) -> bool:
        """Whether it had too few calls for its times to be judged."""
        return self._any(["p50"], Verdict.FEW)

    @property
    def differs(self) -> bool:
        """Whether anything is worth a line."""
        return bool(
            self.slower
            or self.faster
            or self.fails_more
            or self.fails_less
            or self.resized
            or self.changes
            or self.new_errors
        )


class Comparison(msgspec.Struct):
    """What differs between two sides.

    Attributes:
        before: One side …
        after: … and the other.
        new: Patterns that only the other has …
        gone: … and that only the first has.
        both: Those of both, in an order in which what got worst comes first.
        least_ns: Nanoseconds by which a time has to differ.
        new_findings: Codes of findings that only the other has …
        gone_findings: … and that only the first has.
    """

    before: Side
    after: Side
    new: list[Key]
    gone: list[Key]
    both: list[PatternDiff]
    least_ns: int
    new_findings: list[str]
    gone_findings: list[str]

    @property
    def breaking(self) -> int:
        """Patterns with a change that breaks who reads their payloads."""
        return sum(each.breaking for each in self.both)

    @property
    def slower(self) -> int:
        """Patterns that are slower."""
        return sum(each.slower for each in self.both)

    @property
    def faster(self) -> int:
        """Patterns that are faster."""
        return sum(each.faster for each in self.both)

    @property
    def failing(self) -> int:
        """Patterns of which more exchanges fail."""
        return sum(each.fails_more for each in self.both)

    @property
    def differing(self) -> int:
        """Patterns that differ in anything, new and gone ones too."""
        return sum(each.differs for each in self.both) + len(self.new) + len(self.gone)


def compare(before: Side, after: Side, least_ns: int = LEAST_NS) -> Comparison:
    """Return what differs; both sides are used up.

    Args:
        before: One side …
        after: … and the other.
        least_ns: Nanoseconds by which a time has to differ.
    """
    both = [
        _compared(key, before, after, least_ns)
        for key in before.figures
        if key in after.figures
    ]
    _judge(both)
    both.sort(key=_worst)
    return Comparison(
        before,
        after,
        [key for key in after.figures if key not in before.figures],
        [key for key in before.figures if key not in after.figures],
        both,
        least_ns,
        sorted({*after.findings} - {*before.findings}),
        sorted({*before.findings} - {*after.findings}),
    )


def _compared(key: Key, before: Side, after: Side, least_ns: int) -> PatternDiff:
    old, new = before.figures[key], after.figures[key]
    return PatternDiff(
        key,
        old,
        new,
        {each.name: each for each in measures(old, new, least_ns)},
        shape_changes(before.shapes(key), after.shapes(key)),
        {text: count for text, count in new.errors.items() if text not in old.errors},
        {text: count for text, count in old.errors.items() if text not in new.errors},
    )


# decision 188: What many patterns differ in is judged together
def _judge(both: list[PatternDiff]) -> None:
    """Conclude which differences are sure: of times, of failures, and of the rest."""
    found = [each for pattern in both for each in pattern.measures.values()]
    families: dict[str, list[Measure]] = {}
    for each in found:
        name = "times" if each.name in TIMES else each.name
        families.setdefault(_FAMILIES.get(name, name), []).append(each)
    for family in families.values():
        _judge_together(family)


def _judge_together(found: list[Measure]) -> None:
    tested = [each for each in found if each.chance is not None]
    sure = holm([each.chance or 0.0 for each in tested], LEVEL)
    surely = {id(each) for each, is_sure in zip(tested, sure, strict=True) if is_sure}
    for each in found:
        each.conclude(sure=id(each) in surely)


def _worst(pattern: PatternDiff) -> tuple[bool, bool, bool, bool, float, str]:
    """Return what orders patterns: what breaks first, then by the change of p50."""
    p50 = pattern.measures.get("p50")
    ratio = 1.0
    if p50 is not None and p50.before and p50.after:
        ratio = max(p50.after / p50.before, p50.before / p50.after)
    return (
        not pattern.breaking,
        not pattern.fails_more,
        not pattern.slower,
        not pattern.differs,
        -ratio,
        pattern.key.route,
    )
