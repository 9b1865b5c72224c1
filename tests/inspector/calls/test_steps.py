"""When a clock was set, from the calls that show it.

``tests/inspector/findings/network/test_clock_step.py`` has captures of all kinds.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.calls.steps import LEAST_AHEAD_NS, contradict, forget_times, is_ahead
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
    response,
)

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange


def _call(*, records: int = 0, acknowledged: bool = False) -> Exchange:
    """Return a call with so many other records between its request and its reply."""
    wire = Wire()
    call = wire.connect().ask("a", "1").answer("1", 1).ack(CLIENT).ask("sum", "2")
    if acknowledged:
        call.ack(SERVER)
    for _ in range(records):
        wire.add(bytes(12) + b"\x08\x06" + bytes(28))
    call.answer("2", 3)
    return inspected(wire.records).exchanges[1]


@pytest.mark.parametrize(
    ("call", "waited_ns", "ahead"),
    [
        (_call(), LEAST_AHEAD_NS, True),
        (_call(), LEAST_AHEAD_NS - 1, False),
        (_call(records=63), LEAST_AHEAD_NS, True),
        (_call(records=64), LEAST_AHEAD_NS, False),
        (_call(acknowledged=True), LEAST_AHEAD_NS, False),
    ],
)
def test_a_request_that_tcp_left_alone_for_hours(
    call: Exchange, waited_ns: int, *, ahead: bool
) -> None:
    assert is_ahead(call, waited_ns, overtaken=False) is ahead
    assert not is_ahead(call, waited_ns, overtaken=True)


def test_a_request_that_was_sent_again_waited_for_its_reply() -> None:
    call = _call()
    call.connection.counts.retransmissions += 1

    assert not is_ahead(call, LEAST_AHEAD_NS, overtaken=False)


def test_a_capture_without_pure_acks_shows_nothing_of_them() -> None:
    call = _call()
    call.connection.counts.pure_acks = 1

    assert not is_ahead(call, LEAST_AHEAD_NS, overtaken=False)


def test_only_times_that_nobody_knows_are_forgotten() -> None:
    call = _call()
    forget_times(call)
    assert call.latency_ns == call.duration_ns == 100_000

    contradict(call, -5)
    forget_times(call)
    assert call.latency_ns is call.duration_ns is None


_JUMPS_MS = st.sampled_from([0, 0, 0, -1, 1, -1_000, 1_000, -7_200_000, 7_200_000])


@given(st.lists(_JUMPS_MS, max_size=40))
def test_no_time_is_negative_whatever_the_clock_did(jumps_ms: list[int]) -> None:
    wire = Wire()
    one, other = wire.connect(), wire.connect(client="10.0.0.1:40001")
    for number in range(4):
        identity = f"{number}-a-random-id"
        one.ask("sum", identity).ack(SERVER)
        other.ask("ticks", identity)
        other.send(SERVER, response(identity, 1, last=False)).ack(CLIENT)
        one.answer(identity, number).ack(CLIENT)
        other.answer(identity, 2).ack(CLIENT)
    for record, away in zip(wire.records, accumulate(jumps_ms), strict=False):
        record.time_ns += away * MILLISECOND
    seen = inspected(wire.records)

    for line in seen.lines:
        latency_ns, duration_ns = line["latency_ns"], line["duration_ns"]
        assert latency_ns is None or 0 <= latency_ns <= duration_ns
    assert all(each.duration_ns >= 0 for each in seen.findings)
