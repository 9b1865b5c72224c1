"""What a handler puts into a ContextVar is of its call alone."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pytest

from servers import Client, Context, Hooks, Service
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_USER: ContextVar[str] = ContextVar("user", default="nobody")


def _seen_then_set(user: str) -> str:
    seen = _USER.get()
    _USER.set(user)
    return seen


def _service(hooks: Hooks | None = None) -> Service:
    """Return handlers of all kinds: each tells whom it sees, and sets another."""
    service = Service(hooks=hooks)
    heard: list[str] = []
    service.message("plain")(_seen_then_set)
    service.message("blocking", thread=True)(_seen_then_set)
    service.message("heard")(lambda: heard)

    @service.message("with context")
    def with_context(user: str, context: Context) -> str:
        del context
        return _seen_then_set(user)

    @service.message("coroutine")
    async def coroutine(user: str) -> str:
        seen = _seen_then_set(user)
        await asyncio.sleep(0)
        assert _USER.get() == user
        return seen

    @service.message("stream")
    async def stream(user: str) -> AsyncIterator[str]:
        yield _seen_then_set(user)

    @service.message("plain stream")
    def plain_stream(user: str) -> Iterator[str]:
        yield _seen_then_set(user)

    for _ in range(2):
        service.event("event")(lambda user: heard.append(_seen_then_set(user)))
    return service


_KINDS = [
    "plain", "with context", "blocking", "coroutine", "stream", "plain stream",
]  # fmt: skip


@pytest.mark.parametrize("hooks", [None, Hooks()], ids=["bare", "hooks"])
async def test_no_call_sees_what_another_has_set(hooks: Hooks | None) -> None:
    async with (
        _service(hooks).listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for first in _KINDS:
            for second in _KINDS:
                assert await nest.send(first, "ada") == "nobody"
                assert await nest.send(second, "bob") == "nobody"
        at_once = [nest.send(kind, kind) for kind in _KINDS * 3]
        assert set(await asyncio.gather(*at_once)) == {"nobody"}


async def test_each_handler_of_an_event_has_a_context_of_its_own() -> None:
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        await nest.emit("event", "ada")
        await nest.emit("event", "bob")
        heard: list[str] = []
        while len(heard) < 4:
            heard = await nest.send("heard", 0)
        assert heard == ["nobody"] * 4
        await until(lambda: not server.in_flight)


async def test_what_goes_on_later_goes_on_in_the_context_of_its_call() -> None:
    service = Service()

    @service.message("promise")
    def promise(user: str) -> object:
        _USER.set(user)

        async def later() -> str:
            await asyncio.sleep(0)
            return _USER.get()

        return later()

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        users = [f"user{number}" for number in range(20)]
        seen = await asyncio.gather(*(nest.send("promise", user) for user in users))
        assert seen == users
