"""Whichever hop is seen first, its exchange says the same once all are."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.joining.beginning import begin, begin_orphan, learn_request
from inspector.calls.passages import Hop, Leg, Way
from inspector.calls.seen import Sighting
from inspector.carriers.base import Transfer
from protocol import UNDEFINED, Event, JsonText, Packet, Request
from tests.inspector.calls.joining.hops import MILLISECOND, Hops, reply, request, to
from tests.inspector.conversation import inspected, reordered
from tests.inspector.over_nats import Broker, called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.streams.connections import Connection

_REQUEST = Request("sum", "1", JsonText(b"2"), JsonText(b"3"))


def _seen(
    hops: Hops, peer: Connection, packet: Packet, way: Way = Way.IN
) -> tuple[Sighting, Hop]:
    direction = peer.directions[way is Way.OUT]
    transfer = Transfer(
        side=0,
        begin=5,
        end=25,
        packet=packet,
        body=b"x",
        channel="c",
        reply_channel="r",
    )
    records = [hops.packet(), hops.packet()]
    leg = Leg.REQUEST
    hop = Hop(leg, way, direction, records, records[1].time_ns, "c")
    return Sighting(direction, transfer, records), hop


def test_a_request_begins_a_message_with_all_that_it_says() -> None:
    hops = Hops()
    peer = hops.connect()
    peer.counts.retransmissions = 4
    sighting, hop = _seen(hops, peer, _REQUEST)
    call = begin(7, sighting, _REQUEST, "sum", hop)
    first, last = sighting.records

    assert (call.number, call.kind, call.connection) == (7, Kind.MESSAGE, peer)
    assert (call.time_ns, call.asked_ns) == (first.time_ns, last.time_ns)
    assert (call.pattern, call.route, call.id) == ("sum", "sum", "1")
    assert (call.data, call.metadata) == (JsonText(b"2"), JsonText(b"3"))
    assert (call.request_bytes, call.retransmissions_before) == (20, 4)
    assert call.request_packets == sighting.records
    assert call.request_packets is not sighting.records
    assert (call.ledger.number, call.ledger.route, call.ledger.carrier) == (
        7,
        "sum",
        "nats",
    )
    assert call.passage is not None
    assert (call.passage.channel, call.passage.reply_channel) == ("c", "r")
    assert call.passage.hops == []


def test_an_event_begins_one_without_an_id() -> None:
    hops, packet = Hops(), Event("log")
    sighting, hop = _seen(hops, hops.connect(), packet)
    exchange = begin(1, sighting, packet, "log", hop)

    assert (exchange.kind, exchange.ledger.kind) == (Kind.EVENT, Kind.EVENT)
    assert (exchange.id, exchange.metadata) == (UNDEFINED, UNDEFINED)


def test_a_reply_begins_an_orphan_until_its_request_comes() -> None:
    hops = Hops()
    handler, caller = hops.connect(), hops.connect()
    late, hop_in = _seen(hops, caller, _REQUEST)
    sighting, hop = _seen(hops, handler, reply("1"))
    orphan = begin_orphan(3, sighting, hop)
    assert (orphan.kind, orphan.route, orphan.pattern) == (Kind.ORPHAN, None, UNDEFINED)
    orphan.gapped = True
    orphan.replies.append(reply("1"))
    orphan.first_reply_ns = hop.time_ns
    learn_request(orphan, late, _REQUEST, "sum")

    assert (orphan.kind, orphan.ledger.kind) == (Kind.MESSAGE, Kind.MESSAGE)
    assert (orphan.route, orphan.ledger.route, orphan.pattern) == ("sum", "sum", "sum")
    assert (orphan.data, orphan.metadata) == (JsonText(b"2"), JsonText(b"3"))
    assert (orphan.early, orphan.gapped, orphan.untimed) == (True, False, False)
    assert (orphan.connection, orphan.request_bytes) == (caller, 20)
    assert orphan.time_ns == late.records[0].time_ns
    assert orphan.asked_ns == hop_in.time_ns
    assert orphan.request_packets == late.records


def test_a_call_that_begins_with_its_delivery_keeps_its_packets() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    late, _ = _seen(hops, caller, _REQUEST)
    sighting, hop = _seen(hops, handler, _REQUEST, Way.OUT)
    call = begin(3, sighting, _REQUEST, "sum", hop)
    call.gapped = True
    learn_request(call, late, _REQUEST, "another")

    assert (call.route, call.gapped, call.early) == ("sum", True, False)
    assert call.request_packets == [*late.records, *sighting.records]


def test_a_request_after_its_reply_by_its_time_leaves_no_times() -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    sighting, hop = _seen(hops, handler, _REQUEST, Way.OUT)
    call = begin(3, sighting, _REQUEST, "sum", hop)
    call.first_reply_ns = hop.time_ns
    late, _ = _seen(hops, caller, _REQUEST)
    learn_request(call, late, _REQUEST, "sum")

    assert call.untimed


def test_what_was_sent_again_before_it_began_is_not_of_it() -> None:
    for seen in ("asked", "got"):
        hops = Hops()
        handler, caller = hops.connect(), hops.connect()
        caller.counts.retransmissions = 3
        hops.hand_out(handler, request("a"), **to("a"))
        if seen == "asked":
            hops.hand_in(caller, request("a"), **to("a"))
        packet = reply("a", last=False)
        hops.hand_out(caller, packet, channel="a", correlation="a")
        (call,) = hops.end()

        assert (call.connection, call.retransmitted) == (caller, False)


_HOPS = ("asked", "taken", "answered", "got")


def test_a_subscription_in_a_packet_with_its_late_request_counts_once() -> None:
    broker = Broker()
    called(broker.peer(), broker.worker("sum"))
    records = broker.wire.records
    asked = next(at for at, each in enumerate(records) if b"PUB sum" in each.data)
    order = list(range(len(records)))
    order[asked : asked + 2] = [asked + 1, asked]  # its delivery was captured first
    (call,) = inspected(reordered(records, order)).exchanges

    assert call.errands is not None
    assert call.errands.verbs == ["SUB", "UNSUB"]
    packets = *call.request_packets, *call.reply_packets, *call.errands.packets
    assert call.ledger.packets == len({each.number for each in packets}) == 5


@pytest.mark.parametrize(
    "order",
    [
        order
        for order in permutations(_HOPS)
        # To the handler a capture may have all in another order than from the caller,
        # but each connection has its own hops in order.
        if order.index("asked") < order.index("got")
        and order.index("taken") < order.index("answered")
    ],
    ids=" ".join,
)
def test_in_whichever_order_two_connections_were_captured(order: Sequence[str]) -> None:
    hops = Hops()
    caller, handler = hops.connect(), hops.connect()
    records = {name: [hops.packet()] for name in _HOPS}
    for name in order:
        where = {"records": records[name], "correlation": "a"}
        if name == "asked":
            hops.hand_in(caller, request("a"), reply_channel="a", **where)
        elif name == "taken":
            hops.hand_out(handler, request("a"), reply_channel="a", **where)
        elif name == "answered":
            hops.hand_in(handler, reply("a"), channel="a", **where)
        else:
            hops.hand_out(caller, reply("a"), channel="a", **where)
    (call,) = hops.end()
    assert isinstance(call, Exchange)
    assert call.passage is not None

    assert (call.kind, call.outcome, call.values) == (
        Kind.MESSAGE,
        Outcome.COMPLETED,
        1,
    )
    assert call.ledger.data_packets == 4
    assert (call.connection, call.asked_ns) == (caller, records["asked"][0].time_ns)
    assert (call.passage.overheard, call.passage.surplus) == (0, 0)
    assert call.latency_ns in {2 * MILLISECOND, 3 * MILLISECOND}
    assert to("a")["correlation"] == "a"
