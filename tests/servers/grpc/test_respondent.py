from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import Event, loads
from servers.grpc.messages import GrpcMessage
from servers.grpc.respondent import CallRespondent, StatusError
from servers.grpc.statuses import Status
from servers.limits import Limits
from servers.server.endpoints import Reception

if TYPE_CHECKING:
    from typing import Any

_NOTHING: Any = None
_RECEPTION = Reception(_NOTHING, _NOTHING, _NOTHING, Limits(), None)


def _call() -> CallRespondent:
    return CallRespondent(_RECEPTION, "127.0.0.1:1", 7, GrpcMessage("/a.B/C"))


async def test_replies_are_values_until_the_last() -> None:
    call = _call()
    call.unhandled(Event("a"))
    assert not call.retry()
    for body in (
        b'{"id":7,"response":1}',
        b'{"id":7,"response":2,"isDisposed":true}',
        b'{"id":7,"response":3}',
    ):
        call.send(body)
    assert [loads(each) async for each in call.values()] == [1, 2]


async def test_an_error_is_a_status() -> None:
    call = _call()
    call.send(b'{"id":7,"err":{"code":5,"message":"no"},"isDisposed":true}')
    with pytest.raises(StatusError) as caught:
        [each async for each in call.values()]
    assert caught.value.status == Status(5, "no")


async def test_a_handler_waits_for_a_slow_client() -> None:
    call = _call()
    for _ in range(100):
        call.send(b'{"id":7,"response":1}')
    assert call.write_paused
    waiting = asyncio.ensure_future(call.drained())
    values = call.values()
    for _ in range(50):
        await anext(values)
    await waiting
    assert not call.write_paused
