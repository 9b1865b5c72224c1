from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Idle
from inspector.carriers.samples import (
    Loss,
    Turn,
    cut,
    interleaved,
    joined,
    losses_in,
    noisy,
    pieces,
    stream,
    ways_to_cut,
)

TALK = [Turn(0, b"abc"), Turn(0, b"d"), Turn(1, b"wxyz"), Turn(0, b"ef")]


def _random(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 — no secret depends on it


def _streams(turns: list[Turn]) -> tuple[bytes, bytes]:
    return stream(turns, 0), stream(turns, 1)


def test_turns_of_one_side_are_joined_until_the_other_speaks() -> None:
    assert joined(TALK) == [(0, b"abcd"), (1, b"wxyz"), (0, b"ef")]
    assert stream(TALK, 0) == b"abcdef"


def test_places_to_cut_at_count_all_bytes_together() -> None:
    assert cut(TALK, [2, 5, 5, 9]) == [
        (0, b"ab"),
        (0, b"cd"),
        (1, b"w"),
        (1, b"xyz"),
        (0, b"e"),
        (0, b"f"),
    ]
    assert cut(TALK, [0, 4, 8, 10, 99]) == joined(TALK)
    assert cut([Turn(0, b"")], [0]) == []


def test_a_side_may_begin_before_the_other_ends() -> None:
    assert interleaved(joined(TALK)) == [
        (0, b"abc"),
        (1, b"w"),
        (0, b"d"),
        (1, b"xy"),
        (0, b"e"),
        (1, b"z"),
        (0, b"f"),
    ]


def test_what_has_one_byte_stays_where_it_is() -> None:
    turns = [Turn(0, b"a"), Turn(1, b"bc"), Turn(0, b"d"), Turn(0, b"ef")]

    assert interleaved(turns) == turns


@given(
    st.lists(st.builds(Turn, st.integers(0, 1), st.binary(min_size=1)), max_size=6),
    st.sets(st.integers(0, 40)),
)
def test_no_way_to_cut_loses_a_byte(turns: list[Turn], places: set[int]) -> None:
    assert _streams(cut(turns, places)) == _streams(turns)
    assert _streams(interleaved(turns)) == _streams(turns)


def test_ways_to_cut_are_turns_units_bytes_and_some_at_random() -> None:
    units = [
        Idle(side=0, begin=0, end=2, verb=""),
        Idle(side=0, begin=2, end=5, verb=""),
        Idle(side=1, begin=0, end=4, verb=""),
    ]
    ways = list(ways_to_cut(TALK, units, _random()))

    assert ways[:3] == [[3, 4, 8, 10], [2, 8, 9], list(range(10))]
    assert ways == list(ways_to_cut(TALK, units, _random()))
    assert ways[3:] != list(ways_to_cut(TALK, units, _random(2)))[3:]
    assert max(map(len, ways[3:])) <= 6 < len({tuple(way) for way in ways})


def test_noise_is_pieces_of_what_was_said_and_other_bytes() -> None:
    random = _random()
    heard = [list(noisy(TALK, random)) for _ in range(200)]
    bytes_heard = [_streams(turns) for turns in heard]

    assert all(turn.data for turns in heard for turn in turns)
    assert _streams(TALK) in bytes_heard
    assert any(len(first) > 20 for first, _ in bytes_heard)
    assert any(len(first) < 4 for first, _ in bytes_heard)
    assert {turn.side for turns in heard for turn in turns[:1]} == {0, 1}


@pytest.mark.parametrize("least", [1, 3, 64])
def test_pieces_have_a_least_size_but_for_the_last(least: int) -> None:
    data = bytes(range(100))
    for seed in range(20):
        found = list(pieces(data, least, _random(seed)))

        assert b"".join(found) == data
        assert all(len(piece) >= least for piece in found[:-1])


def test_pieces_of_nothing_are_none_and_none_is_empty() -> None:
    assert list(pieces(b"", 1, _random())) == []
    assert all(pieces(b"abc", 0, _random()))


def test_any_bytes_of_either_side_may_be_lost() -> None:
    losses = list(losses_in(TALK, _random()))

    assert losses[0] == Loss(0, 0, 1)
    assert {loss.side for loss in losses} == {0, 1}
    for side, begin, end in losses:
        assert 0 <= begin < end <= len(stream(TALK, side))


def test_of_one_byte_one_can_be_lost() -> None:
    assert list(losses_in([Turn(1, b"a")], _random())) == [Loss(1, 0, 1)]
