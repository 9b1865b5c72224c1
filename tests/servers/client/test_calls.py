from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import (
    NO_MESSAGE_HANDLER,
    UNDEFINED,
    Json,
    JsonText,
    Response,
    parse_body,
)
from servers import NoHandlerError, RemoteError
from servers.client.calls import PendingValue, deliver, remote_error

if TYPE_CHECKING:
    from servers.client.calls import Pending, Text


class _Log:
    """A call that keeps what it receives."""

    full = False

    def __init__(self) -> None:
        self.received: list[Json] = []

    def take(self, text: Text) -> None:
        self.received.append("undefined" if text is UNDEFINED else bytes(text))

    def end(self) -> None:
        self.received.append("end")

    def done(self) -> bool:
        return False

    def set_exception(self, error: Exception) -> None:
        assert isinstance(error, RemoteError)
        self.received.append(error.err)


@pytest.mark.parametrize(
    ("body", "last", "received"),
    [
        (b'{"response":6,"isDisposed":true,"id":"1"}', True, [b"6", "end"]),
        (b'{"response":6,"id":"1"}', False, [b"6"]),
        (b'{"response":6,"isDisposed":false,"id":"1"}', False, [b"6"]),
        (b'{"response":null,"isDisposed":true,"id":"1"}', True, [b"null", "end"]),
        (b'{"isDisposed":true,"id":"1"}', True, ["end"]),
        (b'{"id":"1"}', False, ["undefined"]),
        (b'{"err":"e","id":"1"}', True, ["e"]),
        (b'{"err":{"a":1},"isDisposed":true,"id":"1"}', True, [{"a": 1}]),
        (b'{"err":"e","response":5,"isDisposed":true,"id":"1"}', True, ["e"]),
        (b'{"err":"","isDisposed":true,"id":"1"}', True, ["end"]),
        (b'{"err":null,"response":5,"isDisposed":true,"id":"1"}', True, [b"5", "end"]),
        (b'{"err":0,"id":"1"}', False, ["undefined"]),
        (b'{"id":"1","status":"error","err":"no"}', True, ["no"]),
    ],
)
def test_a_reply_means_what_it_means_to_nest(
    body: bytes,
    last: bool,  # noqa: FBT001 — a column of the table
    received: list[Json],
) -> None:
    packet, call = parse_body(body), _Log()
    assert isinstance(packet, Response)

    assert deliver(packet, call) is last
    assert call.received == received


def test_a_missing_handler_is_an_error_of_its_own() -> None:
    assert type(remote_error(NO_MESSAGE_HANDLER)) is NoHandlerError
    assert type(remote_error({"message": NO_MESSAGE_HANDLER})) is RemoteError
    assert remote_error({"a": 1}).err == {"a": 1}


def _pending() -> tuple[PendingValue, asyncio.Future[Json]]:
    future = asyncio.get_running_loop().create_future()
    return PendingValue(future), future


async def test_the_last_value_is_the_result() -> None:
    call, future = _pending()
    pending: Pending = call

    pending.take(JsonText(b"1"))
    pending.take(JsonText(b'{"a":[2]}'))
    assert not pending.done()
    assert not pending.full
    pending.end()

    assert pending.done()
    assert await future == {"a": [2]}


async def test_without_a_value_the_result_is_undefined() -> None:
    replies: list[list[Text]] = [[], [UNDEFINED], [JsonText(b"1"), UNDEFINED]]
    for texts in replies:
        call, future = _pending()
        for text in texts:
            call.take(text)
        call.end()

        assert await future is UNDEFINED


async def test_an_error_is_the_result_of_a_call_that_fails() -> None:
    call, future = _pending()

    call.take(JsonText(b"1"))
    call.set_exception(RemoteError("e"))

    assert call.done()
    with pytest.raises(RemoteError, match="e"):
        await future


async def test_a_call_that_was_cancelled_takes_no_result() -> None:
    call, future = _pending()
    future.cancel()

    assert call.done()
    call.end()
    call.set_exception(RemoteError("e"))
    assert future.cancelled()
