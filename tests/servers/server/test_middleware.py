from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from servers import (
    UNDEFINED,
    Client,
    Context,
    HandlerError,
    InvalidDataError,
    RemoteError,
    Router,
    RpcError,
    ServerProceed,
    Service,
    stream_of,
)
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


async def test_it_may_change_the_payload_which_is_decoded_then() -> None:
    service = _service()

    @service.use
    async def unwrap(context: Context, proceed: ServerProceed) -> Json:
        return await proceed(context.replace(data=context.data["wrapped"]))

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("double", {"wrapped": 4}) == 8
        with pytest.raises(RemoteError, match=r"Invalid data: .*str"):
            await nest.send("double", {"wrapped": "four"})


async def test_what_it_changes_is_seen_by_what_is_further_in() -> None:
    service = Service()

    @service.use
    async def outer(context: Context, proceed: ServerProceed) -> Json:
        changed = context.replace(metadata={"user": "ann"}, state={"request": 1})
        return await proceed(changed)

    @service.use
    async def inner(context: Context, proceed: ServerProceed) -> Json:
        assert context.metadata == {"user": "ann"}
        return await proceed(context.replace(data=UNDEFINED))

    @service.message("seen")
    def seen(data: object, context: Context) -> list[object]:
        return [data is UNDEFINED, context.metadata, context.state]

    async with connected(service) as nest:
        assert await nest.send("seen", 7) == [True, {"user": "ann"}, {"request": 1}]


async def test_it_sees_the_error_of_a_payload_that_does_not_fit() -> None:
    service, seen = _service(), list[Exception]()

    @service.use
    async def note(_: Context, proceed: ServerProceed) -> Json:
        try:
            return await proceed()
        except Exception as error:
            seen.append(error)
            raise

    async with connected(service) as nest:
        for pattern in ("double", "later"):
            with pytest.raises(RemoteError, match="Invalid data"):
                await nest.send(pattern, "text")

    assert [type(error) for error in seen] == [InvalidDataError] * 2
    assert "`str`" in str(seen[0])


async def test_it_sees_how_long_a_stream_is_and_when_it_ends() -> None:
    service, lengths = _service(), list[int]()

    @service.message("endless")
    async def endless() -> AsyncIterator[int]:
        while True:
            yield 1
            await asyncio.sleep(0)

    @service.use
    async def count(_: Context, proceed: ServerProceed) -> Json:
        result = await proceed()
        stream = stream_of(result)
        if stream is None:
            return result

        async def counted() -> AsyncIterator[Json]:
            length = 0
            try:
                async for value in stream:
                    length += 1
                    yield value
            finally:
                lengths.append(length)
                await stream.aclose()

        return counted()

    async with connected(service) as nest:
        assert await nest.send("double", 4) == 8
        assert [value async for value in nest.stream("count", 3)] == [0, 1, 2]
    assert lengths == [3]

    async with connected(service, grace=0) as nest:
        assert await anext(nest.stream("endless", 0)) == 1
    assert len(lengths) == 2


@pytest.mark.parametrize("taker", [Service, Router])
def test_one_that_cannot_be_called_is_refused_when_it_is_used(
    taker: type[Service | Router],
) -> None:
    async def alone(context: Context) -> None: ...

    unfit: Any = alone
    with pytest.raises(HandlerError, match="cannot be a middleware"):
        taker().use(unfit)
