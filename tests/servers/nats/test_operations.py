"""Operations with messages, beside nats-py's own parser and writer."""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.errors import BadHeaderError, ProtocolError
from nats.protocol.command import hpub_cmd, pub_cmd
from nats.protocol.parser import Parser

from servers.nats.operations import (
    Arrived,
    OperationReader,
    OversizedMessageError,
    header_block,
    published,
    read_headers,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator, Sequence

_OURS = {b"1", b"22", b"333"}
_WORDS = ("a", "Δ.δ", "$JS.1", "_INBOX.x.1", "7", "MSG", "é" * 80)
_BODIES = (b"", b"\r\n", b"MSG a 1 1\r\n", b"PING\r\n", b"{}", b"x" * 5_000)
_BLOCKS = (
    b"NATS/1.0 503\r\n\r\n",
    b"NATS/1.0 404 No Messages\r\n\r\n",
    b"NATS/1.0 100 Idle Heartbeat\r\nNats-Last: 1\r\n\r\n",
    b"NATS/1.0\r\nA: b\r\nA:c\r\nx y: no\r\n\xff: no\r\nnothing\r\nempty:\r\n\r\n",
    "NATS/1.0\r\nname: é Δ\r\n: nameless\r\n\r\n".encode(),
    b"NATS/1.0\r\nbroken: \xff\r\n\r\n",
    b"NATS/1.0\r\n\r\n",
)
_OTHERS = (
    b"PING\r\n",
    b"PONG\r\n",
    b"+OK\r\n",
    b"-ERR 'Permissions Violation for Subscription to \"a\"'\r\n",
    b'INFO {"max_payload":1,"connect_urls":["MSG a 1 1"]}\r\n',
)
_GARBAGE = (
    b"GET / HTTP/1.1\r\n",
    b"MSG a 1\r\n",
    b"MSG a x 1\r\nx\r\n",
    b"MSG\ta 1  2\r\nab\r\n",
    b"HMSG a 1 9 3\r\nabc\r\n",
    b"PING 1\r\n",
    b"-ERR \r\n",
    b"INFO\r\n",
)
_ERRORS = (ProtocolError, AttributeError, ValueError)
"""What stops nats-py: the latter come from an -ERR without a reason, or no JSON."""


class _Witness:
    """What nats-py's parser reads, as its client gets it."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, bytes, bytes, bytes, bytes | None]] = []
        self.others: list[object] = []
        self._parser = Parser(self)
        self._broken = False

    def feed(self, data: bytes) -> None:
        """Read on."""
        if not self._broken:
            try:
                _finished(self._parser.parse(data))
            except _ERRORS:
                self._broken = True
                self.others.append("error")

    async def _process_msg(
        self, sid: int, subject: bytes, reply: bytes, body: bytes, block: bytes | None
    ) -> None:
        self.messages.append((sid, subject, reply, body, block))

    async def _process_ping(self) -> None:
        self.others.append("PING")

    async def _process_pong(self) -> None:
        self.others.append("PONG")

    async def _process_err(self, said: str) -> None:
        self.others.append(said)

    async def _process_info(self, said: object) -> None:
        self.others.append(said)


def _finished(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 — whatever it returns
    """Return what a coroutine that never waits returns."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def _operation(random: Random) -> bytes:
    kind = random.randrange(8)
    if kind < len(_OTHERS):
        return random.choice(_OTHERS)
    subject, reply = random.choice(_WORDS), random.choice(("", *_WORDS))
    sid = random.choice((b"1", b"22", b"333", b"4", b"044"))
    body = random.choice(_BODIES)
    block = random.choice(_BLOCKS) if random.randrange(2) else b""
    sizes = b"%d %d" % (len(block), len(block) + len(body))
    return b"".join(
        (
            b"HMSG " if block else b"MSG ",
            f"{subject} ".encode() + sid + b" ",
            f"{reply} ".encode() if reply else b"",
            sizes if block else b"%d" % len(body),
            b"\r\n" + block + body + b"\r\n",
        )
    )


def _stream(random: Random) -> bytes:
    """Return what a server sends, which sometimes ends amid an operation, or badly."""
    operations = [_operation(random) for _ in range(random.randrange(9))]
    data = b"".join(operations)
    end = random.randrange(3)
    if end == 0:
        return data[: random.randrange(len(data) + 1)]
    if end == 1:
        return b"".join((data, random.choice(_GARBAGE), _operation(random)))
    return data


def _cut(data: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    at = 0
    for size in cycle(sizes):
        if at >= len(data):
            return
        yield data[at : at + size]
        at += size


def agree(seed: int) -> None:
    """Check that what we take, with what we leave to nats-py, is what it reads."""
    random = Random(seed)  # noqa: S311 — not a secret
    data = _stream(random)
    sizes = [random.choice((1, 2, 3, 7, 100, 10_000)) for _ in range(4)]
    pieces = list(_cut(data, sizes))
    alone, beside, arrived = _Witness(), _Witness(), list[Arrived]()
    reader = OperationReader(_OURS)
    for piece in pieces:
        alone.feed(piece)
        some, rest = reader.receive(piece)
        arrived += some
        beside.feed(rest)

    taken = [_as_read(each) for each in arrived]
    theirs = [(each, _headers(each[4])) for each in beside.messages]
    both = taken + [(*each[:4], headers) for each, headers in theirs]
    expected = [(*each[:4], _headers(each[4])) for each in alone.messages]
    assert sorted(both, key=_sid) == sorted(expected, key=_sid)  # each in its order
    assert beside.others == alone.others
    assert {each[0] for each in taken} <= {1, 22, 333}
    if not reader.lost:
        assert {each[0] for each in beside.messages} <= {4, 44}


def _sid(message: tuple[Any, ...]) -> int:
    sid: int = message[0]
    return sid


def _as_read(each: Arrived) -> tuple[Any, ...]:
    sid, subject, reply, body, headers = each
    return (int(sid), subject.encode(), reply.encode(), body, headers)


def _headers(block: bytes | None) -> dict[str, str]:
    if block is None or len(block) < len("NATS/1.0\r\n"):
        return {}
    return _finished(Client()._process_headers(block)) or {}  # noqa: SLF001


@given(seed=st.integers(0))
def test_any_cut_gives_what_nats_py_reads(seed: int) -> None:
    agree(seed)


@given(
    subject=st.sampled_from(_WORDS),
    reply=st.sampled_from(("", *_WORDS)),
    body=st.sampled_from(_BODIES),
)
def test_a_message_is_written_as_nats_py_does(
    subject: str, reply: str, body: bytes
) -> None:
    block = header_block({"a": "b"})
    theirs = pub_cmd(subject, reply, body), hpub_cmd(subject, reply, block, body)
    ours = published(subject, reply, b"", body), published(subject, reply, block, body)

    # nats-py writes the space before a reply that there is not.
    spaced = [each if reply else each.replace(b"  ", b" ", 1) for each in theirs]
    assert list(ours) == spaced


@given(
    st.dictionaries(
        st.text("aZ09-_'| ", max_size=5),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    )
)
def test_headers_are_written_as_nats_py_does(headers: dict[str, str]) -> None:
    client, written = Client(), list[bytes]()

    async def keep(command: bytes) -> None:
        written.append(command)

    client._send_command = keep  # type: ignore[assignment]  # noqa: SLF001
    try:
        _finished(client._send_publish("a", "", b"", 0, headers))  # noqa: SLF001
    except BadHeaderError:
        with pytest.raises(ValueError, match="is not the name of a header"):
            header_block(headers)
    else:
        expected = written[0].partition(b"\r\n")[2].removesuffix(b"\r\n")
        assert header_block(headers) == expected


@pytest.mark.parametrize("block", _BLOCKS)
def test_headers_are_read_as_nats_py_does(block: bytes) -> None:
    assert read_headers(block) == _headers(block)


@given(st.binary(max_size=60))
def test_no_header_block_raises(block: bytes) -> None:
    read_headers(block)


def test_no_line_in_a_header_becomes_an_operation() -> None:
    block = header_block({"a": "b\r\n\r\nPUB c 0\r\n"})

    assert block == b"NATS/1.0\r\na: b    PUB c 0\r\n\r\n"
    with pytest.raises(ValueError, match="is not the name of a header"):
        header_block({"a\r\nb": "c"})


def test_what_is_no_utf_8_is_still_a_message() -> None:
    arrived, rest = OperationReader({b"1"}).receive(b"MSG \xff 1 \xfe 1\r\nx\r\n")

    assert [each[1:4] for each in arrived] == [("\\xff", "\\xfe", b"x")]
    assert rest == b""


def test_after_what_is_no_operation_everything_is_left_to_nats_py() -> None:
    reader = OperationReader({b"1"})
    good = b"MSG a 1 1\r\nx\r\n"

    arrived, rest = reader.receive(good + b"HTTP/1.1 400\r\n" + good)
    assert len(arrived) == 1
    assert rest == b"HTTP/1.1 400\r\n" + good
    assert reader.lost
    assert reader.receive(good) == ([], good)


def test_a_line_without_end_is_not_waited_for() -> None:
    reader, passed = OperationReader({b"1"}), 0
    for _ in range(100):
        passed += len(reader.receive(b"MSG " + b"a" * 996)[1])

    assert reader.lost
    assert passed == 100_000


@pytest.mark.parametrize("line", [b"MSG a 1 90000000\r\n", b"HMSG a 1 9 90000000\r\n"])
def test_a_message_larger_than_any_can_be_is_not_waited_for(line: bytes) -> None:
    with pytest.raises(OversizedMessageError, match=r"a message of 90,000,0\d\d bytes"):
        OperationReader({b"1"}).receive(line)


def test_a_large_message_in_small_pieces_is_not_looked_at_again_and_again() -> None:
    reader, looks = OperationReader({b"1"}), 0
    divide = reader._divide  # noqa: SLF001 — what costs something is counted

    def counted(data: bytes) -> tuple[list[Arrived], bytes]:
        nonlocal looks
        looks += 1
        return divide(data)

    reader._divide = counted  # type: ignore[method-assign]  # noqa: SLF001
    data = b"INFO " + b"x" * 50_000 + b"\r\nMSG a 1 1000000\r\n" + b"x" * 1_000_000
    arrived, rest = _all(reader, _cut(data + b"\r\n", [100]))

    assert [len(each.body) for each in arrived] == [1_000_000]
    assert len(rest) == 50_007
    assert looks == 3  # where the line begins, where it ends, where the body ends


def _all(
    reader: OperationReader, pieces: Iterable[bytes]
) -> tuple[list[Arrived], bytes]:
    arrived, rest = list[Arrived](), b""
    for piece in pieces:
        some, others = reader.receive(piece)
        arrived += some
        rest += others
    return arrived, rest
