"""What hiredis reads, we read as well; redis-server takes what we take for commands."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from captures.brokers import HOST, RedisServer
from inspector.carriers.redis.reading import Flaw, Reader, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

_TEXTS = st.binary(max_size=30) | st.sampled_from([b"\r\n", b"*1\r\n$1\r\n", b":1"])
_STRINGS = st.builds(lambda text: b"$%d\r\n%b\r\n" % (len(text), text), _TEXTS)
_LINES = st.sampled_from(
    b"+OK\r\n +\r\n -ERR\r\n :0\r\n :-12\r\n _\r\n #t\r\n ,1.5\r\n $0\r\n\r\n $-1\r\n "
    b"*-1\r\n *0\r\n %0\r\n (12345678901234567890\r\n =7\r\ntxt:a\r\n\r\n".split(b" ")
)


def _aggregates(values: SearchStrategy[bytes]) -> SearchStrategy[bytes]:
    members = st.lists(values, max_size=4)
    pairs = st.lists(st.builds(lambda key, value: key + value, _STRINGS, values))
    arrays = st.builds(
        lambda kind, each: b"%c%d\r\n" % (kind, len(each)) + b"".join(each),
        st.sampled_from(b"*~"),
        members,
    )
    return arrays | st.builds(
        lambda each: b"%%%d\r\n" % len(each) + b"".join(each), pairs.map(_distinct)
    )


def _distinct(pairs: list[bytes]) -> list[bytes]:
    """Return members of a map, each under a key of its own, which hiredis needs."""
    return [b":%d\r\n%b" % (n, b"+v\r\n") for n in range(len(pairs))]


_VALUES = st.lists(st.recursive(_LINES | _STRINGS, _aggregates, max_leaves=8))


def _by_hiredis(data: bytes) -> list[str]:
    reader = hiredis.Reader()
    reader.feed(data)
    found: list[str] = []
    while reader.has_data():
        found.append(repr(reader.gets()))
    return found


@given(_VALUES, st.data(), st.integers(0, 1))
def test_hiredis_reads_the_same_values(
    values: list[bytes], data: st.DataObject, keep: int
) -> None:
    stream = b"".join(values)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=5)))
    edges = itertools.pairwise([0, *cuts, len(stream)])
    reader = Reader(keep=bool(keep))
    found = [
        each for low, high in edges if low < high
        for each in reader.receive(stream[low:high])
    ]  # fmt: skip
    assert all(isinstance(each, Value) for each in found)
    texts = [each.text for each in found if isinstance(each, Value)]

    assert texts == values
    assert [text for each in texts for text in _by_hiredis(each)] == _by_hiredis(stream)


@given(st.lists(_STRINGS, min_size=1, max_size=9))
def test_members_are_those_that_hiredis_reads(members: list[bytes]) -> None:
    data = b"*%d\r\n%b" % (len(members), b"".join(members))
    reader = hiredis.Reader()
    reader.feed(data)
    (value,) = Reader().receive(data)

    assert isinstance(value, Value)
    assert [value.member(n) for n in range(len(members))] == reader.gets()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with RedisServer() as server:
        yield server.port


def _said_to(port: int, data: bytes) -> bytes:
    """Return what the server says to some bytes and to PING after them."""
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall(data + b"PING\r\nQUIT\r\n")
        return connection.makefile("rb").read()


@pytest.mark.parametrize(
    "command",
    [
        b"*1\r\n$4\r\nPING\r\n",
        b"*2\r\n$4\r\nECHO\r\n$2\r\n\r\n\r\n",
        b"PING\r\n",
        b"ping\n",
        b'ECHO "a b"\r\n',
        b"*3\r\n$7\r\nPUBLISH\r\n$0\r\n\r\n$0\r\n\r\n",
    ],
)
def test_what_the_server_takes_is_a_command(command: bytes, port: int) -> None:
    assert b"+PONG\r\n+OK\r\n" in _said_to(port, command)

    reader = Reader()
    reader.commands = True
    (read,) = reader.receive(command)
    assert isinstance(read, Value)
    assert read.text == command


@pytest.mark.parametrize(
    "command",
    [
        b"*x\r\n$4\r\nPING\r\n",
        b"*1\r\n$x\r\nPING\r\n",
        b"*1\r\n$9999999999\r\nPING\r\n",
    ],
)
def test_what_the_server_closes_for_is_none(command: bytes, port: int) -> None:
    assert b"Protocol error" in _said_to(port, command)

    reader = Reader()
    reader.commands = True
    assert isinstance(reader.receive(command)[0], Flaw)
