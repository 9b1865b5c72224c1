"""Which connections of several captures are one, seen with other addresses.

::

    trails ─► pairs that may be one ─► their packets ─► those that are
              ranges of numbers         by content

A proxy that ends TCP has a connection of its own to the server, with numbers of its
own: both count, as in one capture. What is one counts as its client sees it, before
addresses are translated; who is nearer to the client, packets of both ways show, by
whatever clocks: what the client sends comes there first, what the server sends last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from heapq import nsmallest
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from inspector.tcp.segments import endpoints

from .joined import Joined
from .trails import Readdressed, Trail
from .witnesses import Question, Seen, Witnesses, witnesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .crews import Crew
    from .sources import Source
    from .tasks import Work

MOST_PAIRS = 20_000
"""Pairs of connections whose packets are compared."""
_MOST_OPEN = 2_000
"""Connections that one is compared with, by the numbers of its client."""
_TOLERANCE_NS = 3_600_000_000_000
"""What clocks may differ by, for connections to be compared at all."""
_STEADY_NS = 2_000_000_000
"""What two clocks may gain on each other while a connection lasts."""
_ENOUGH = 3
"""Packets of both views that suffice; of fewer, half of those of either view."""
_RANGE = 1 << 32


class Sighting(msgspec.Struct, frozen=True):
    """A connection as a source has it.

    Attributes:
        source: The name of the source.
        trail: The connection.
    """

    source: str
    trail: Trail


class _Pair(msgspec.Struct, frozen=True):
    """Two sightings that may be of one connection, and the bytes that both have."""

    one: Sighting
    other: Sighting
    starts: tuple[int, int]
    sizes: tuple[int, int]


def readdressed(
    work: Work,
    sources: Mapping[str, Source],
    trails: Mapping[str, Sequence[Trail]],
    crew: Crew,
) -> list[Readdressed]:
    """Return the connections of which some were seen with other addresses.

    Args:
        work: Of the run.
        sources: Name → source.
        trails: Name → what is known of its connections.
        crew: Who reads the sources once more, if some may be the same.
    """
    pairs = possible_pairs(trails)
    if not pairs:
        return []
    asked: defaultdict[str, list[Question]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        for place, each in enumerate((pair.one, pair.other)):
            question = Question(
                2 * number + place, each.trail.flow, pair.starts, pair.sizes
            )
            asked[each.source].append(question)
    tasks = {
        name: (work, sources[name], asked[name]) for name in sources if asked[name]
    }
    answers: dict[int, Witnesses] = {}
    for _, of_source in crew.results(witnesses, tasks):
        answers |= of_source
    if crew.interrupted:
        return []
    found = [(answers[2 * n], answers[2 * n + 1]) for n in range(len(pairs))]
    return told(pairs, found)


def possible_pairs(trails: Mapping[str, Sequence[Trail]]) -> list[_Pair]:
    """Return pairs of connections with other addresses, and numbers in common."""
    ranges = sorted(
        (start, end, name, place)
        for name, known in trails.items()
        for place, trail in enumerate(known)
        for start, end in _ranges(trail.starts[0], trail.sizes[0])
    )
    open_ones: list[tuple[int, Sighting]] = []
    pairs: dict[tuple[Sighting, Sighting], _Pair] = {}
    most = 2 * MOST_PAIRS
    for start, end, name, place in ranges:
        own = Sighting(name, trails[name][place])
        open_ones = [each for each in open_ones if each[0] >= start][-_MOST_OPEN:]
        for _, other in open_ones:
            pair = _pair(other, own)
            if pair is not None:
                pairs[pair.one, pair.other] = pair
        if len(pairs) > most:
            pairs = {(each.one, each.other): each for each in _likeliest(pairs)}
        open_ones.append((end, own))
    return _likeliest(pairs)


def _likeliest(pairs: Mapping[tuple[Sighting, Sighting], _Pair]) -> list[_Pair]:
    """Return those that are compared, if there are too many: not those by chance."""
    if len(pairs) <= MOST_PAIRS:
        return list(pairs.values())
    return nsmallest(MOST_PAIRS, pairs.values(), key=_apart)


def _apart(pair: _Pair) -> int:
    """Return how far apart the numbers of two views begin, or end, if that is less."""
    one, other = pair.one.trail, pair.other.trail
    begins = sum(map(_distance, one.starts, other.starts))
    ends = sum(map(_distance, _ends_of(one), _ends_of(other)))
    return min(begins, ends)


def _ends_of(trail: Trail) -> Iterator[int]:
    return map(sum, zip(trail.starts, trail.sizes, strict=True))


def _distance(one: int, other: int) -> int:
    ahead = (one - other) % _RANGE
    return min(ahead, _RANGE - ahead)


def _ranges(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers of a side from first to last, two ranges if they wrap."""
    end = start + min(size, _RANGE - 1)
    yield start, min(end, _RANGE - 1)
    if end >= _RANGE:
        yield 0, end - _RANGE


