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


def test_what_was_quiet_for_a_second_is_told_and_not_before() -> None:
    hops = Hops()
    hops.hand_in(hops.connect(), event())
    hops.elapse(SECOND - 1)
    assert hops.exchanges == []
    hops.elapse(1)

    assert len(hops.exchanges) == 1


def test_the_first_is_told_though_a_later_one_is_not_due() -> None:
    hops = Hops()
    sender = hops.connect()
    hops.hand_in(sender, event(1))
    hops.elapse(SECOND // 2)
    hops.hand_in(sender, event(2))
    hops.elapse(SECOND // 2)

    assert [each.number for each in hops.exchanges] == [1]


def test_who_lost_its_connection_is_awaited_for_ten_seconds() -> None:
    hops, one = _asked()
    hops.close(one.stands_on)
    for _ in range(9):
        hops.elapse(SECOND)
    assert hops.exchanges == []
    hops.elapse(2 * SECOND)

    assert len(hops.exchanges) == 1


def test_what_was_told_meanwhile_is_not_told_again_when_it_would_be_due() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.tend(caller, "SUB", "a", opens=True)
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"))
    hops.hand_in(handler, reply("a"), correlation="a")
    hops.hand_out(caller, reply("a"), correlation="a")
    assert len(hops.book.memory.coming) == 1
    hops.tend(caller, "UNSUB", "a")
    hops.elapse(3 * SECOND)

    assert [each.number for each in hops.exchanges] == [1]
    assert not hops.book.memory.coming
