"""How the clocks of several captures differ, by the packets that they have in common.

::

    delta │            ·  · ··       to the right: sent by one side, seen later by
          │  ·· · ·  ──────────      the second capture; to the left: by the other side
          │ ───────────    ·· ·      offset: amid both; drift: the slope
          └─────────────────── time

A packet takes time from one point to the other. Half of them go either way, and the
offset is the middle between both medians, as with NTP (RFC 5905, section 8).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.sources.files import is_read_once, read_capture
from inspector.streams.clocks import Clock
from protocol.named_tuple import NamedTuple

from .prints import Print, Sighted, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from inspector.sources.reading import Reading
    from inspector.sources.records import PacketRecord

_SAMPLED, _LEAST_SAMPLED = 65_536, 512
"""Packets that are compared, of all captures together, and of each at least."""
LEAST_SHARED = 3
"""Packets that two captures must share; a handshake has as many."""
_PARTS, _PART_SIZE = 32, 4
"""Parts of a capture of which the slope is taken, at most, and packets in each."""
_FEWEST_PARTS = 4
_DISTINCT = 4
"""A drift counts where it exceeds what packets usually differ by so often."""


class Difference(NamedTuple):
    """A packet that two captures saw.

    Attributes:
        time_ns: When, by the clock that is looked for.
        delta_ns: How much later than by the clock that leads.
        forward: Whether it went from the lower of its two ends to the higher.
    """

    time_ns: int
    delta_ns: int
    forward: bool


def align(names: Sequence[str], reading: Reading) -> list[Clock]:
    """Return the clocks of some captures; those that share no packet lead themselves.

    Args:
        names: The captures; a pipe is not looked at, since it is read once.
        reading: Of which this is a part, to be stopped.
    """
    most = max(_SAMPLED // len(names), _LEAST_SAMPLED)
    samples = [
        {} if is_read_once(name) else sample(_readable(name, reading), most)
        for name in names
    ]
    return compare(names, samples)


def compare(
    names: Sequence[str], samples: Sequence[Mapping[Print, Sighted]]
) -> list[Clock]:
    """Return the clocks of captures by the packets that were found in each.

    A capture is compared with the one that it shares most with, of those that are known
    already; the first given leads.
    """
    clocks = [Clock(name) for name in names]
    shared = _shared(samples)
    known: set[int] = set()
    for first in range(len(names)):
        if first in known:
            continue
        group = {first}
        while (pair := _closest(shared, group)) is not None:
            near, far = pair
            clocks[far] = _fitted(clocks, samples, near, far)
            clocks[far].leading = names[first]
            group.add(far)
        known |= group
    return clocks


def fit(differences: Sequence[Difference]) -> Clock:
    """Return the clock, without a name, that differences between two show."""
    at_ns = round(_median(each.time_ns for each in differences))
    drift = _drift(differences, at_ns)
    rest = [
        each._replace(delta_ns=each.delta_ns - round(drift * (each.time_ns - at_ns)))
        for each in differences
    ]
    medians = _ways(rest).values()
    offset = round(sum(medians) / len(medians))
    away = sorted(abs(each.delta_ns - offset) for each in rest)
    return Clock(
        "",
        offset_ns=offset,
        drift=drift,
        at_ns=at_ns,
        spread_ns=away[len(away) * 19 // 20],
        transit_ns=round((max(medians) - min(medians)) / 2),
    )


def _readable(name: str, reading: Reading) -> Iterator[PacketRecord]:
    """Yield what can be read of a capture; inspecting it reports the problem."""
    try:
        for record in read_capture(name):
            if reading.stopped:
                return
            yield record
    except InspectorError:
        return


def _shared(samples: Sequence[Mapping[Print, Sighted]]) -> Counter[tuple[int, int]]:
    """Return pair of captures → packets that both saw, where those are enough."""
    holders: defaultdict[Print, list[int]] = defaultdict(list)
    for place, found in enumerate(samples):
        for each in found:
            holders[each].append(place)
    pairs: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        pairs.update(combinations(places, 2))
    return Counter({pair: n for pair, n in pairs.items() if n >= LEAST_SHARED})


def _closest(
    shared: Counter[tuple[int, int]], group: set[int]
) -> tuple[int, int] | None:
    """Return one of a group, and the capture outside it that shares most with it."""
    for (one, other), _ in shared.most_common():
        if (one in group) != (other in group):
            return (one, other) if one in group else (other, one)
    return None


def _fitted(
    clocks: Sequence[Clock],
    samples: Sequence[Mapping[Print, Sighted]],
    near: int,
    far: int,
) -> Clock:
    leading, known, found = clocks[near], samples[near], samples[far]
    clock = fit(
        [
            Difference(
                seen.time_ns,
                seen.time_ns - leading.leading_ns(known[each].time_ns),
                seen.forward,
            )
            for each, seen in found.items()
            if each in known
        ]
    )
    clock.name = clocks[far].name
    return clock


def _median(values: Iterable[float]) -> float:
    """Return the median; ``statistics`` would be loaded for one capture, too."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _ways(differences: Sequence[Difference]) -> dict[bool, float]:
    """Return each way that packets went → the median of what they show."""
    ways: defaultdict[bool, list[int]] = defaultdict(list)
    for each in differences:
        ways[each.forward].append(each.delta_ns)
    return {forward: _median(deltas) for forward, deltas in ways.items()}


def _drift(differences: Sequence[Difference], at_ns: int) -> float:
    """Return the slope (Theil and Sen), 0 if it is not significant."""
    ways = _ways(differences)
    points = sorted(
        (each.time_ns - at_ns, each.delta_ns - ways[each.forward])
        for each in differences
    )
    parts = min(_PARTS, len(points) // _PART_SIZE)
    if parts < _FEWEST_PARTS:
        return 0.0
    size = len(points) / parts
    middles = [
        (_median(x for x, _ in part), _median(y for _, y in part))
        for number in range(parts)
        if (part := points[round(number * size) : round((number + 1) * size)])
    ]
    slopes = [
        (y2 - y1) / (x2 - x1)
        for (x1, y1), (x2, y2) in combinations(middles, 2)
        if x2 > x1
    ]
    slope = _median(slopes) if slopes else 0.0
    spread = _median(abs(y - slope * x) for x, y in points)
    gained = abs(slope) * (points[-1][0] - points[0][0])
    return slope if gained > _DISTINCT * spread else 0.0