def _pair(one: Sighting, other: Sighting) -> _Pair | None:
    """Return what two sightings have in common; None if they are not one connection."""
    near, far = one.trail, other.trail
    if near.flow == far.flow or len(near.flow) != len(far.flow):
        return None
    if (
        near.first_ns - far.last_ns > _TOLERANCE_NS
        or far.first_ns - near.last_ns > _TOLERANCE_NS
    ):
        return None
    common = [
        _common(
            (near.starts[side], near.sizes[side]), (far.starts[side], far.sizes[side])
        )
        for side in (0, 1)
    ]
    if common[0] is None or common[1] is None:
        return None
    first, second = sorted((one, other), key=_place)
    starts, sizes = zip(*(each for each in common if each), strict=True)
    return _Pair(first, second, starts, sizes)


def _place(sighting: Sighting) -> tuple[str, bytes, tuple[int, int], int]:
    trail = sighting.trail
    return sighting.source, trail.flow, trail.starts, trail.first_ns


def _common(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int] | None:
    """Return where two ranges of numbers begin that both have, and how long that is."""
    for (start, size), (later, its_size) in ((one, other), (other, one)):
        ahead = (later - start) % _RANGE
        if ahead <= size:
            return later, min(size - ahead, its_size)
    return None


# decision 201: A connection behind translated addresses is known by its content
def told(
    pairs: Sequence[_Pair], answers: Iterable[tuple[Witnesses, Witnesses]]
) -> list[Readdressed]:
    """Return what was seen with other addresses, by the packets of each pair."""
    joined: Joined[Sighting] = Joined()
    nearer: Counter[tuple[bytes, bytes]] = Counter()
    for pair, (ones, others) in zip(pairs, answers, strict=True):
        shared = _shared(ones, others)
        if len(shared) < _ENOUGH and (
            not shared or 2 * len(shared) < min(len(ones), len(others))
        ):
            continue
        joined.join(pair.one, pair.other)
        ends = _ends(pair.one.trail.flow, pair.other.trail.flow)
        nearer[ends] += (way := _first(shared))
        nearer[ends[1], ends[0]] -= way
    return [
        Readdressed(each.trail, nearest, _client(nearest) + _at_server(nearest, last))
        for group in joined.groups()
        for nearest, *_, last in [_by_way({e.trail.flow for e in group}, nearer)]
        for each in group
    ]


def _at_server(near: bytes, far: bytes) -> bytes:
    """Return what follows the address of the client in a flow, as the server has it."""
    return _server(far)[:-2] + near[-4:-2] + far[-2:]


def _shared(ones: Witnesses, others: Witnesses) -> dict[Seen, int]:
    """Return packets of both → how much later the other has them, by its clock."""
    found = {each: others[each] - ones[each] for each in ones if each in others}
    if not found:
        return {}
    middle = median(found.values())
    return {
        each: later
        for each, later in found.items()
        if abs(later - middle) <= _STEADY_NS
    }


def _first(shared: Mapping[Seen, int]) -> int:
    """Return 1 if the first view of a pair is nearer to the client, −1 if it is not."""
    ways: defaultdict[bool, list[int]] = defaultdict(list)
    for each, later in shared.items():
        ways[each[0]].append(later)
    if not (ways[True] and ways[False]):
        return 0
    away = median(ways[True]) - median(ways[False])
    return (away > 0) - (away < 0)


def _ends(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Return what translation has replaced, but for the ports that clients get."""
    servers = _server(one), _server(other)
    return servers if servers[0] != servers[1] else (_client(one), _client(other))


def _server(flow: bytes) -> bytes:
    return flow[(len(flow) - 4) // 2 : -4] + flow[-2:]


def _client(flow: bytes) -> bytes:
    return flow[: (len(flow) - 4) // 2]


def _by_way(
    flows: set[bytes], nearer: Mapping[tuple[bytes, bytes], int]
) -> list[bytes]:
    """Return the flows of a connection, that which is nearest to its client first."""

    def before(flow: bytes) -> int:
        """Return how many others are nearer to the client."""
        return sum(nearer.get(_ends(each, flow), 0) > 0 for each in flows - {flow})

    return sorted(flows, key=lambda flow: (before(flow), flow))


def ends_of(found: Iterable[Readdressed]) -> Counter[tuple[str, str]]:
    """Return an end as it counts, and as it was seen → how many connections.

    Clients are hosts alone: each connection of one has a port of its own.
    """
    counted: Counter[tuple[str, str]] = Counter()
    once = {
        (each.flow, each.trail.flow, each.trail.starts)
        for each in found
        if each.trail.flow != each.flow
    }
    for counts, seen, _ in once:
        (client, server), (other, at) = endpoints(counts), endpoints(seen)
        if client.host != other.host:
            counted[client.host, other.host] += 1
        if server != at:
            counted[str(server), str(at)] += 1
    return counted
