"""What is measured of a pattern, before and after, and which differences are judged.

============  ======================  =============================================
measure       judged by               from
============  ======================  =============================================
p50           ranks of all latencies  8 calls a side
p90, p99      the share of latencies  50 and 300 calls a side
              from the quantile of
              both sides together on
failed        the share that failed   5 calls a side
request,      ranks of all sizes      8 exchanges a side
reply
packets       ranks of all numbers    8 exchanges a side
============  ======================  =============================================

A few calls that hang are more than one in a hundred, or fewer: p99 is judged from the
shares beyond three quantiles (0.96, 0.98, 0.99). The quantile of both sides together
does not depend on which call is of which side, so the share from it on is an exact test
also where most values are equal.

A difference is reported if it is sure (:mod:`.chance`) and large: times from 1.25 times
and half a millisecond on, sizes from 1.25 times and 32 bytes on, packets from a tenth
on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from .chance import rank_test, share_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.figures.latency import Latencies

    from .sides import Figures

LEAST_NS = 500_000
"""Nanoseconds by which a time has to differ, unless asked otherwise."""
RATIO = 1.25
"""How many times as long or large the longer or larger is at least."""

_LEAST_BYTES = 32
_PACKETS_RATIO = 1.1
_FEWEST, _FEWEST_SHARE = 8, 5
_TAILS = {"p90": (50, (0.90,)), "p99": (300, (0.96, 0.98, 0.99))}
"""Calls a side, and from which quantiles on shares are compared; the last names it."""


class Verdict(StrEnum):
    """What a difference is."""

    LESS = "less"
    MORE = "more"
    SAME = "same"
    FEW = "too few"


class Measure(msgspec.Struct):
    """One measure of a pattern.

    Attributes:
        name: ``p50``, ``p90``, ``p99``, ``failed``, ``request``, ``reply``,
            ``packets``.
        before: In nanoseconds, bytes, packets or exchanges; None if there is none …
        after: … and after.
        chance: How likely the difference is by chance; None if there are too few.
        large: Whether it is large enough to be reported.
        verdict: What it is, once all are judged together.
    """

    name: str
    before: float | None
    after: float | None
    chance: float | None
    large: bool
    verdict: Verdict = Verdict.SAME

    def conclude(self, *, sure: bool) -> None:
        """Say what it is, given whether the difference is sure."""
        if self.chance is None:
            self.verdict = Verdict.FEW
        elif sure and self.large:
            assert self.before is not None
            assert self.after is not None
            more = self.after > self.before
            self.verdict = Verdict.MORE if more else Verdict.LESS


def measures(before: Figures, after: Figures, least_ns: int) -> Iterator[Measure]:
    """Yield the measures of a pattern; times only if there were replies.

    Args:
        before: Its figures …
        after: … and after.
        least_ns: Nanoseconds by which a time has to differ.
    """
    if before.latencies.count or after.latencies.count:
        yield _ranked("p50", before.latencies, after.latencies, (RATIO, least_ns))
        for name in _TAILS:
            yield _tail(name, before.latencies, after.latencies, least_ns)
    yield _failures(before, after)
    sizes = (RATIO, _LEAST_BYTES)
    yield _ranked("request", before.request_bytes, after.request_bytes, sizes)
    if before.reply_bytes.count or after.reply_bytes.count:
        yield _ranked("reply", before.reply_bytes, after.reply_bytes, sizes)
    yield _packets(before.packets, after.packets)


def _ranked(
    name: str, before: Latencies, after: Latencies, least: tuple[float, float]
) -> Measure:
    medians = before.quantile(0.5), after.quantile(0.5)
    chance = None
    if min(before.count, after.count) >= _FEWEST:
        chance = rank_test(before.items(), after.items())
    return Measure(name, *medians, chance, _is_large(*medians, *least))


def _tail(name: str, before: Latencies, after: Latencies, least_ns: int) -> Measure:
    fewest, fractions = _TAILS[name]
    quantiles = before.quantile(fractions[-1]), after.quantile(fractions[-1])
    chance = None
    if min(before.count, after.count) >= fewest:
        chances = [_share_chance(before, after, each) for each in fractions]
        chance = min(1.0, len(chances) * min(chances))  # Bonferroni's
    return Measure(name, *quantiles, chance, _is_large(*quantiles, RATIO, least_ns))


def _share_chance(before: Latencies, after: Latencies, fraction: float) -> float:
    limit = _joint_quantile(before, after, fraction)
    shares = _beyond(before, limit), before.count, _beyond(after, limit), after.count
    return share_test(*shares)


def _failures(before: Figures, after: Figures) -> Measure:
    chance = None
    if min(before.judged, after.judged) >= _FEWEST_SHARE:
        chance = share_test(before.failed, before.judged, after.failed, after.judged)
    shares = _share(before), _share(after)
    return Measure("failed", *shares, chance, large=True)


def _share(figures: Figures) -> float | None:
    return figures.failed / figures.judged if figures.judged else None


def _packets(before: Latencies, after: Latencies) -> Measure:
    means = _mean(before), _mean(after)
    chance = None
    if min(before.count, after.count) >= _FEWEST:
        chance = rank_test(before.items(), after.items())
    return Measure("packets", *means, chance, _is_large(*means, _PACKETS_RATIO, 0))


def _is_large(
    before: float | None, after: float | None, ratio: float, least: float
) -> bool:
    if before is None or after is None:
        return False
    low, high = sorted((before, after))
    return high - low >= least and high >= low * ratio and high > low


def _joint_quantile(before: Latencies, after: Latencies, fraction: float) -> int:
    """Return the quantile of both sides together, by nearest rank."""
    counts = sorted([*before.items(), *after.items()])
    left = fraction * (before.count + after.count)
    for value, count in counts:
        left -= count
        if left <= 0:
            return value
    return counts[-1][0]


def _beyond(latencies: Latencies, limit: int) -> int:
    return sum(count for value, count in latencies.items() if value >= limit)


def _mean(numbers: Latencies) -> float | None:
    total = sum(value * count for value, count in numbers.items())
    return total / numbers.count if numbers.count else None
