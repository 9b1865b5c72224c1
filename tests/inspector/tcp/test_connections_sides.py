"""Which connection a segment is of, and what was captured of either side."""

from __future__ import annotations

import pytest

from inspector.streams.flags import TcpFlag
from inspector.tcp.connections import Connection, Direction
from inspector.tcp.segments import Segment
from tests.inspector.tcp.segments import FLOW, connection, opened, segment

_SYN, _ACK, _RST, _FIN = TcpFlag.SYN, TcpFlag.ACK, TcpFlag.RST, TcpFlag.FIN
_FAR = 1 << 24


def _known(
    *, first: int | None = None, second: int | None = None, read: int = 0
) -> Direction:
    """Return the first direction of a connection of which some numbers are known."""
    made = connection()
    for direction, seq in zip(made.directions, (first, second), strict=True):
        if seq is not None:
            direction.begin(seq, from_start=True)
            direction.advance(read)
    return made.directions[0]


@pytest.mark.parametrize(
    ("distance", "near"), [(0, True), (1 - _FAR, True), (_FAR, False), (-_FAR, False)]
)
def test_numbers_that_go_on_are_of_the_same_connection(
    distance: int, *, near: bool
) -> None:
    sends, hears = _known(first=1_000, read=500), _known(second=5_000, read=500)
    both = _known(first=1_000, second=5_000, read=500)

    assert sends.continues(segment(1_500 + distance)) is near
    assert hears.continues(segment(0, ack=5_500 + distance)) is near
    assert both.continues(segment(1_500 + distance, ack=5_500)) is near
    assert both.continues(segment(1_500, ack=5_500 + distance)) is near


def test_an_ack_counts_only_where_there_is_one() -> None:
    both = _known(first=1_000, second=5_000)

    assert both.continues(segment(1_000, ack=5_000 + _FAR, flags=0))
    assert not _known(second=5_000).continues(segment(0, ack=5_000, flags=0))
    assert not _known().continues(segment(0, ack=0))


def test_a_syn_goes_on_with_a_connection_that_began_with_it() -> None:
    assert _known(first=1_000).continues(segment(999, flags=_SYN))
    assert _known(first=0).continues(segment(-1, flags=_SYN))
    for seq in (998, 1_000, 1_001):
        assert not _known(first=1_000).continues(segment(seq, flags=_SYN))
    # Of an answer whose side is not known the ACK has to do.
    assert _known(second=5_000).continues(segment(7, ack=5_000, flags=_SYN | _ACK))


def test_an_end_that_is_pending_is_one_for_a_side_that_was_heard() -> None:
    answer = segment(77_777, flags=_SYN | _ACK)
    made, first, _ = opened()
    assert not first.begins_anew(answer)
    made.pending = segment(0)
    assert first.begins_anew(answer)
    first.heard = False
    assert not first.begins_anew(answer)


@pytest.mark.parametrize(
    ("flags", "established"),
    [
        (_SYN, False),
        (_RST, False),
        (_RST | _ACK, False),
        (_SYN | _ACK, True),
        (_ACK, True),
        (_FIN | _ACK, True),
        (0, True),
    ],
)
def test_what_a_side_says_after_the_first_syn_establishes_a_connection(
    flags: int, *, established: bool
) -> None:
    made = connection()
    made.directions[0].hear(segment(0, flags=flags))

    assert made.established is established
    assert made.attempts == (flags == _SYN)


def test_each_attempt_counts_however_often_it_is_made() -> None:
    made = connection()
    for _ in range(3):
        made.directions[0].hear(segment(0, flags=_SYN))

    assert made.attempts == 3


def test_what_was_acknowledged_of_an_unheard_side_is_claimed() -> None:
    made = connection()
    first, second = made.directions
    first.hear(segment(0, ack=100))
    assert second.claimed == 0  # where it was taken to begin
    first.hear(segment(0, ack=150))
    first.hear(segment(0, ack=120))
    assert second.claimed == 50
    first.hear(segment(0, ack=180, flags=0))
    assert second.claimed == 50
    first.fin = 0
    first.hear(segment(0, ack=190))
    assert second.claimed == 50
    first.fin, second.heard = None, True
    first.hear(segment(0, ack=200))
    assert second.claimed == 50


@pytest.mark.parametrize(
    ("established", "heard", "read", "claimed", "fin", "lacks"),
    [
        (True, True, 0, 0, None, False),
        (True, True, 0, 10, None, True),
        (True, True, 10, 10, None, False),
        (True, True, 10, 20, 10, False),  # what is claimed may be damage
        (True, True, 10, 20, 11, True),
        (True, False, 0, 0, None, True),
        (False, False, 0, 0, None, False),
    ],
)
def test_a_side_is_lacking_that_was_not_heard_or_not_to_its_end(  # noqa: PLR0913
    read: int,
    claimed: int,
    fin: int | None,
    *,
    established: bool,
    heard: bool,
    lacks: bool,
) -> None:
    made, first, second = opened()
    made.established, first.heard = established, heard
    second.advance(read)
    second.claimed, second.fin = claimed, fin

    assert made.lacks_a_side is lacks


def test_what_is_ignored_has_no_ordinary_segment() -> None:
    made, first, second = opened()
    assert first.expected == 1_000
    made.ignore()

    assert made.ignored
    assert first.expected == second.expected == connection().directions[0].expected


def test_a_connection_knows_its_network_and_no_original() -> None:
    tagged = Segment(1, 0, FLOW + bytes([0, 0, 0, 0, 12]), 0, 0, _ACK, b"")

    assert connection().network == ""
    assert connection().original is None
    assert Connection(1, tagged).network != ""
