"""An exchange is in doubt if it had begun when bytes that may be of it were missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Outcome
from inspector.calls.joining.lacking import MAX_LACKING, Lacking
from inspector.calls.matching import Tally
from inspector.calls.reasons import reasons_of
from inspector.calls.seen import Anomaly
from inspector.carriers.base import CARRIER_FAILURE
from inspector.streams.items import Gap, Limited
from inspector.streams.packets import DataPacket
from tests.inspector.calls.joining.hops import Hops, reply, request, to
from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker

if TYPE_CHECKING:
    from inspector.calls.joining.joined import Joined

_PORT = (4222).to_bytes(2)  # after 14 bytes of Ethernet, and 20 of IPv4


def _asked(hops: Hops, *, taken: bool = True) -> tuple[Joined, Lacking]:
    """Return a call that one peer asked, and another was handed."""
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("a"), **to("a"))
    if taken:
        hops.hand_out(handler, request("a"), **to("a"))
    (joined,) = hops.book.memory.open.values()
    return joined, hops.book.lacking


@pytest.mark.parametrize("peer", [0, 1])
@pytest.mark.parametrize("side", [0, 1])
def test_bytes_missing_of_who_asks_or_handles_concern_a_call(
    peer: int, side: int
) -> None:
    hops = Hops()
    joined, lacking = _asked(hops)
    assert joined.passage is not None
    direction = joined.passage.hops[peer].direction
    assert not lacking.concerns(joined)
    hops.lose(direction if direction.side == side else direction.opposite)
    hops.lose(direction.connection.directions[side])

    assert lacking.concerns(joined)
    (call,) = hops.end()
    assert (call.gapped, call.outcome) == (True, Outcome.UNANSWERED)
    assert "no reply" not in reasons_of(call)


def test_bytes_missing_of_others_do_not() -> None:
    hops = Hops()
    joined, lacking = _asked(hops)
    hops.lose(hops.connect().directions[1])

    assert not lacking.concerns(joined)
    (call,) = hops.end()
    assert not call.gapped


def test_nor_those_that_were_missing_before_it_began() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    hops.hand_in(caller, request("before"), **to("before"))
    hops.lose(caller.directions[1])
    hops.hand_in(caller, request("a"), **to("a"))
    hops.hand_out(handler, request("a"), **to("a"))
    before, after = hops.end()

    assert (before.gapped, after.gapped) == (True, False)


def test_where_a_side_is_not_known_any_bytes_may_be_of_it() -> None:
    hops = Hops()
    joined, lacking = _asked(hops, taken=False)
    hops.lose(hops.connect().directions[0])

    assert lacking.concerns(joined)


def test_a_reply_in_flight_is_taken_for_told_in_doubt() -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = caller.ask("sum", 1)
    handler.take(asked)
    body = handler.answer(asked, 2)
    number = len(broker.wire.records)
    caller.get(asked, body)
    caller.leave(asked).say(b"PING\r\n").hear(b"PONG\r\n")
    del broker.wire.records[number : number + 1]
    (call,) = inspected(broker.wire.records).exchanges

    assert (call.outcome, call.gapped, call.values) == (Outcome.COMPLETED, True, 1)
    assert reasons_of(call) == ["capture gap"]


@pytest.mark.parametrize(
    ("limit", "concerns"), [("frame_memory", True), ("connections", False)]
)
def test_bytes_that_were_given_up_are_missing(limit: str, *, concerns: bool) -> None:
    hops = Hops()
    joined, lacking = _asked(hops)
    direction = joined.stands_on.directions[0]
    lacking.note(Limited(direction, limit, 1))

    assert lacking.concerns(joined) is concerns


@pytest.mark.parametrize(
    ("code", "concerns"), [(CARRIER_FAILURE, True), ("invalid-json", False)]
)
def test_so_are_those_that_a_carrier_reads_no_more(
    code: str, *, concerns: bool
) -> None:
    hops = Hops()
    joined, lacking = _asked(hops)
    record = DataPacket(1, 1, 0, 1)
    lacking.note(Anomaly(joined.stands_on.directions[0], code, "", record, 0))

    assert lacking.concerns(joined) is concerns


def test_of_a_direction_that_was_not_captured_all_is_missing() -> None:
    hops = Hops()
    joined, lacking = _asked(hops)
    caller = joined.stands_on
    heard, unheard = caller.directions
    heard.heard, unheard.claimed = True, 2

    assert caller.unseen is unheard
    assert lacking.concerns(joined)


def test_gaps_are_counted_while_the_connection_lasts() -> None:
    hops, lacking = Hops(), Lacking(Tally())
    near, far = hops.connect().directions
    for _ in range(2):
        lacking.note(Gap(near, 1, 1))

    assert (lacking.gaps(near), lacking.gaps(far)) == (2, 0)
    lacking.forget(near.connection)
    assert lacking.gaps(near) == 0


def test_of_many_connections_the_latest_are_known_and_doubt_remains() -> None:
    hops = Hops()
    joined, lacking = _asked(hops)
    for _ in range(MAX_LACKING + 3):
        lacking.note(Gap(hops.connect().directions[0], 1, 1))

    assert len(lacking._begun) == MAX_LACKING  # noqa: SLF001 — the bound is the claim
    assert lacking.concerns(joined)


def test_an_answered_call_is_in_no_doubt() -> None:
    hops = Hops()
    joined, _ = _asked(hops)
    assert joined.passage is not None
    caller, handler = (hop.direction.connection for hop in joined.passage.hops)
    hops.lose(caller.directions[0])
    hops.hand_in(handler, reply("a"), channel="a", correlation="a")
    hops.hand_out(caller, reply("a"), channel="a", correlation="a")
    (call,) = hops.end()

    assert (call.gapped, call.outcome) == (False, Outcome.COMPLETED)


@pytest.mark.parametrize("answered", [True, False])
def test_where_only_what_clients_say_was_captured_no_call_counts_as_unanswered(
    *, answered: bool
) -> None:
    broker = Broker()
    caller, worker = broker.peer(), broker.worker("sum")
    passing = caller.ask("sum")
    worker.take(passing)
    if answered:
        caller.get(passing, worker.answer(passing, 3))
    broker.wire.linger()
    said = [each for each in broker.wire.records if each.data[34:36] != _PORT]
    result = inspected(said)
    (call,) = result.exchanges

    assert call.gapped
    assert (call.outcome is Outcome.COMPLETED) is answered
    assert "unanswered" not in result.codes
