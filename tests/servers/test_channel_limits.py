"""What a peer may make a channel hold, and how long it may take."""

from __future__ import annotations

import pytest

from servers import Limits
from servers.channel import READER
from servers.limits import Budget
from servers.pipes import connect_pair
from servers.writing import LimitError
from tests.servers.ends import Kept, Sink


async def test_whoever_holds_the_most_unfinished_bytes_is_cut() -> None:
    budget = Budget(100)
    one, two, three = (Kept(budget=budget) for _ in range(3))
    for channel in (one, two, three):
        connect_pair(channel, Sink())
    one.data_received(b"200#" + b"x" * 56)
    two.data_received(b"30#" + b"x" * 27)
    used = [budget.used]
    three.data_received(b"20#" + b"x" * 8)
    used.append(budget.used)
    one.data_received(b"x" * 1_000)  # dropped
    used.append(budget.used)
    two.data_received(b"x" * 3)  # complete: it needs no room any more
    used.append(budget.used)
    for channel in (one, two, three):
        channel.abort()
        await channel.wait_closed()
    used.append(budget.used)

    (error,) = one.errors
    assert isinstance(error, LimitError)
    assert str(error) == (
        "101 bytes buffered over all connections, above the limit of 100; "
        "this one held the most, 60"
    )
    assert used == [90, 41, 41, 11, 0]
    assert len(two.bodies) == 1
    assert not [*two.errors, *three.errors, *one.bodies]


async def test_what_breaks_the_protocol_holds_nothing_until_it_closes() -> None:
    budget = Budget(100)
    channel = Kept(budget=budget)
    connect_pair(channel, Sink())
    channel.data_received(b"90#" + b"x" * 50)
    assert budget.used == 53
    channel.data_received(b"x" * 40 + b"no length#")

    assert channel.errors
    assert budget.used == 0
    channel.abort()
    await channel.wait_closed()


@pytest.mark.parametrize(
    ("limit", "silence", "dropped"),
    [(30, 29.9, False), (30, 30.1, True), (0, 1e9, False)],
)
async def test_silence_inside_a_frame_has_a_limit(
    limit: float,
    silence: float,
    dropped: bool,  # noqa: FBT001
) -> None:
    channel = Kept(Limits(partial_frame=limit, write_stall=1))
    connect_pair(channel, Sink())
    channel.check_time(channel.last_read + 1e9)
    assert not channel.errors  # it is silent between two frames
    channel.data_received(b"10#ab")
    channel.hold(READER)
    channel.check_time(channel.last_read + 1e9)
    assert not channel.errors  # the silence is ours
    channel.release(READER)
    channel.check_time(channel.last_read + silence)

    assert [str(error) for error in channel.errors] == (
        ["silent for 30.1 s inside a frame"] if dropped else []
    )
    channel.abort()
    await channel.wait_closed()


@pytest.mark.parametrize(
    ("limit", "stall", "dropped"),
    [(60, 59.9, False), (60, 60.1, True), (0, 1e9, False)],
)
async def test_a_peer_that_reads_nothing_has_a_limit(
    limit: float,
    stall: float,
    dropped: bool,  # noqa: FBT001
) -> None:
    channel = Kept(Limits(write_stall=limit, partial_frame=1))
    connect_pair(channel, Sink())
    channel.check_time(channel.last_write + 1e9)
    assert not channel.errors  # nothing waits
    channel.pause_writing()
    channel.check_time(channel.last_write + stall)

    assert [str(error) for error in channel.errors] == (
        ["has read nothing for 60 s"] if dropped else []
    )
    channel.abort()
    await channel.wait_closed()


@pytest.mark.parametrize(("limit", "dropped"), [(2_000, True), (10_000, False), (0, 0)])
async def test_what_waits_to_be_read_has_a_limit(limit: int, dropped: bool) -> None:  # noqa: FBT001
    limits = Limits(write_high=100, write_buffer=limit)
    channel, sink = Kept(limits), Sink()
    connect_pair(channel, sink)
    sink.transport.pause_reading()
    for _ in range(3):
        channel.send(b"x" * 1_000)
        channel.flush()

    assert bool(channel.errors) == bool(dropped)
    if dropped:
        assert str(channel.errors[0]) == "2,010 bytes wait to be read"
    channel.abort()
    await channel.wait_closed()
