"""Transfers that are to be confirmed, by their tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome
from inspector.calls.joining.tags import Tagged, Tags
from tests.inspector.calls.joining.hops import Hops, event
from tests.inspector.calls.joining.shared import Peer

if TYPE_CHECKING:
    from inspector.calls.joining.joined import Joined


def _joined(hops: Hops) -> Joined:
    hops.hand_in(hops.connect(), event())
    return next(reversed(hops.book.memory.open.values()))


def test_a_tag_is_that_of_its_connection_once() -> None:
    hops, tags = Hops(), Tags()
    connection, other, joined = hops.connect(), hops.connect(), _joined(hops)
    tagged = Tagged(joined)
    tags.keep(connection, 1, tagged)

    assert tags.take(other, 1) is None
    assert tags.take(connection, 2) is None
    assert joined.unconfirmed == 1
    assert tags.take(connection, 1, more=True) is tagged
    assert joined.unconfirmed == 1
    assert tags.take(connection, 1) is tagged
    assert tags.take(connection, 1) is None
    assert joined.unconfirmed == 0


def test_of_many_the_oldest_is_not_waited_for() -> None:
    hops, tags = Hops(), Tags(most=2)
    connection, joined = hops.connect(), _joined(hops)
    for tag in range(3):
        tags.keep(connection, tag, Tagged(joined))

    assert tags.take(connection, 0) is None
    assert joined.unconfirmed == 2
    tags.keep(connection, 1, Tagged(joined))
    assert joined.unconfirmed == 2
    tags.close(connection)
    assert joined.unconfirmed == 0


def test_nobody_had_a_request() -> None:
    hops = Hops()
    caller = Peer(hops)
    caller.listen()
    caller.ask("a")
    caller.counted("a", 0)
    caller.leave()
    (call,) = hops.exchanges
    assert call.passage is not None

    assert (call.outcome, call.packets) == (Outcome.NO_HANDLER, 6)
    assert call.passage.unwanted


def test_a_request_that_somebody_had_was_not_the_one_that_nobody_had() -> None:
    hops = Hops()
    caller, handler = Peer(hops), Peer(hops)
    caller.listen()
    caller.ask("a")
    caller.counted("a", 0)
    handler.take("a")
    handler.answer("a")
    caller.get("a")
    (call,) = hops.end()
    assert call.passage is not None

    assert (call.outcome, call.passage.unwanted) == (Outcome.COMPLETED, False)


def test_nobody_had_an_event() -> None:
    hops = Hops()
    peer = Peer(hops)
    hops.hand_in(peer.publishes, event(), tag="e", owed=1)
    peer.counted("e", 0)
    hops.elapse()
    (sent,) = hops.exchanges

    assert (sent.outcome, sent.packets) == (Outcome.UNDELIVERED, 2)


def test_nobody_had_a_reply_to_a_call_that_goes_on() -> None:
    hops = Hops()
    caller, handler = Peer(hops), Peer(hops)
    caller.ask("a")
    handler.take("a")
    handler.answer("a")
    handler.counted("reply a", 0)
    (call,) = hops.end()

    assert (call.outcome, call.gapped) == (Outcome.UNANSWERED, False)


def test_an_answered_call_waits_for_what_confirms_it() -> None:
    hops = Hops()
    caller, handler = Peer(hops), Peer(hops)
    caller.ask("a")
    caller.counted("a")
    handler.take("a")
    handler.answer("a")
    caller.get("a")
    assert not hops.exchanges
    handler.counted("reply a")
    (call,) = hops.exchanges

    assert call.packets == 6
