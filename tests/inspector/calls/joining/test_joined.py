"""What is kept of an exchange, and for how long."""

from __future__ import annotations

from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.joining.joined import MAX_HOPS, Joined, Pending
from inspector.calls.joining.memory import QUIET_NS
from inspector.calls.passages import Hop, Leg, Way
from inspector.streams.items import Closed
from tests.inspector.calls.joining.hops import (
    MILLISECOND,
    SECOND,
    Hops,
    event,
    reply,
    request,
    to,
)


def _joined(hops: Hops) -> Joined:
    *_, last = hops.book.memory.open.values()
    return last


def _asked(inbox: str = "a") -> tuple[Hops, Joined]:
    hops = Hops()
    hops.hand_in(hops.connect(), request(inbox), **to(inbox))
    return hops, _joined(hops)


def test_a_call_is_settled_once_nothing_more_is_to_come() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    settled = []
    hops.tend(caller, "SUB", "a", opens=True)
    hops.hand_in(caller, request("a"), **to("a"))
    joined = _joined(hops)
    settled.append(joined.settled)
    hops.hand_out(handler, request("a"), **to("a"))
    hops.hand_in(handler, reply("a"), channel="a", correlation="a")
    hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    settled.append(joined.settled)  # its UNSUB is still to come
    assert not hops.exchanges
    hops.tend(caller, "UNSUB", "a")

    assert settled == [False, False]
    assert [each.number for each in hops.exchanges] == [1]
    assert (joined.exchange, joined.passage, joined.caller) == (None, None, None)


def test_each_reason_to_wait_is_one() -> None:
    _, joined = _asked()
    passage = joined.passage
    assert passage is not None
    pending = Pending(reply("a"), passage.hops[0], 1)
    settled = [joined.settled]
    joined.outcome = Outcome.COMPLETED
    settled.append(joined.settled)
    for name, waiting, over in (
        ("outcome", None, Outcome.ERROR),
        ("owes", 1, 0),
        ("caller", None, joined.caller),
        ("correlation", None, "a"),
        ("had", {1, 2}, {1}),
    ):
        setattr(joined, name, waiting)
        settled.append(joined.settled)
        setattr(joined, name, over)
        settled.append(joined.settled)
    joined.pending.append(pending)
    settled.append(joined.settled)
    joined.pending.clear()
    settled.append(joined.settled)
    joined.requested = False
    settled.append(joined.settled)

    assert settled == [False, True] * 7 + [False]


def test_its_request_may_come_late_while_it_goes_on_and_was_not_seen() -> None:
    hops, joined = _asked()
    assert not joined.lacks_request
    hops.hand_out(hops.connect(), request("b"), **to("b"))
    other = _joined(hops)
    assert other.lacks_request
    other.caller = hops.connect()
    assert other.lacks_request
    hops.end()
    assert not other.lacks_request


def test_an_event_is_told_a_second_after_its_last_delivery() -> None:
    hops = Hops()
    sender, handler = hops.connect(), hops.connect()
    hops.hand_in(sender, event())
    hops.elapse(QUIET_NS - 2 * MILLISECOND)
    hops.hand_out(handler, event())
    last_ns = hops.now_ns
    hops.elapse(QUIET_NS - 1)
    assert not hops.exchanges
    hops.elapse(QUIET_NS)
    (exchange,) = hops.exchanges

    assert (exchange.packets, exchange.ended_ns) == (2, last_ns)


def test_what_waits_for_a_reply_is_not_told_however_late() -> None:
    hops, _ = _asked()
    hops.elapse(3600 * SECOND)

    assert not hops.exchanges
    (waiting,) = hops.joining.waiting()
    assert waiting.number == 1


def _hop(hops: Hops, *, way: Way = Way.IN, leg: Leg = Leg.REPLY, **said: int) -> Hop:
    direction = hops.connect().directions[0]
    return Hop(leg, way, direction, [hops.packet()], 1, "a", **said)  # type: ignore[arg-type]


