"""How much is kept of what goes on, and where a count begins."""

from __future__ import annotations

from inspector.calls.joining import joined
from inspector.calls.joining.joined import MAX_PENDING, Joined, Memory
from tests.inspector.calls.joining.hops import SECOND, Hops, event, reply, request, to


def test_the_limits_are_those_that_the_pages_name() -> None:
    assert (joined.QUIET_NS, joined.RECONNECT_NS) == (SECOND, 10 * SECOND)
    assert (joined.MAX_OPEN, joined.MAX_REMEMBERED) == (50_000, 20_000)
    assert joined.MAX_HELD == 128 * 1024 * 1024
    assert (joined.MAX_ALIKE, joined.MAX_CROWD) == (64, 1_024)
    assert (joined.MAX_PENDING, joined.MAX_HOPS) == (1_024, 10_000)


def _asked() -> tuple[Hops, Joined]:
    hops = Hops()
    caller = hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    (one,) = hops.book.memory.open.values()
    return hops, one


def test_replies_are_numbered_from_one() -> None:
    hops, one = _asked()
    handler = hops.connect()
    assert one.numbered == 0
    first = hops.hand_in(handler, reply("a", last=False), correlation="a")
    second = hops.hand_in(handler, reply("a", 2, last=False), correlation="a")

    assert (first.reply, second.reply, one.numbered) == (1, 2, 2)


def test_what_is_held_is_the_bytes_of_all_hops() -> None:
    memory = Memory()
    assert memory.held == 0
    hops = Hops(memory)
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), size=30, **to("a"))
    hops.hand_out(handler, request("a"), size=50, **to("a"))
    (one,) = memory.open.values()
    assert (one.held, memory.held) == (80, 80)
    hops.hand_in(caller, event(), size=7)
    assert memory.held == 87
    hops.end()

    assert memory.held == 0


def test_of_replies_that_wait_the_oldest_goes() -> None:
    hops, one = _asked()
    handler = hops.connect()
    for value in range(MAX_PENDING):
        hops.hand_in(handler, reply("a", value, last=False), correlation="a")
    before = list(one.pending)
    assert len(before) == MAX_PENDING
    hops.hand_in(handler, reply("a", "one more", last=False), correlation="a")

    assert len(one.pending) == MAX_PENDING
    assert one.pending[:-1] == before[1:]


def test_only_a_call_without_its_end_whose_caller_listens_waits() -> None:
    hops, one = _asked()
    waited = [one.waits]
    hops.tend(one.stands_on, "UNSUB", "a")
    waited.append(one.waits)
    assert waited == [True, False]

    hops, one = _asked()
    hops.hand_in(hops.connect(), reply("a"), correlation="a")
    waited = [one.waits]  # it has not reached the caller
    hops.hand_out(one.stands_on, reply("a"), correlation="a")
    waited.append(one.waits)
    hops.end()

    assert [*waited, one.waits] == [True, False, False]
