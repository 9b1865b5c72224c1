from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import Context, RemoteError, RpcError, ServerProceed, Service
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from protocol import Json


def _service() -> Service:
    service = Service()

    @service.message("double")
    def double(number: int) -> int:
        return 2 * number

    @service.message("later")
    async def later(number: int) -> int:
        return number

    @service.message("count")
    def count(to: int) -> object:
        return (value for value in range(to))

    return service


async def test_the_first_stands_outermost() -> None:
    service, order = _service(), list[str]()

    def named(name: str) -> None:
        @service.use
        async def around(context: Context, proceed: ServerProceed) -> Json:
            order.append(f"{name} before {context.route}")
            value = await proceed()
            order.append(f"{name} after {value}")
            return value

    named("one")
    named("two")
    async with connected(service) as nest:
        assert await nest.send("double", 4) == 8

    assert order == [
        "one before double",
        "two before double",
        "two after 8",
        "one after 8",
    ]


async def test_it_stands_around_what_is_registered_before_and_after() -> None:
    service, seen = _service(), list[str]()

    @service.use
    async def note(context: Context, proceed: ServerProceed) -> Json:
        seen.append(context.route)
        return await proceed()

    service.message("new")(lambda: 1)
    async with connected(service) as nest:
        await nest.send("later", 1)
        await nest.send("new", 1)

    assert seen == ["later", "new"]


async def test_it_may_answer_itself() -> None:
    service = _service()

    @service.use
    async def refuse(context: Context, proceed: ServerProceed) -> Json:
        if context.metadata == {"token": "good"}:
            return await proceed()
        raise RpcError({"code": 401})

    async with connected(service) as nest:
        assert await nest.send("double", 4, metadata={"token": "good"}) == 8
        with pytest.raises(RemoteError) as raised:
            await nest.send("double", 4)

    assert raised.value.err == {"code": 401}


async def test_it_may_pass_on_and_wrap_a_stream() -> None:
    service = _service()

    @service.use
    async def times_ten(context: Context, proceed: ServerProceed) -> Json:
        stream = await proceed()
        if context.route != "count":
            return stream

        async def values() -> AsyncIterator[int]:
            for value in stream:
                yield value * 10

        return values()

    async with connected(service) as nest:
        assert [value async for value in nest.stream("count", 3)] == [0, 10, 20]
        assert await nest.send("double", 1) == 2
