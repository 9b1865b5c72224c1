from __future__ import annotations

import asyncio
import gc
import itertools
import weakref
from typing import TYPE_CHECKING, ClassVar

import pytest

from protocol import Frame, InvalidJsonError
from servers import Limits
from servers.channel import IN_FLIGHT, READER, Channel, Shared, peer_name
from servers.limits import Budget
from servers.pipes import connect_pair
from tests.servers.peers import until

if TYPE_CHECKING:
    from servers.hooks import Side


class _Channel(Channel):
    """Keep what comes, as it comes."""

    side: ClassVar[Side] = "server"

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(Shared(limits or Limits(), None, Budget(1 << 30)))
        self.bodies: list[bytes] = []
        self.errors: list[Exception] = []
        self.reads = 0

    def data_received(self, data: bytes) -> None:
        self.reads += 1
        super().data_received(data)

    def frame_received(self, frame: Frame) -> None:
        if frame.body == b"bad":
            raise InvalidJsonError("bad")
        self.bodies.append(frame.body)
        if frame.body == b"hold":
            self.hold(IN_FLIGHT)

    def broken(self, error: Exception) -> None:
        self.errors.append(error)


def _pair(limits: Limits | None = None) -> tuple[_Channel, _Channel]:
    first, second = _Channel(limits), _Channel(limits)
    connect_pair(first, second)
    return first, second


async def test_frames_of_one_turn_leave_in_one_write() -> None:
    first, second = _pair()
    for number in range(10):
        first.send(b"1#%d" % number)
    await until(lambda: len(second.bodies) == 10)

    assert second.bodies == [b"%d" % number for number in range(10)]
    assert second.reads == 1
    first.close()
    await second.wait_closed()


async def test_large_frames_do_not_wait_for_the_end_of_the_turn() -> None:
    first, second = _pair()
    for _ in range(3):
        first.send(b"60000#" + b"x" * 60_000)
    assert not first._out or len(first._out) < 3  # noqa: SLF001 — that is the claim
    await until(lambda: len(second.bodies) == 3)
    first.close()
    await second.wait_closed()


async def test_reading_goes_on_when_the_last_reason_is_gone() -> None:
    first, second = _pair()
    second.hold(READER)
    first.send(b"4#hold1#a")
    await asyncio.sleep(0.01)
    assert not second.bodies

    second.release(READER)
    await until(lambda: second.bodies == [b"hold"])
    second.hold(READER)
    second.release(IN_FLIGHT)
    await asyncio.sleep(0.01)
    assert second.bodies == [b"hold"]

    second.release(READER)
    second.release(READER)
    await until(lambda: second.bodies == [b"hold", b"a"])
    first.close()
    await second.wait_closed()


async def test_frames_before_an_error_are_delivered_and_those_behind_it_lost() -> None:
    first, second = _pair()
    first.send(b"1#a3#bad1#b")
    await until(lambda: second.errors)
    first.send(b"1#c")
    await until(lambda: second.bodies == [b"a", b"c"])
    first.close()
    await second.wait_closed()


async def test_who_writes_can_wait_for_the_reader() -> None:
    first, second = _pair(Limits(write_high=1_000))
    second.hold(READER)
    first.send(b"5000#" + b"x" * 5_000)
    await until(lambda: first.write_paused)
    waiting = asyncio.ensure_future(first.drained())
    await asyncio.sleep(0.01)
    assert not waiting.done()

    second.release(READER)
    await waiting
    assert not first.write_paused
    first.close()
    await second.wait_closed()


async def test_who_waits_is_woken_when_the_connection_goes() -> None:
    first, second = _pair(Limits(write_high=1_000))
    second.hold(READER)
    first.send(b"5000#" + b"x" * 5_000)
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
    first.send(b"1#a")
    first.flush()
    assert not second.bodies


@pytest.mark.parametrize(
    ("address", "name"),
    [(("127.0.0.1", 5), "127.0.0.1:5"), (("::1", 5, 0, 0), "[::1]:5"), (None, "?")],
)
def test_peers_are_named(address: object, name: str) -> None:
    assert peer_name(asyncio.BaseTransport({"peername": address})) == name


async def test_many_frames_leave_time_for_others() -> None:
    first, second = _pair()
    turns, seen = 0, list[int]()

    async def others() -> None:
        nonlocal turns
        while len(second.bodies) < 10_000:
            seen.append(len(second.bodies))
            turns += 1
            await asyncio.sleep(0)

    first.send(b"1#a" * 10_000)
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
