"""Ordinary replies are settled the quick way; it must make no difference."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, Json, encode_frame, loads
from servers import Limits
from servers.client.connection import Connection
from servers.client.quick_replies import quick_settle
from servers.limits import Budget
from servers.pipes import connect_pair
from servers.writing import Shared

if TYPE_CHECKING:
    from servers.client.calls import Text

# What a server may answer to one request, with @ for its id.
_ANSWERS = [
    [],
    ['{"response":6,"isDisposed":true,"id":"@"}'],
    ['{"response":{"a":[1.5,null,true,"x"]},"isDisposed":true,"id":"@"}'],
    ['{"response":null,"isDisposed":true,"id":"@"}'],
    ['{"isDisposed":true,"id":"@"}'],
    [' {"id" : "@", "isDisposed" : true, "response" : [ 7 ] } '],
    ['{"response":1,"id":"@"}', '{"response":2,"isDisposed":true,"id":"@"}'],
    ['{"response":1,"id":"@"}', '{"isDisposed":true,"id":"@"}'],
    ['{"response":1,"id":"@"}', '{"id":"@"}', '{"isDisposed":true,"id":"@"}'],
    ['{"response":1,"isDisposed":false,"id":"@"}', '{"isDisposed":1,"id":"@"}'],
    ['{"response":1,"isDisposed":"","id":"@"}', '{"err":"late","id":"@"}'],
    ['{"response":5,"isDisposed":true,"id":"@"}'] * 2,
    ['{"err":"e","isDisposed":true,"id":"@"}'],
    ['{"err":{"a":[1]},"response":5,"isDisposed":true,"id":"@"}'],
    ['{"err":null,"response":5,"isDisposed":true,"id":"@"}'],
    ['{"err":"","isDisposed":true,"id":"@"}'],
    [f'{{"id":"@","status":"error","err":"{NO_MESSAGE_HANDLER}"}}'],
    ['{"response":5,"isDisposed":true,"id":"@","more":1}'],
    ['{"response":5,"isDisposed":true,"id":"@","err":[],"status":0}'],
    ['{"pattern":"p","data":5,"id":"@"}'],
    ['{"response":1,"response":2,"isDisposed":true,"id":"@"}'],
    [
        '{"response":1,"isDisposed":true,"id":5}',
        '{"response":5,"id":null}',
        "[1]",
        "{}",
    ],
    ['{"response":1,"isDisposed":true,"id":"@@"}', '{"isDisposed":true,"id":"@"}'],
    [r'{"response":"\ud83d","isDisposed":true,"id":"@"}'],
    ['{"response":[1e400,12345678901234567890],"isDisposed":true,"id":"@"}'],
    ['{"response":"求和😀#","isDisposed":true,"id":"@"}'],
    [f'{{"response":"{"x" * 1_500}","isDisposed":true,"id":"@"}}'],
    [f'{{"response":{"[" * 3_000}{"]" * 3_000},"isDisposed":true,"id":"@"}}'],
]


class _OneByOne(Connection):
    """Settle nothing the quick way."""

    def bodies_received(self, bodies: list[bytes]) -> int:
        self._deliver(bodies[0])
        return 1


class _Log:
    """A call for all values that keeps what it receives."""

    full = False

    def __init__(self) -> None:
        self.told: list[Json] = []

    def done(self) -> bool:
        return False

    def take(self, text: Text) -> None:
        self.told.append(UNDEFINED if text is UNDEFINED else _shown(loads(text)))

    def end(self) -> None:
        self.told.append("end")

    def set_exception(self, error: Exception) -> None:
        self.told.append(repr(error))


def _shown(value: Json) -> str:
    """Distinguish 1 from 1.0 and True, and describe what is nested deeply."""
    try:
        return repr(value)
    except RecursionError:
        return "deep"


def _outcome(future: asyncio.Future[Json]) -> str:
    if not future.done():
        return "waits"
    error = future.exception()
    return repr(error) if error is not None else _shown(future.result())


async def _outcomes(kind: type[Connection], count: int, pieces: list[bytes]) -> Json:
    """Return what becomes of calls for one value and for all, and of the rest."""
    shared = Shared(Limits(), None, Budget(1 << 30))
    connection = kind(shared, lambda *_: None)
    connect_pair(connection, asyncio.Protocol())
    futures = [connection.ask(f"one {n}", b"") for n in range(count)]
    logs = [_Log() for _ in range(count)]
    for number, log in enumerate(logs):
        connection.follow(f"all {number}", b"", log)
    for piece in pieces:
        connection.data_received(piece)
        await asyncio.sleep(0)
    told = [_outcome(future) for future in futures], [log.told for log in logs]
    counted = connection.unclaimed, connection.pending
    connection.abort()
    await connection.wait_closed()
    return told, counted, [_outcome(future) for future in futures]


@st.composite
def _conversations(draw: st.DrawFn) -> tuple[int, bytes]:
    """Draw how many calls of both kinds there are, and all replies in any order."""
    answers = draw(st.lists(st.sampled_from(_ANSWERS), max_size=12))
    left = {
        f"{kind} {number}": [body.replace("@", f"{kind} {number}") for body in bodies]
        for number, bodies in enumerate(answers)
        for kind in ("one", "all")
    }
    order = draw(st.permutations([name for name in left for _ in left[name]]))
    bodies = [left[name].pop(0) for name in order]
    bodies += draw(st.sampled_from([[], [], ["{bad}"], ['{"id":']]))
    return len(answers), b"".join(encode_frame(body.encode()) for body in bodies)


@given(_conversations(), st.data())
def test_every_reply_means_the_same_by_either_way_however_it_is_cut(
    conversation: tuple[int, bytes], data: st.DataObject
) -> None:
    count, stream = conversation
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6), "places")
    ends = pairwise([0, *sorted(places), len(stream)])
    pieces = [stream[start:end] for start, end in ends if start < end]
    logging.disable()
    try:
        expected = asyncio.run(_outcomes(_OneByOne, count, [stream]))
        assert asyncio.run(_outcomes(Connection, count, [stream])) == expected
        assert asyncio.run(_outcomes(Connection, count, pieces)) == expected
    finally:
        logging.disable(logging.NOTSET)


async def test_replies_after_one_that_is_late_or_unusual_are_settled() -> None:
    bodies = [
        b'{"response":%d,"isDisposed":true,"id":"one %d"}' % (n, n) for n in range(9)
    ]
    bodies[3:3] = [
        b'{"response":0,"isDisposed":true,"id":"late"}',
        b'{"err":1,"id":"no"}',
    ]
    stream = b"".join(map(encode_frame, bodies))

    (values, _), (unclaimed, _), _ = await _outcomes(Connection, 9, [stream])

    assert values == [str(number) for number in range(9)]
    assert unclaimed == 2


async def test_a_call_that_was_given_up_does_not_disturb_the_others() -> None:
    shared = Shared(Limits(), None, Budget(1 << 30))
    connection = Connection(shared, lambda *_: None)
    connect_pair(connection, asyncio.Protocol())
    futures = [connection.ask(str(number), b"") for number in range(3)]
    futures[1].cancel()
    connection.data_received(
        b"".join(
            encode_frame(b'{"response":%d,"isDisposed":true,"id":"%d"}' % (n, n))
            for n in range(3)
        )
    )

    assert [futures[0].result(), futures[2].result()] == [0, 2]
    assert connection.pending == 0
    connection.abort()
    await connection.wait_closed()
    with pytest.raises(asyncio.CancelledError):
        await futures[1]


async def test_what_is_settled_is_counted_and_removed() -> None:
    loop = asyncio.get_running_loop()
    asked: dict[str, asyncio.Future[Json]] = {
        name: loop.create_future() for name in "abc"
    }
    bodies = [
        b'{"response":1,"isDisposed":true,"id":"a"}',
        b'{"isDisposed":true,"id":"b"}',
        b'{"response":3,"id":"c"}',
        b'{"response":4,"isDisposed":true,"id":"c"}',
    ]

    assert quick_settle(bodies, asked) == 2
    assert list(asked) == ["c"]
    assert quick_settle(bodies[:0], asked) == 0
    assert quick_settle(bodies[2:], asked) == 0
    assert quick_settle(bodies[3:], asked) == 1
    assert not asked


@pytest.mark.parametrize(
    "body",
    [
        b'{"response":1,"isDisposed":true,"id":"late"}',
        b'{"response":1,"isDisposed":true,"id":5}',
        b'{"response":1,"isDisposed":1,"id":"a"}',
        b'{"err":1,"isDisposed":true,"id":"a"}',
        b'{"response":1,"id":"a"}',
        b'{"response":1,"isDisposed":true}',
        b'{"response":1,"isDisposed":true,"id":"a","more":1}',
        b"{bad",
        b"",
    ],
)
async def test_the_first_unusual_reply_ends_it(body: bytes) -> None:
    future = asyncio.get_running_loop().create_future()
    asked: dict[str, asyncio.Future[Json]] = {"a": future}

    assert quick_settle([body], asked) == 0
    assert not future.done()
