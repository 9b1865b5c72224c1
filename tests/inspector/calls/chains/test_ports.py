from __future__ import annotations

from inspector.calls.chains import ports
from inspector.calls.chains.notes import EVENT_NS, LATE_NS
from inspector.calls.chains.ports import Busy, Port, both, learn, may_be_of


def test_time_in_which_calls_overlap_counts_once() -> None:
    busy = Busy()
    for begin_ns, end_ns in ((0, 10), (5, 8), (8, 20), (30, 40)):
        busy.add(begin_ns, end_ns)

    assert busy.busy_ns == 30


def test_who_has_answered_may_send_something_for_a_while() -> None:
    busy = Busy()
    busy.add(0, 10)

    assert busy.may_send(10 + LATE_NS)
    assert not busy.may_send(11 + LATE_NS)
    assert busy.has_just_ended(11)
    assert not busy.has_just_ended(10)
    assert not busy.has_just_ended(11 + LATE_NS)


def test_who_has_had_an_event_may_send_something_for_longer() -> None:
    busy = Busy()
    busy.event_ns = 5

    assert busy.may_send(5 + EVENT_NS)
    assert not busy.may_send(6 + EVENT_NS)


def test_those_remain_that_were_seen_each_time() -> None:
    assert both(None, {"a", "b"}) == {"a", "b"}
    assert both({"a"}, {"a", "b"}) == {"a"}


def test_values_are_bounded_and_show_the_most_that_they_did() -> None:
    flows: dict[str, dict[str, int]] = {}
    for number in range(ports.MOST_FLOWS + 5):
        learn(flows, "a", str(number), 1)
        learn(flows, str(number), "x", 1)
    learn(flows, "a", "0", 2)
    learn(flows, "a", "0", 1)

    assert len(flows) == len(flows["a"]) == ports.MOST_FLOWS
    assert flows["a"]["0"] == 2


def test_a_port_may_be_of_who_might_have_sent_all_and_handled_nothing() -> None:
    port = Port(1, 0)

    assert may_be_of(port, "a")

    port.possible, port.handlers = {"a", "b"}, {"b"}

    assert [may_be_of(port, each) for each in "abc"] == [True, False, False]
