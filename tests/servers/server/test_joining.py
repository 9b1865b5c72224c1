from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, Json
from servers import RemoteError, RpcError, Service
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


async def _ask(*handlers: object) -> Json:
    service = Service()
    for handler in handlers:
        service.event("e")(handler)  # type: ignore[type-var]
    async with connected(service) as nest:
        return await nest.send("e", 0)


async def _coroutine() -> str:
    return "later"


def _stream() -> Iterator[int]:
    yield 1
    yield 2


async def _async_stream() -> AsyncIterator[int]:
    yield 3
    yield 4


def _void() -> object:
    return UNDEFINED


async def test_two_void_handlers_give_an_empty_object() -> None:
    assert await _ask(_void, _void) == {}


async def test_two_handlers_give_current_and_next() -> None:
    assert await _ask(lambda: 1, _coroutine) == {"current": 1, "next": "later"}
    assert await _ask(lambda: None, _void) == {"current": None}


async def test_three_handlers_nest() -> None:
    assert await _ask(lambda: 1, _stream, _async_stream) == {
        "current": 1,
        "next": {"current": 2, "next": 4},
    }


async def test_a_stream_without_values_has_no_key() -> None:
    def empty() -> Iterator[int]:
        yield from ()

    assert await _ask(empty, lambda: 1) == {"next": 1}


async def test_all_run_although_one_fails() -> None:
    ran: list[str] = []

    def fail() -> None:
        raise RpcError("first")

    with pytest.raises(RemoteError, match="first"):
        await _ask(fail, lambda: ran.append("second"))
    assert ran == ["second"]
