from __future__ import annotations

import asyncio

import pytest

from servers.pipes import connect_pair
from tests.servers.peers import settle, until


class _End(asyncio.Protocol):
    """Write down what a transport tells."""

    def __init__(self) -> None:
        self.data = b""
        self.told: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data

    def eof_received(self) -> bool:
        self.told.append("eof")
        return False

    def connection_lost(self, error: Exception | None) -> None:
        assert error is None
        self.told.append("lost")

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")


def _pair() -> tuple[_End, _End]:
    one, other = _End(), _End()
    connect_pair(one, other)
    return one, other


async def test_what_one_end_writes_the_other_reads_later() -> None:
    one, other = _pair()
    one.transport.write(b"hello ")
    one.transport.writelines([b"wor", bytearray(b"ld")])
    assert other.data == b""

    await until(lambda: other.data == b"hello world")
    assert one.transport.get_extra_info("peername") == "memory:server"


async def test_closing_delivers_what_was_written_and_ends_both() -> None:
    one, other = _pair()
    one.transport.write(b"last words")
    one.transport.close()
    one.transport.write(b"too late")
    await until(lambda: other.told == ["eof", "lost"])

    assert other.data == b"last words"
    assert one.told == ["lost"]
    assert one.transport.is_closing()
    assert other.transport.is_closing()


async def test_a_protocol_that_fails_is_closed() -> None:
    one, other = _pair()
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, report: reported.append(report["exception"])
    )
    error = BaseException("oh")

    def fail(data: bytes) -> None:
        del data
        raise error

    other.data_received = fail  # type: ignore[method-assign]
    one.transport.write(b"hello")
    await until(lambda: "lost" in one.told and "lost" in other.told)
    assert reported == [error]


async def test_a_half_can_be_closed() -> None:
    one, other = _pair()
    assert one.transport.can_write_eof()
    other.eof_received = lambda: True  # type: ignore[method-assign]
    one.transport.write_eof()
    await settle()
    other.transport.write(b"still open")
    await until(lambda: one.data == b"still open")
    assert not other.told


async def test_aborting_loses_what_was_not_read() -> None:
    one, other = _pair()
    one.transport.write(b"lost")
    one.transport.abort()
    await until(lambda: "lost" in other.told)

    assert other.data == b""


async def test_a_reader_that_pauses_stops_the_writer() -> None:
    one, other = _pair()
    one.transport.set_write_buffer_limits(high=10)
    other.transport.pause_reading()
    assert not other.transport.is_reading()
    one.transport.write(b"x" * 11)
    assert one.told == ["pause"]
    assert one.transport.get_write_buffer_size() == 11

    other.transport.resume_reading()
    await until(lambda: one.told == ["pause", "resume"])
    assert other.data == b"x" * 11


@pytest.mark.parametrize("closing", ["one", "other"])
async def test_either_end_may_close(closing: str) -> None:
    one, other = _pair()
    {"one": one, "other": other}[closing].transport.close()
    await until(lambda: "lost" in one.told and "lost" in other.told)
