"""Conversations that a carrier reads, and what may happen to their bytes.

::

    Turn, Turn … ─► joined      what one side says at a stretch, in one piece
                 ─► cut         the same bytes in other pieces
                 ─► interleaved the same bytes of each side, in another order
                 ─► noisy       bytes that are changed, missing, doubled, or random
                 ─► losses_in   bytes of one side that a capture may lack
"""

from __future__ import annotations

from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING, TypeAlias

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

    from .base import Side, Unit

_CUTS = 8  # ways to cut a conversation at random
_LOSSES = 16
_MOST_CUTS = 6  # of one way
_NOISE = 24  # bytes that are put in at most


class Turn(NamedTuple):
    """Consecutive bytes of one side, before the other says something."""

    side: Side
    data: bytes


class Loss(NamedTuple):
    """Bytes of one side that are missing: from a place to the one after the last."""

    side: Side
    begin: int
    end: int


Conversation: TypeAlias = "Sequence[Turn]"


def stream(conversation: Conversation, side: Side) -> bytes:
    """Return all that one side says."""
    return b"".join(turn.data for turn in conversation if turn.side == side)


def joined(conversation: Conversation) -> list[Turn]:
    """Return turns of which no two that follow each other are of one side."""
    return [
        Turn(side, b"".join(turn.data for turn in turns))
        for side, turns in groupby(conversation, key=lambda turn: turn.side)
    ]


def cut(conversation: Conversation, places: Iterable[int]) -> list[Turn]:
    """Return the turns cut at places in the bytes of all of them together."""
    turns, begin = [], 0
    wanted = sorted(set(places))
    for side, data in joined(conversation):
        end = begin + len(data)
        inside = [place for place in wanted if begin < place < end]
        edges = [0, *(place - begin for place in inside), len(data)]
        turns += [
            Turn(side, data[low:high]) for low, high in pairwise(edges) if low < high
        ]
        begin = end
    return turns


def interleaved(turns: Sequence[Turn]) -> list[Turn]:
    """Return the same bytes of each side, where each side begins before the other ends.

    The first byte of a turn comes before the last of the turn before it, as it may on a
    connection, where both sides speak when they like.
    """
    mixed: list[Turn] = []
    for turn in turns:
        side, data = turn
        last = mixed[-1] if mixed else turn
        if last.side == side or min(len(data), len(last.data)) == 1:
            mixed.append(turn)
            continue
        mixed[-1:] = [
            Turn(last.side, last.data[:-1]),
            Turn(side, data[:1]),
            Turn(last.side, last.data[-1:]),
            Turn(side, data[1:]),
        ]
    return mixed


def ways_to_cut(
    conversation: Conversation, units: Iterable[Unit], random: Random
) -> Iterator[list[int]]:
    """Yield places to cut at: those of the turns, of the units, every byte, any."""
    size = sum(len(turn.data) for turn in conversation)
    yield list(accumulate(len(turn.data) for turn in conversation))
    yield _ends(conversation, units)
    yield list(range(size))
    for _ in range(_CUTS):
        most = min(_MOST_CUTS, size)
        yield sorted(random.sample(range(size), random.randint(0, most)))


def _ends(conversation: Conversation, units: Iterable[Unit]) -> list[int]:
    """Return where units end in the bytes of all turns together."""
    wanted = {(unit.side, unit.end) for unit in units}
    ends, begin, passed = [], 0, [0, 0]
    for side, data in conversation:
        inside = range(passed[side] + 1, passed[side] + len(data) + 1)
        ends += [
            begin + place - passed[side] for place in inside if (side, place) in wanted
        ]
        passed[side] += len(data)
        begin += len(data)
    return ends


def noisy(conversation: Conversation, random: Random) -> Iterator[Turn]:
    """Yield turns in pieces, some with changes, and some of nothing but noise."""
    for side, data in conversation:
        piece = data
        for _ in range(random.choice((0, 0, 1, 1, 2, 4))):
            piece = _mutated(piece, random)
        who = 1 - side if random.random() < 0.05 else side  # noqa: PLR2004 — seldom
        yield from (Turn(who, each) for each in pieces(piece, 1, random))


def _mutated(data: bytes, random: Random) -> bytes:
    low, high = sorted(random.choices(range(len(data) + 1), k=2))
    noise = random.randbytes(random.randint(0, _NOISE))
    changed = {
        "replaced": noise,
        "missing": b"",
        "doubled": data[low:high] * 2,
        "reversed": data[low:high][::-1],
        "in front": noise + data[low:high],
    }
    return data[:low] + random.choice(list(changed.values())) + data[high:]


def pieces(data: bytes, least: int, random: Random) -> Iterator[bytes]:
    """Yield some bytes in pieces of at least so many, but for the last."""
    place = 0
    while place < len(data):
        size = random.randint(max(least, 1), max(least, len(data)))
        yield data[place : place + size]
        place += size


def losses_in(conversation: Conversation, random: Random) -> Iterator[Loss]:
    """Yield bytes that may be missing: the first of a side, or any."""
    for side in sorted({turn.side for turn in conversation}):
        size = len(stream(conversation, side))
        yield Loss(side, 0, 1)
        for _ in range(_LOSSES if size > 1 else 0):
            begin, end = sorted(random.sample(range(size + 1), 2))
            yield Loss(side, begin, end)
