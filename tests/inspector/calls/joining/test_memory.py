"""Few exchanges are open, few are remembered, and each is found by its correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome
from inspector.calls.joining.memory import MAX_ALIKE, MAX_CROWD, QUIET_NS, Memory
from tests.inspector.calls.joining.hops import Hops, request, to

if TYPE_CHECKING:
    from inspector.calls.joining.joined import Joined


def _joined(hops: Hops) -> Joined:
    *_, last = hops.book.memory.open.values()
    return last


def _call(hops: Hops) -> Joined:
    hops.hand_in(hops.connect(), request("a"), **to("a"))
    return _joined(hops)


def _fresh(memory: Memory, joined: Joined) -> Joined | None:
    """Take in one that another memory holds already."""
    return memory.add(joined)


def test_the_oldest_goes_where_too_many_are_open() -> None:
    hops, memory = Hops(), Memory(most_open=2)
    calls = [_call(hops) for _ in range(3)]

    assert [_fresh(memory, each) for each in calls] == [None, None, calls[0]]
    assert list(memory.open) == [1, 2, 3]


def test_the_last_that_were_told_are_remembered() -> None:
    hops, memory = Hops(), Memory(most_remembered=1)
    calls = [_call(hops) for _ in range(2)]
    for each in calls:
        memory.add(each)
        memory.correlate(each, "key", "id")
    assert memory.calls("key") == calls
    assert list(memory.close(calls[0])) == []
    assert memory.calls("key") == calls
    assert list(memory.close(calls[1])) == [calls[0]]

    assert [each.forgotten for each in calls] == [True, False]
    assert memory.calls("key") == calls[1:]
    assert memory.calls("other") == []


def test_those_with_one_correlation_make_room_once_they_are_told() -> None:
    hops, memory = Hops(), Memory()
    calls = [_call(hops) for _ in range(MAX_ALIKE + 2)]
    for each in calls:
        memory.add(each)
    for each in calls[:MAX_ALIKE]:
        memory.correlate(each, "key", "id")
    list(memory.close(calls[3]))
    memory.correlate(calls[-2], "key", "id")
    assert memory.calls("key") == [*calls[:3], *calls[4:-1]]
    memory.correlate(calls[-1], "key", "id")  # all go on

    assert len(memory.calls("key")) == MAX_ALIKE + 1


def test_a_crowd_with_one_correlation_is_not_looked_at_as_a_whole() -> None:
    hops, memory = Hops(), Memory()
    calls = [_call(hops) for _ in range(MAX_CROWD + 1)]
    for each in calls:
        memory.add(each)
        memory.correlate(each, "key", "id")

    assert memory.calls("key") == calls[1:]
    assert len(memory.open) == MAX_CROWD + 1


def test_a_connection_knows_what_its_end_concerns() -> None:
    hops, memory = Hops(), Memory()
    call, other = _call(hops), _call(hops)
    first, caller = call.stands_on, hops.connect()
    for each in (call, other):
        memory.add(each)
    assert memory.standing_on(first) == [call]
    memory.place(call, caller)
    assert (memory.standing_on(first), memory.standing_on(caller)) == ([], [call])
    memory.place(call, caller)
    list(memory.close(call))

    assert memory.standing_on(caller) == []
    assert memory.standing_on(other.stands_on) == [other]


def test_what_is_due_is_looked_for_when_it_may_be_over() -> None:
    hops, memory = Hops(), Memory()
    call = _call(hops)
    memory.add(call)
    call.last_ns = 5
    assert not memory.coming
    memory.expect(call, 5)
    memory.expect(call, 7)
    assert memory.coming[0][0] == 5 + QUIET_NS
    assert list(memory.due(4 + QUIET_NS)) == []
    assert list(memory.due(5 + QUIET_NS)) == []  # it is not known how it ends
    assert (call.awaited, len(memory.coming)) == (False, 0)

    call.outcome = Outcome.COMPLETED
    memory.expect(call, 5)
    call.last_ns = 6
    assert list(memory.due(5 + QUIET_NS)) == []
    assert memory.coming[0][0] == 5 + 2 * QUIET_NS
    assert list(memory.due(5 + 2 * QUIET_NS)) == [call]
    assert not memory.coming


def test_what_is_said_to_end_often_is_looked_at_once() -> None:
    hops = Hops()
    caller = hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    for _ in range(100):
        hops.tend(caller, "UNSUB", "a")

    assert len(hops.book.memory.coming) == 1
