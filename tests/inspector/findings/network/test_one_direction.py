from __future__ import annotations

import pytest

from inspector.calls.exchanges import Outcome
from inspector.tcp.segments import decode_segment, endpoints
from tests.inspector.conversation import CLIENT, SERVER, Side, Wire, inspected
from tests.inspector.scenes import Sentences, Trace, said_of, sentences
from tests.inspector.scenes import group_in as group


def _call(*sides: Side, opened: bool = True) -> Wire:
    """Return two calls and an event, of which the packets of some sides are there."""
    wire = Wire()
    call = wire.connect() if opened else wire.join()
    call.ask("sum", "1").ack(SERVER).answer("1", 2).ack(CLIENT).emit("log", 1)
    call.ack(SERVER).ask("late", "2").ack(SERVER)
    ports = {call.ports[side] for side in sides}
    wire.records = [
        each
        for each in wire.records
        if endpoints(decode_segment(each).flow)[0].port in ports
    ]
    return wire


TRACE = Trace(lambda: _call(CLIENT), lambda: _call(CLIENT, SERVER))


def test_what_it_says() -> None:
    assert said_of(TRACE, "one-direction") == Sentences(
        message=(
            "before the connection was over, no packet of the server was captured, of "
            "which 44 B were acknowledged"
        ),
        headline="1 connection captured in one direction",
        cause=(
            "Before the connection was over, the capture holds no packet of the "
            "server, of which 44 B were acknowledged by the client. So its replies are "
            "missing and are not judged. Packet 1."
        ),
        hint=(
            "filter by host and port in both directions (tcpdump port 8888, not dst "
            "port 8888), and capture where both pass"
        ),
    )


@pytest.mark.parametrize(
    ("side", "opened"), [(CLIENT, True), (CLIENT, False), (SERVER, True)]
)
def test_it_is_all_that_is_said_of_the_side_that_is_missing(
    side: Side, *, opened: bool
) -> None:
    seen = inspected(_call(side, opened=opened).records)

    assert seen.codes == ["one-direction"]
    assert seen.findings[0].side != seen.findings[0].connection.directions[0].side
    waiting = [each for each in seen.exchanges if each.outcome is not Outcome.SENT]
    assert waiting
    assert all(each.gapped for each in waiting)


def test_a_handshake_shows_a_side_that_said_nothing_yet() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    del wire.records[1]

    cause = sentences(group(wire, "one-direction")).cause
    assert "the server, whose part in the handshake was acknowledged by the" in cause
    assert call.records == [1, 2, 3, 4]


def test_a_side_that_may_have_sent_nothing_is_not_missed() -> None:
    wire = Wire()
    wire.join().emit("log", 1).emit("log", 2)

    assert inspected(wire.records).codes == []


def test_one_that_has_lost_no_reply_of_a_known_side_is_unanswered() -> None:
    assert inspected(_call(CLIENT, SERVER).linger().records).codes == ["unanswered"]


def test_packets_after_all_of_the_other_side_are_not_missed() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 2).finish(SERVER).finish(CLIENT)
    client = call.ports[CLIENT]
    behind = sorted(
        wire.records,
        key=lambda each: endpoints(decode_segment(each).flow)[0].port == client,
    )
    seen = inspected(behind)

    assert [line["outcome"] for line in seen.lines] == ["completed"]
    assert seen.codes == ["out-of-order-capture"]
