from __future__ import annotations

import pytest

from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
    response,
)
from tests.inspector.scenes import Sentences, Trace, said_of

_ID = "77334d4258340e"


def _swapped(*, identity: str = _ID, values: int = 1, swap: bool = True) -> Wire:
    """Return a call whose request stands after its replies, by their times as well."""
    wire = Wire()
    call = wire.connect().ask("sum", identity)
    for number in range(values):
        call.send(SERVER, response(identity, number, last=number == values - 1))
    call.ack(CLIENT).close()
    if swap:
        asked, *replies = wire.records[3 : 4 + values]
        wire.records[3 : 4 + values] = [*replies, asked]
        late = asked.time_ns + values * MILLISECOND
        for place, record in enumerate(wire.records, start=1):
            record.number = place
        for record in wire.records[3 + values :]:
            record.time_ns = max(record.time_ns, late)
    return wire


TRACE = Trace(_swapped, lambda: _swapped(swap=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "out-of-order-capture") == Sentences(
        message="the reply to sum precedes its request, by up to 900 µs",
        headline="1 reply captured before its request",
        cause=(
            "1 reply precedes the request in the capture, by up to "
            "900 µs: sum (#1). Its records are not in the order in which they were "
            "sent, or come from captures whose clocks differ. Calls are paired "
            "nevertheless, but not all times can be known. Packet 4."
        ),
        hint=(
            "sort it by time (reordercap), merge files by time (mergecap without -a), "
            "and capture at one point or with synchronised clocks"
        ),
    )


@pytest.mark.parametrize("values", [1, 2, 3])
def test_replies_are_paired_with_the_request_that_comes_later(values: int) -> None:
    seen = inspected(_swapped(values=values).records)
    (line,) = seen.lines

    assert (line["kind"], line["outcome"]) == ("message", "completed")
    assert (line["pattern"], line["packets"]) == ("sum", 1 + values)
    assert (line["latency_ns"], seen.codes) == (None, ["out-of-order-capture"])
    assert seen.summary["orphans"] == 0


def test_a_request_that_comes_amid_its_replies_is_paired_too() -> None:
    wire = _swapped(values=3)
    wire.records[4], wire.records[6] = wire.records[6], wire.records[4]
    for place, record in enumerate(wire.records, start=1):
        record.number = place
    seen = inspected(wire.records)

    assert [line["kind"] for line in seen.lines] == ["message"]
    assert seen.exchanges[0].outcome == "completed"
    assert "out-of-order-capture" in seen.codes


def test_a_short_id_may_be_used_again() -> None:
    seen = inspected(_swapped(identity="1").records)

    assert [line["kind"] for line in seen.lines] == ["orphan", "message"]
    assert seen.codes == ["orphan-reply", "unanswered"]


def test_an_orphan_is_told_when_its_connection_is_over() -> None:
    wire = Wire()
    wire.join().answer(_ID, 1).ack(CLIENT).ask("sum", "2").answer("2", 1).ack(CLIENT)

    assert inspected(wire.records).codes == ["orphan-reply"]
