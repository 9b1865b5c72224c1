"""How an exchange ends by what was seen of it, and what of that is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.joining.ending import conclude, tell
from inspector.calls.joining.joined import Joined, Pending
from inspector.calls.passages import Hop, Leg, Way
from inspector.calls.unended import Patience
from inspector.streams.items import Closed
from inspector.streams.packets import DataPacket
from protocol import NO_MESSAGE_HANDLER, JsonText, Response, dumps
from tests.inspector.calls.joining.hops import (
    MILLISECOND,
    SECOND,
    Hops,
    event,
    reply,
    request,
    to,
)

if TYPE_CHECKING:
    from protocol import Json


def _asked() -> tuple[Hops, Joined, Exchange]:
    hops = Hops()
    hops.hand_in(hops.connect(), request("a"), **to("a"))
    (joined,) = hops.book.memory.open.values()
    assert joined.exchange is not None
    return hops, joined, joined.exchange


def _reply_hop(hops: Hops, packet: DataPacket | None = None) -> Hop:
    packet = packet or hops.packet()
    direction = hops.connect().directions[1]
    return Hop(Leg.REPLY, Way.OUT, direction, [packet], packet.time_ns, "a", size=30)


def _failed(error: Json) -> Response:
    return Response("a", err=JsonText(dumps(error)), is_disposed=True)


@pytest.mark.parametrize(
    ("packet", "outcome"),
    [
        (reply("a"), Outcome.COMPLETED),
        (reply("a", last=False), None),
        (_failed("no"), Outcome.ERROR),
        (_failed(NO_MESSAGE_HANDLER), Outcome.NO_HANDLER),
        (Response("a", err=JsonText(b'"no"')), Outcome.ERROR),
        (Response("a", err=JsonText(b"null"), is_disposed=True), Outcome.COMPLETED),
    ],
)
def test_the_last_reply_says_how_it_ends(
    packet: Response, outcome: Outcome | None
) -> None:
    hops, joined, call = _asked()
    hop = _reply_hop(hops)
    tell(joined, packet, hop, Patience())

    assert joined.outcome is outcome
    assert (call.values, call.reply_bytes, call.first_reply_ns) == (1, 30, hop.time_ns)
    assert call.reply_packets == hop.records
    assert call.reply_packets is not hop.records


def test_a_reply_before_its_request_by_its_time_leaves_no_times() -> None:
    hops, joined, call = _asked()
    early = DataPacket(9, call.asked_ns - 1, 0, 1, frames=1)
    tell(joined, reply("a"), _reply_hop(hops, early), Patience())
    assert call.untimed
    told = conclude(joined, hops.now_ns, lacking=False, patience=Patience())

    assert (told.outcome, told.latency_ns) == (Outcome.COMPLETED, None)


def test_a_pattern_that_takes_long_is_known_to() -> None:
    hops, joined, call = _asked()
    hops.now_ns += 5 * SECOND
    patience = Patience()
    tell(joined, reply("a", last=False), _reply_hop(hops), patience)
    _, other, waiting = _asked()
    closed = Closed(other.stands_on, waiting.asked_ns + 4 * SECOND, "end")

    assert patience.lasts(waiting, closed)
    assert not Patience().lasts(waiting, closed)
    assert call.outcome is None


def _told(
    joined: Joined, closed: Closed | None = None, *, lacking: bool = False
) -> Exchange:
    joined.closed = closed
    return conclude(joined, 9 * SECOND, lacking=lacking, patience=Patience())


def test_without_a_reply_it_is_unanswered_and_with_some_incomplete() -> None:
    hops, joined, _ = _asked()
    assert _told(joined).outcome is Outcome.UNANSWERED
    assert _told(joined).cause == "limit"
    tell(joined, reply("a", last=False), _reply_hop(hops), Patience())
    assert _told(joined).outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize("cause", ["close", "reset", "end", "limit"])
def test_the_end_of_its_connection_is_why(cause: str) -> None:
    _, joined, call = _asked()
    time_ns = call.asked_ns + 100 * MILLISECOND
    told = _told(joined, Closed(joined.stands_on, time_ns, cause))

    assert (told.cause, told.in_flight) == (cause, cause == "end")
    assert not told.gapped


def test_who_left_is_why_whatever_came_then() -> None:
    _, joined, _ = _asked()
    assert joined.passage is not None
    joined.passage.left_ns = 5
    told = _told(joined, Closed(joined.stands_on, 5 * SECOND, "reset"))

    assert (told.cause, told.in_flight) == ("left", False)


def test_an_event_was_sent() -> None:
    hops = Hops()
    hops.hand_in(hops.connect(), event())
    (joined,) = hops.book.memory.open.values()
    joined.outcome = None
    told = _told(joined)

    assert (told.outcome, told.cause) == (Outcome.SENT, None)


@pytest.mark.parametrize("told_already", [True, False])
def test_what_the_broker_had_counts_where_the_way_back_may_be_missing(
    *, told_already: bool
) -> None:
    hops, joined, _ = _asked()
    for number in range(2):
        pending = Pending(reply("a", number), _reply_hop(hops), number)
        pending.told = told_already
        joined.pending.append(pending)
    told = _told(joined, lacking=True)

    assert told.gapped
    assert told.values == (0 if told_already else 1)
    assert told.outcome is (Outcome.UNANSWERED if told_already else Outcome.COMPLETED)
    assert len(joined.pending) == (0 if told_already else 1)


def test_what_lacks_nothing_has_what_reached_it() -> None:
    hops, joined, _ = _asked()
    joined.pending.append(Pending(reply("a"), _reply_hop(hops), 1))
    told = _told(joined)

    assert (told.outcome, told.values, told.gapped) == (Outcome.UNANSWERED, 0, False)


def test_it_ends_with_its_last_reply_or_when_that_was_known() -> None:
    hops, joined, _ = _asked()
    hops.now_ns = 20 * SECOND
    hop = _reply_hop(hops)
    tell(joined, reply("a"), hop, Patience())

    assert _told(joined).ended_ns == hop.time_ns
    assert conclude(
        joined, 30 * SECOND, lacking=False, patience=Patience()
    ).ended_ns == (30 * SECOND)


@pytest.mark.parametrize("shared", [True, False])
def test_seats_are_places_beside_what_is_of_others(*, shared: bool) -> None:
    _, joined, call = _asked()
    packet = call.request_packets[0]
    packet.frames, call.seats = (3 if shared else 2), 2

    assert _told(joined).seats == (2 if shared else 0)
