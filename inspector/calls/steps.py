"""Steps of the clock that a capture was made with, as calls show them.

A time service, or ``date -s``, sets the clock of a host while packets are captured.
The records still stand in the order in which they were sent, but their times do not: a
reply comes before its request, by its time, or hours after it.

================  ======================================================================
set back          a reply comes, by its time, 100 ms or more before the request that
                  precedes it in the capture
set ahead         a reply comes an hour or more after its request, nearly next to it in
                  the capture, and so does the first ACK of that: TCP acknowledges
                  within half a second, and otherwise sends the request again
================  ======================================================================

A capture that was put together of the two directions, whose clocks differ, shows
replies before their requests too, but for each call from the first on: that is no step.

Source: RFC 9293, section 3.8.6.3 (delayed ACKs), and RFC 6298 (retransmission); ntpd
steps a clock that is wrong by 128 ms or more, and slews it otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.ranges import RangeSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket

    from .exchanges import Exchange

LEAST_BACK_NS = 100_000_000
"""How far a clock is set back, at least: records may be out of order by less."""
LEAST_AHEAD_NS = 3_600_000_000_000
"""How far it is set ahead, at least."""
_NEAR = 64
"""Records between a request and its reply where nothing went on in the meantime."""
_FEWEST_ACKS = 2
"""Pure ACKs of a connection that show that the capture holds such; one opens it."""


class ClockStep(msgspec.Struct, gc=False, eq=False):
    """The clock was set while calls waited, of which nobody knows how long they took.

    Attributes:
        direction: Of the reply that shows it first.
        before: The last data packet that is known to have come before.
        after: That reply.
        by_ns: How far the clock was set: back, where this is negative, and then that
            far or farther; ahead, and then that far or less.
        call: The call that shows it.
        calls: The numbers of the calls that waited.
    """

    direction: Direction
    before: DataPacket
    after: DataPacket
    by_ns: int
    call: Exchange
    calls: RangeSet


def is_ahead(call: Exchange, waited_ns: int, *, overtaken: bool) -> bool:
    """Whether a call waited for so long only because the clock was set ahead.

    Args:
        call: The call, with its first reply.
        waited_ns: How long that took.
        overtaken: Whether a later call of its connection was over before.
    """
    counts, asked_in = call.connection.counts, call.request_packets[-1].number
    late_in, late_ns = call.connection.late_ack
    late = late_in > asked_in and late_ns >= LEAST_AHEAD_NS
    return (
        waited_ns >= LEAST_AHEAD_NS
        and call.values == 1
        and not (overtaken or call.early)
        and (late or not call.ledger.acks)
        and counts.pure_acks >= _FEWEST_ACKS
        and counts.retransmissions == call.retransmissions_before
        and call.reply_ends[0].number - asked_in <= _NEAR
    )


def step_of(
    call: Exchange, direction: Direction, waited_ns: int, waiting: Iterable[Exchange]
) -> ClockStep:
    """Return the step that a call shows, and note which calls it makes untimed.

    Args:
        call: The call, with the reply that shows it.
        direction: Of that reply.
        waited_ns: How long that took, by the times of the capture.
        waiting: All calls that wait, this one included.
    """
    after, calls = call.reply_ends[-1], list(waiting)
    # Of what was asked before it a clock that was set back says that it is to come.
    border_ns = after.time_ns - max(waited_ns, 0) // 2
    before = call.reply_ends[-2] if call.values > 1 else _asked_in(call)
    for each in calls:
        if (each.asked_ns > border_ns) is (waited_ns < 0):
            before = max(before, _asked_in(each), key=lambda packet: packet.number)
    numbers = RangeSet()
    for each in sorted(calls, key=lambda each: each.number):
        if _asked_in(each).number <= before.number:
            each.untimed = True
            numbers.add(each.number)
    by_ns = after.time_ns - before.time_ns
    return ClockStep(direction, before, after, by_ns, call, numbers)


def _asked_in(call: Exchange) -> DataPacket:
    """Return the data packet that completed a request; of an orphan its last reply."""
    return (call.request_packets or call.reply_ends)[-1]


def contradict(call: Exchange, waited_ns: int) -> None:
    """Learn that a reply comes before its request by its time, or the one before it.

    Args:
        call: The call.
        waited_ns: How long the reply took, by the times of the capture: less than 0.
    """
    if call.values > 1:  # of the values of a stream the latest counts
        call.last_reply_ns = (call.last_reply_ns or 0) - waited_ns
    else:
        call.untimed = True


def forget_times(call: Exchange) -> None:
    """Let nobody reckon how long a call took, if nobody knows."""
    if call.untimed:
        call.first_reply_ns = call.last_reply_ns = None
