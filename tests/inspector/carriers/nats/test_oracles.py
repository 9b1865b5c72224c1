"""What nats-server takes, and what nats-py reads, we read as well."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nats.protocol.parser import Parser

from inspector.carriers.nats.reading import Operation, Reader
from tests.inspector.carriers.nats.conversations import message, with_headers
from tests.inspector.carriers.nats.server import Peer, nats_server

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAKEN = [
    b'connect {"verbose":false}\r\n',
    b'CONNECT{"verbose":false}\n',
    b"ping\r\n",
    b"PINGxx\r\n",
    b"PONG\n",
    b"+OK\r\n",
    b"INFO {}\r\n",
    b"sub  foo\t 1 \r\n",
    b"sUb foo q 1\n",
    b"SUB a\x0bb 1\r\n",
    b"SUB a x.y\r\n",
    b"UNSUB 1 5\r\n",
    b"unsub 1\n",
    b"pub foo 2\r\nhi\r\n",
    b"PUB\tfoo\t2 \t\r\nhi\r\n",
    b"PUB foo 2\nhi\r\n",
    b"PUB foo 02\r\nhi\r\n",
    b"PUB foo inbox 0\r\n\r\n",
    b"HPUB foo 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
    b"hpub foo inbox 12 12\r\nNATS/1.0\r\n\r\n\r\n",
]
_REFUSED = [
    b"\r\n",
    b" PING\r\n",
    b"HELLO\r\n",
    b"PUBfoo 0\r\n\r\n",
    b"PUB a b c 2\r\nhi\r\n",
    b"PUB foo -1\r\n\r\n",
    b"PUB foo x\r\n\r\n",
    b"PUB foo 9999999999\r\n",
    b"PUB foo 2\r\nhi\n",
    b"PUB foo 2\r\nhiXX",
    b"SUB a q s x\r\n",
    b"SUB a\r\n",
    b"UNSUB 1 2 3\r\n",
    b"UNSUB\r\n",
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with nats_server() as port:
        yield port


@pytest.mark.parametrize("line", _TAKEN)
def test_what_the_server_takes_is_an_operation(line: bytes, port: int) -> None:
    with Peer(port) as peer:
        assert peer.ask(line).endswith(b"PONG\r\n")

    (read,) = Reader().receive(line)
    assert isinstance(read, Operation)
    assert read.text.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r") == line.replace(
        b"\n", b"\r\n"
    ).replace(b"\r\r", b"\r")


@pytest.mark.parametrize("line", _REFUSED)
def test_what_the_server_closes_for_is_not(line: bytes, port: int) -> None:
    with Peer(port) as peer:
        assert not peer.ask(line).endswith(b"PONG\r\n")

    assert not any(isinstance(read, Operation) for read in Reader().receive(line))


class _Client:
    """What nats-py tells of what it reads."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, bytes, bytes, bytes, bytes]] = []

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes | None
    ) -> None:
        self.messages.append((sid, subject, reply, data, headers or b""))

    async def _process_ping(self) -> None: ...
    async def _process_pong(self) -> None: ...
    async def _process_err(self, error: str) -> None: ...
    async def _process_info(self, info: object) -> None: ...


async def _by_nats_py(
    pieces: list[bytes],
) -> list[tuple[int, bytes, bytes, bytes, bytes]]:
    client = _Client()
    parser = Parser(client)
    for piece in pieces:
        await parser.parse(piece)
    return client.messages


def _by_us(pieces: list[bytes]) -> list[tuple[int, bytes, bytes, bytes, bytes]]:
    reader, found = Reader(), []
    for read in (read for piece in pieces for read in reader.receive(piece)):
        assert isinstance(read, Operation)
        if read.payload is None:
            continue
        subject, sid, *reply = read.names
        block, body = read.payload[: read.headers], read.payload[read.headers :]
        found.append((int(sid), subject, reply[0] if reply else b"", body, block))
    return found


_SUBJECTS = st.text('abc.*_$é求"{}', min_size=1, max_size=9)
_PAYLOADS = st.binary(max_size=40) | st.sampled_from([b"\r\n", b"MSG a 1 0\r\n\r\n"])
_HEADS = st.builds(
    lambda subject, sid, reply: " ".join(["MSG", subject, str(sid), *reply]),
    _SUBJECTS,
    st.integers(0, 999),
    st.lists(_SUBJECTS, max_size=1),
)
_BLOCKS = st.sampled_from([b"NATS/1.0\r\n\r\n", b"NATS/1.0 503\r\n\r\n"])
_OPERATIONS = st.lists(
    st.sampled_from([b"PING\r\n", b"PONG\r\n", b"+OK\r\n", b"-ERR 'no'\r\n"])
    | st.builds(message, _HEADS, _PAYLOADS)
    | st.builds(
        lambda head, *parts: with_headers("H" + head, *parts),
        _HEADS,
        _BLOCKS,
        _PAYLOADS,
    )
)


@settings(deadline=None)
@given(_OPERATIONS, st.data())
def test_nats_py_reads_the_same_messages(
    operations: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(operations)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=5)))
    edges = [0, *cuts, len(stream)]
    pieces = [stream[low:high] for low, high in itertools.pairwise(edges)]

    assert _by_us(pieces) == asyncio.run(_by_nats_py(pieces))