def test_what_hops_say_is_counted() -> None:
    hops, joined = _asked()
    passage = joined.passage
    assert passage is not None
    assert (passage.asked, passage.served, passage.reached) == (True, False, 0)
    joined.had = {1, 2}
    joined.add_hop(_hop(hops, leg=Leg.REQUEST, way=Way.OUT, again=True))
    assert (passage.served, passage.reached, passage.again) == (True, 2, 1)
    joined.add_hop(_hop(hops, surplus=True))
    joined.add_hop(_hop(hops, way=Way.OUT, surplus=True))
    joined.add_hop(_hop(hops, way=Way.OUT, overheard=True))

    assert (passage.surplus_in, passage.surplus_out, passage.overheard) == (1, 1, 1)
    assert len(passage.hops) == 5


def test_which_side_was_captured_shows_in_any_hop_of_it() -> None:
    for way, leg, asked, served in (
        (Way.IN, Leg.REPLY, False, True),
        (Way.OUT, Leg.REPLY, True, False),
        (Way.OUT, Leg.REQUEST, False, True),
        (Way.IN, Leg.REQUEST, True, False),
    ):
        hops, joined = _asked()
        passage = joined.passage
        assert passage is not None
        passage.asked = passage.served = False
        joined.add_hop(_hop(hops, way=way, leg=leg))
        assert (passage.asked, passage.served) == (asked, served)
        passage.asked = False
        joined.add_hop(_hop(hops, way=Way.OUT, overheard=True))
        assert not passage.asked


def test_of_an_endless_stream_the_first_hops_and_the_last_are_kept() -> None:
    hops, joined = _asked()
    passage = joined.passage
    assert passage is not None
    hop = _hop(hops)
    for _ in range(MAX_HOPS + 4):
        joined.add_hop(hop)
    last = _hop(hops)
    joined.add_hop(last)

    assert (len(passage.hops), passage.left_out) == (MAX_HOPS, 6)
    assert passage.hops[-1] is last
    assert passage.hops[0].leg is Leg.REQUEST


def test_errands_are_kept_up_to_a_limit() -> None:
    hops, joined = _asked()
    peer = hops.connect()
    for _ in range(MAX_HOPS + 2):
        hops.tend(peer, "confirm", "a")
    passage = joined.passage
    assert passage is not None

    assert len(passage.errands) == MAX_HOPS
    hops.end()
    assert joined.passage is None
    joined.add_errand("confirm", hops.tend(peer, "confirm", "a"))


def test_an_end_is_expected_once_there_is_a_reason() -> None:
    hops, joined = _asked()
    assert joined.passage is not None
    expected = [joined.expected]
    joined.passage.left_ns = 5
    expected.append(joined.expected)
    joined.passage.left_ns = None
    joined.closed = Closed(hops.connect(), 1, "close")
    expected.append(joined.expected)
    joined.closed, joined.outcome = None, Outcome.ERROR
    expected.append(joined.expected)

    assert expected == [False, True, True, True]


def test_who_was_handed_a_request_handles_it() -> None:
    hops, joined = _asked()
    handler = hops.connect()
    hops.hand_out(handler, request("a"), **to("a"))
    assert joined.passage is not None
    caller = joined.passage.hops[0].direction.connection

    assert joined.handled_by(handler)
    assert not joined.handled_by(caller)
    hops.end()
    assert not joined.handled_by(handler)


def test_a_reply_is_taken_once_by_what_it_says() -> None:
    hops, joined = _asked()
    pending = [Pending(reply("a"), _hop(hops), body) for body in (1, 2, 1)]
    joined.pending.extend(pending)

    assert joined.take(3) is None
    assert [joined.take(body) for body in (1, 1, 1)] == [pending[0], pending[2], None]
    assert list(joined.pending) == [pending[1]]


def _call(hops: Hops, caller: object = None) -> Joined:
    peer = caller or hops.connect()
    hops.hand_in(peer, request("x"), **to("x"))  # type: ignore[arg-type]
    joined = _joined(hops)
    assert isinstance(joined.exchange, Exchange)
    return joined
