from __future__ import annotations

import asyncio
import gc
import itertools
import weakref

import pytest

from protocol import InvalidJsonError, encode_frame
from servers import Hooks, Limits
from servers.channel import IN_FLIGHT, READER
from servers.pipes import connect_pair
from tests.servers.ends import Kept, Sink
from tests.servers.peers import settle, until


class _Offsets(Kept):
    """Refuse a body that is not JSON, as the two sides do."""

    def bodies_received(self, bodies: list[bytes]) -> int:
        for count, body in enumerate(bodies):
            if body.startswith(b"{"):
                if count:
                    return count
                raise InvalidJsonError("bad")
        return len(bodies)


def _pair(limits: Limits | None = None) -> tuple[Kept, Kept]:
    first, second = Kept(limits), Kept(limits)
    connect_pair(first, second)
    return first, second


async def test_frames_of_one_turn_leave_in_one_write() -> None:
    first, second = _pair()
    for number in range(10):
        first.send(b"%d" % number)
    await until(lambda: len(second.bodies) == 10)

    assert second.bodies == [b"%d" % number for number in range(10)]
    assert second.reads == 1
    first.close()
    await second.wait_closed()


async def test_large_frames_do_not_wait_for_the_end_of_the_turn() -> None:
    first, second = _pair()
    for _ in range(3):
        first.send(b"x" * 60_000)
    assert not first._out or len(first._out) < 3  # noqa: SLF001 — that is the claim
    await until(lambda: len(second.bodies) == 3)
    first.close()
    await second.wait_closed()


async def test_reading_goes_on_when_the_last_reason_is_gone() -> None:
    first, second = _pair()
    second.hold(READER)
    first.send(b"hold")
    first.send(b"a")
    await settle()
    assert not second.bodies

    second.release(READER)
    await until(lambda: second.bodies == [b"hold"])
    second.hold(READER)
    second.release(IN_FLIGHT)
    await settle()
    assert second.bodies == [b"hold"]

    second.release(READER)
    second.release(READER)
    await until(lambda: second.bodies == [b"hold", b"a"])
    first.close()
    await second.wait_closed()


async def test_frames_before_an_error_are_delivered_and_those_after_it_lost() -> None:
    first, second = _pair()
    for body in (b"a", b"bad", b"b"):
        first.send(body)
    await until(lambda: second.errors)
    first.send(b"c")
    await until(lambda: second.bodies == [b"a", b"c"])
    first.close()
    await second.wait_closed()


@pytest.mark.parametrize("padding", [b"", b" " * 2_000])
@pytest.mark.parametrize("before", [[], [b"a"], [b"a" * 20] * 3, [b"\xc3\xa9" * 20]])
async def test_an_error_has_the_offset_of_its_frame(
    before: list[bytes], padding: bytes
) -> None:
    first, second = _Offsets(), _Offsets()
    connect_pair(first, second)
    for body in (*before, b'{"bad' + padding, b"after"):
        first.send(body)
    await until(lambda: second.errors)

    (error,) = second.errors
    assert isinstance(error, InvalidJsonError)
    assert error.offset == sum(len(encode_frame(body)) for body in before)
    first.close()
    await second.wait_closed()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"x" * 999, b"x" * 1_000, "é😀".encode(), b"x" * 100_000]
)
async def test_a_body_travels_after_its_length_in_utf16_units(body: bytes) -> None:
    first, sink = Kept(), Sink()
    connect_pair(first, sink)
    first.send(body)
    await until(lambda: len(sink.data) >= len(body) + 2)

    units = len(body.decode().encode("utf-16-le")) // 2
    assert bytes(sink.data) == b"%d#%b" % (units, body)
    first.abort()
    await first.wait_closed()


async def test_who_writes_can_wait_for_the_reader() -> None:
    first, second = _pair(Limits(write_high=1_000))
    second.hold(READER)
    first.send(b"x" * 5_000)
    await until(lambda: first.write_paused)
    waiting = asyncio.ensure_future(first.drained())
    await settle()
    assert not waiting.done()

    second.release(READER)
    await waiting
    assert not first.write_paused
    first.close()
    await second.wait_closed()


async def test_who_waits_is_woken_when_the_connection_goes() -> None:
    first, second = _pair(Limits(write_high=1_000))
    second.hold(READER)
    first.send(b"x" * 5_000)
    await until(lambda: first.write_paused)
    waiting = asyncio.ensure_future(first.drained())
    await asyncio.sleep(0)
    second.abort()
    await first.wait_closed()
    await waiting
    assert first.closed


