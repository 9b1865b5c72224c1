"""How likely a difference is by chance alone: two tests, and many at once.

Neither needs to know how the figures are distributed, which latencies are not as any
textbook says.

==================  ================================================================
:func:`rank_test`   whether figures of one side tend to be larger: Mann and Whitney,
                    "On a Test of Whether one of Two Random Variables is
                    Stochastically Larger than the Other", 1947; by the normal
                    approximation, corrected for ties and continuity
:func:`share_test`  whether a share differs: Fisher's exact test, two-sided; by the
                    normal approximation where all counts are large
:func:`holm`        which of many are sure together: Holm, "A Simple Sequentially
                    Rejective Multiple Test Procedure", 1979
==================  ================================================================

All suppose that calls are independent. Calls of one burst are not, which is why a
difference must also be large to be reported (:mod:`.measures`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MANY = 1_000
"""Of each kind on each side, from which on shares are normally distributed."""
_ALIKE = 1e-7
"""By how much probabilities differ that are equal but for rounding, relatively."""


def rank_test(
    before: Iterable[tuple[int, int]], after: Iterable[tuple[int, int]]
) -> float:
    """Return how likely two sides differ as much in their ranks by chance.

    Args:
        before: Values with how often each was measured …
        after: … and those of the other side.

    Returns:
        The probability; 1 if a side is empty or all values are equal.
    """
    counts: dict[int, list[int]] = {}
    for side, values in enumerate((before, after)):
        for value, count in values:
            counts.setdefault(value, [0, 0])[side] += count
    first = sum(each[0] for each in counts.values())
    second = sum(each[1] for each in counts.values())
    total = first + second
    if not first or not second or len(counts) == 1:
        return 1.0
    below, ranks, ties = 0, 0.0, 0
    for _, (ours, theirs) in sorted(counts.items()):
        tied = ours + theirs
        ranks += ours * (below + (tied + 1) / 2)
        ties += tied**3 - tied
        below += tied
    larger = ranks - first * (first + 1) / 2  # Mann and Whitney's U
    spread = first * second / 12 * (total + 1 - ties / (total * (total - 1)))
    away = max(abs(larger - first * second / 2) - 0.5, 0)  # … of continuity
    return math.erfc(away / math.sqrt(2 * spread))


def share_test(before: int, of_before: int, after: int, of_after: int) -> float:
    """Return how likely two shares differ as much by chance.

    Args:
        before: How many of one side have it …
        of_before: … of how many.
        after: … and of the other side …
        of_after: … of how many.
    """
    having, total = before + after, of_before + of_after
    expected = min(having, total - having) * min(of_before, of_after) / max(total, 1)
    if expected >= _MANY:
        return _normal_share_test(before, of_before, after, of_after)
    least, most = max(0, having - of_after), min(having, of_before)
    if least == most:
        return 1.0

    def weight(count: int) -> float:
        return _log_choose(of_before, count) + _log_choose(of_after, having - count)

    whole = _log_choose(total, having)
    seen = weight(before)
    return min(1.0, _tails(weight, seen, (least, before, most), whole))


def _normal_share_test(before: int, of_before: int, after: int, of_after: int) -> float:
    """Return the same for so many that it is no different, and the sum too long."""
    joint = (before + after) / (of_before + of_after)
    spread = math.sqrt(joint * (1 - joint) * (1 / of_before + 1 / of_after))
    away = abs(before / of_before - after / of_after)
    return math.erfc(away / spread / math.sqrt(2))


def _tails(
    weight: object, seen: float, places: tuple[int, int, int], whole: float
) -> float:
    """Add up what is at most as likely as what was seen, from it to both sides.

    The likelihood rises to one peak and falls, so each side is a run; a run ends
    where what is added no longer counts.
    """
    assert callable(weight)
    least, before, most = places
    limit, sums = seen + _ALIKE, 0.0
    for run in (range(before, least - 1, -1), range(before + 1, most + 1)):
        for place in run:
            here = weight(place)
            if here <= limit:
                term = math.exp(here - whole)
                sums += term
                if term < sums * _ALIKE**2 and here < seen:
                    break
    return sums


def holm(chances: Sequence[float], level: float) -> list[bool]:
    """Return which differences are sure, all of them together, in the order given.

    Args:
        chances: How likely each is by chance.
        level: How likely one of those that are called sure may be by chance.
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    sure = [False] * len(chances)
    for rank, place in enumerate(order):
        if chances[place] > level / (len(chances) - rank):
            break
        sure[place] = True
    return sure


def _log_choose(total: int, count: int) -> float:
    return (
        math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
    )
