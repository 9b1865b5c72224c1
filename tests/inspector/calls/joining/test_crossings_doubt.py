"""Where the next like event of a destination may be another one, that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from inspector.calls.joining.crossings import PROMPT_NS, Delivery, Like
from tests.inspector.calls.joining.hops import Hops, event
from tests.inspector.calls.joining.test_crossings import (
    EARLIEST,
    gapped,
    joined_event,
    like_events,
)

if TYPE_CHECKING:
    from inspector.calls.joining.joined import Joined


def _whole(destination: str, time_ns: int, gaps: int = 0) -> Delivery:
    """Return a delivery on a connection that is known from its beginning."""
    return Delivery(destination, time_ns, EARLIEST, gaps)


def test_doubt_lasts_as_long_as_a_broker_takes_to_hand_on_what_it_has() -> None:
    like, events = like_events(1)
    hops = Hops()
    assert like.hand_out(_whole("a", 1)) is events[0]
    for time_ns in (PROMPT_NS, PROMPT_NS * 3 // 2, PROMPT_NS * 4, PROMPT_NS * 6):
        events.append(joined_event(hops))
        like.hand_in(time_ns, events[-1])
        assert like.hand_out(_whole("a", time_ns + 1, gaps=1)) is events[-1]

    assert gapped(events) == [False, True, True, False, False]


def test_one_that_begins_with_who_is_in_doubt_is_in_doubt_for_others_too() -> None:
    like, (first, second) = like_events(2)
    assert like.hand_out(_whole("a", 1)) is first
    assert like.hand_out(_whole("b", 1)) is first
    assert like.hand_out(_whole("b", 1)) is second
    assert like.hand_out(_whole("a", 2, gaps=1)) is second
    begun = joined_event(Hops())
    like.begin(_whole("a", 3, gaps=1), begun)
    assert gapped([first, begun]) == [False, False]

    assert like.hand_out(_whole("b", 4)) is begun
    assert gapped([first, begun]) == [False, True]


@pytest.mark.parametrize("opened_ns", [0, EARLIEST])
def test_where_a_capture_begins_two_may_have_had_different_ones(opened_ns: int) -> None:
    like, begun = Like(), joined_event(Hops())
    like.begin(Delivery("a", 5, opened_ns, 0), begun)
    assert like.hand_out(Delivery("b", 6, opened_ns, 0)) is begun

    assert gapped([begun]) == [opened_ns == 0]


class _Event:
    """An event that counts how often doubt is said of any."""

    said = 0
    place, forgotten, exchange = 0, False, None

    def make(self) -> _Event:
        _Event.said += 1
        return self


def test_doubt_is_said_of_each_once_however_often_it_comes_up() -> None:
    like, count = Like(), 2_000
    _Event.said = 0
    for place in range(count):
        like.hand_in(place, cast("Joined", _Event()))
    for gaps in range(1, count):
        like.hand_out(_whole("a", count, gaps=gaps))

    assert _Event.said <= 3 * count


@pytest.mark.parametrize("group", ["workers", None])
@pytest.mark.parametrize("early", [True, False])
def test_of_a_group_another_may_have_had_what_is_missing(
    group: str | None, *, early: bool
) -> None:
    hops = Hops()
    sender, taking, other = (hops.connect(opened_ns=1) for _ in range(3))
    for _ in range(2):
        hops.hand_in(sender, event())
    if early:
        hops.lose(other.directions[1])
    hops.hand_out(taking, event(), destination=group)
    if not early:
        hops.lose(other.directions[1])
    hops.elapse()

    assert [each.gapped for each in hops.exchanges] == [
        bool(group),
        bool(group and early),
    ]