async def test_what_is_sent_to_a_closed_connection_goes_nowhere() -> None:
    first, second = _pair()
    first.close()
    await second.wait_closed()
    first.send(b"a")
    first.flush()
    assert not second.bodies


async def test_many_frames_leave_time_for_others() -> None:
    first, second = _pair()
    turns, seen = 0, list[int]()

    async def others() -> None:
        nonlocal turns
        while len(second.bodies) < 10_000:
            seen.append(len(second.bodies))
            turns += 1
            await asyncio.sleep(0)

    first.batch = 10_000
    for _ in range(10_000):
        first.send(b"a")
    await others()
    steps = [after - before for before, after in itertools.pairwise(seen)]

    assert max(steps) == 256
    assert len(second.bodies) == 10_000
    first.close()
    await second.wait_closed()


async def test_a_connection_that_is_gone_is_freed_at_once() -> None:
    first, second = _pair()
    first._abort_later()  # noqa: SLF001 — as both sides do when they close
    first.close()
    await second.wait_closed()
    await first.wait_closed()
    gone = weakref.ref(first)
    del first, second
    await asyncio.sleep(0)
    gc.collect()

    assert gone() is None


class _Counts(Hooks):
    """Keep what is reported of a channel."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, object]] = []

    def connection_opened(self, side: str, peer: str) -> None:
        self.seen.append((f"{side} opened", peer))

    def connection_closed(self, side: str, peer: str) -> None:
        self.seen.append((f"{side} closed", peer))

    def bytes_received(self, side: str, count: int) -> None:
        self.seen.append((f"{side} bytes in", count))

    def bytes_sent(self, side: str, count: int) -> None:
        self.seen.append((f"{side} bytes out", count))

    def packets_received(self, side: str, count: int) -> None:
        self.seen.append((f"{side} packets in", count))

    def packets_sent(self, side: str, count: int) -> None:
        self.seen.append((f"{side} packets out", count))


async def test_hooks_see_connections_bytes_and_packets() -> None:
    counts = _Counts()
    channel, sink = Kept(hooks=counts), Sink()
    connect_pair(channel, sink)
    channel.send(b"ab")
    channel.send(b"c")
    channel.flush()
    channel.data_received(b"1#a1#b1#")
    channel.data_received(b"c")
    channel.close()
    await channel.wait_closed()

    assert counts.seen == [
        ("server opened", "memory:server"),
        ("server packets out", 2),
        ("server bytes out", 7),
        ("server bytes in", 8),
        ("server packets in", 2),
        ("server bytes in", 1),
        ("server packets in", 1),
        ("server closed", "memory:server"),
    ]
    assert channel.bodies == [b"a", b"b", b"c"]


async def test_a_single_frame_is_read_like_many() -> None:
    channel = Kept()
    connect_pair(channel, Sink())
    body = b'{"a":"%b"}' % (b"x" * 20)
    channel.data_received(encode_frame(body))
    channel.data_received(encode_frame(body)[:5])
    channel.data_received(encode_frame(body)[5:])
    channel.hold(READER)
    channel.data_received(encode_frame(body))
    channel.data_received(encode_frame(b"last"))
    assert channel.bodies == [body] * 2

    channel.release(READER)
    await until(lambda: channel.bodies == [body] * 3 + [b"last"])
    channel.abort()
    await channel.wait_closed()


async def test_what_is_sent_while_frames_are_read_leaves_at_their_end() -> None:
    class Echo(Kept):
        def bodies_received(self, bodies: list[bytes]) -> int:
            taken = super().bodies_received(bodies)
            for body in bodies[:taken]:
                self.send(body)
            return taken

    channel, sink = Echo(), Sink()
    connect_pair(channel, sink)
    channel.data_received(b"1#a1#b")
    assert not channel._out  # noqa: SLF001 — written by now
    await until(lambda: sink.data == b"1#a1#b")
    channel.abort()
    await channel.wait_closed()


async def test_a_batch_that_is_full_leaves_at_once() -> None:
    channel, sink = Kept(), Sink()
    connect_pair(channel, sink)
    for _ in range(31):
        channel.send(b"a")
    waiting = [len(channel._out)]  # noqa: SLF001
    channel.send(b"a")
    waiting.append(len(channel._out))  # noqa: SLF001
    channel.send(b"x" * 65_536)
    waiting.append(len(channel._out))  # noqa: SLF001

    assert waiting == [31, 0, 0]
    channel.abort()
    await channel.wait_closed()
