"""Tags of a connection are what confirms and acknowledgements refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome
from inspector.calls.joining.tags import MAX_TAGS, Tagged, Tags
from inspector.carriers.base import Fate
from tests.inspector.calls.joining.hops import SECOND, Hops, event, reply, request, to

if TYPE_CHECKING:
    from inspector.calls.joining.joined import Joined
    from inspector.streams.connections import Connection


def _joined(hops: Hops, peer: Connection) -> Joined:
    hops.hand_in(peer, event())
    *_, last = hops.book.memory.open.values()
    return last


def test_a_tag_is_one_of_its_connection_and_the_latest_counts() -> None:
    hops, tags = Hops(), Tags()
    peer, other = hops.connect(), hops.connect()
    first, second = (Tagged(_joined(hops, peer)) for _ in range(2))

    tags.keep(peer, 1, first)
    assert tags.take(peer, 1, more=True) is first
    assert tags.take(peer, 2) is tags.take(other, 1) is None
    tags.keep(peer, 1, second)
    assert tags.take(peer, 1) is second


def test_only_what_a_peer_had_and_was_not_done_with_goes_back() -> None:
    hops, tags = Hops(), Tags()
    peer = hops.connect()
    joined = _joined(hops, peer)
    had = Tagged(joined, destination="queue", awaited=True)
    for tag in (1, 2):
        tags.keep(peer, tag, had)
    tags.keep(peer, 3, Tagged(joined, awaited=True))
    assert tags.take(peer, 1) is had

    assert tags.take(peer, 1) is None
    assert tags.close(peer) == [had]
    assert tags.close(peer) == []
    assert tags.take(peer, 2) is None


def test_what_is_referred_to_more_than_once_is_waited_for_until_then() -> None:
    hops, tags = Hops(), Tags()
    peer = hops.connect()
    joined = _joined(hops, peer)
    had = Tagged(joined, destination="queue", awaited=True, owed=2)
    tags.keep(peer, 1, had)
    assert tags.take(peer, 1) is had

    assert joined.unconfirmed == 1
    assert tags.take(peer, 1) == Tagged(joined, awaited=True)
    assert joined.unconfirmed == 0
    assert tags.take(peer, 1) is None


def test_few_are_remembered() -> None:
    hops, tags = Hops(), Tags(2)
    peer = hops.connect()
    tagged = Tagged(_joined(hops, peer))
    for tag in (1, 2, 1, 3):
        tags.keep(peer, tag, tagged)

    assert [tags.take(peer, tag) is tagged for tag in (1, 2, 3)] == [True, False, True]
    assert MAX_TAGS == 4_096


def test_confirms_and_acks_are_packets_of_the_exchange() -> None:
    hops = Hops()
    caller, handler = hops.connect(carrier="rabbitmq"), hops.connect(carrier="rabbitmq")
    hops.hand_in(caller, request("a"), **to("a"), tag="p1", owed=1)
    hops.settle(caller, "confirm", "p1", side=1)
    hops.hand_out(handler, request("a"), **to("a"), tag="d1", owed=1)
    answer = {"channel": "r", "correlation": "a"}
    hops.hand_in(handler, reply("a"), **answer, tag="p1", owed=1)
    hops.settle(handler, "ack", "d1", fate=Fate.ACCEPTED)
    hops.settle(handler, "confirm", "p1", side=1)
    assert not hops.exchanges
    hops.hand_out(caller, reply("a"), **answer)

    (call,) = hops.exchanges
    assert call.outcome is Outcome.COMPLETED
    assert call.packets == 7
    assert call.errands is not None
    assert call.errands.verbs == ["confirm", "ack", "confirm"]


def test_what_comes_after_the_end_is_counted_with_it_all_the_same() -> None:
    hops = Hops()
    caller, handler = hops.connect(carrier="rabbitmq"), hops.connect(carrier="rabbitmq")
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"), tag="d1")
    hops.hand_in(handler, reply("a"), channel="r", correlation="a")
    hops.hand_out(caller, reply("a"), channel="r", correlation="a")
    (call,) = hops.exchanges
    late = hops.settle(handler, "ack", "d1", fate=Fate.ACCEPTED)

    assert late.ledger is call.ledger
    assert late.late == late.records
    assert (call.packets, call.ledger.data_packets) == (4, 5)


def test_what_nobody_wants_is_rejected_unless_another_is_done_with_it() -> None:
    hops = Hops()
    caller, handler = hops.connect(carrier="rabbitmq"), hops.connect(carrier="rabbitmq")
    for number in range(2):
        hops.hand_in(caller, event(number))
        hops.hand_out(handler, event(number), destination="a", tag=1, owed=1)
        hops.settle(handler, "nack", 1, fate=Fate.REJECTED)
    hops.hand_out(handler, event(1), destination="b", tag=2, owed=1)
    hops.settle(handler, "ack", 2, fate=Fate.ACCEPTED)

    outcomes = [each.outcome for each in hops.end()]
    assert outcomes == [Outcome.REJECTED, Outcome.SENT]


def test_an_event_that_the_broker_withdraws_is_undelivered() -> None:
    hops = Hops()
    caller = hops.connect(carrier="rabbitmq")
    hops.hand_in(caller, event(), tag=1, owed=1)
    hops.settle(caller, "refuse", 1, side=1, fate=Fate.WITHDRAWN)
    hops.elapse(2 * SECOND)

    assert [each.outcome for each in hops.exchanges] == [Outcome.UNDELIVERED]


def test_a_confirm_of_several_is_a_unit_of_each() -> None:
    hops = Hops()
    caller = hops.connect(carrier="rabbitmq")
    for number in range(2):
        hops.hand_in(caller, event(number), tag=number, owed=1)
    hops.settle(caller, "confirm", 0, 1, side=1)
    hops.elapse(2 * SECOND)

    assert [each.packets for each in hops.end()] == [2, 2]
