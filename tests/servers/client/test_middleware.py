from __future__ import annotations

from typing import TYPE_CHECKING

from servers import Context, Outgoing, Service
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from protocol import Json
    from servers import ClientProceed


def _service(seen: list[Json]) -> Service:
    service = Service()

    @service.message("trace")
    def trace(context: Context) -> Json:
        return context.metadata

    @service.event("happened")
    def happened(context: Context) -> None:
        seen.append(context.metadata)

    @service.message("count")
    def count(to: int) -> Iterator[int]:
        yield from range(to)

    return service


async def test_every_kind_of_call_goes_through_in_order() -> None:
    seen: list[Json] = []
    async with connected(_service(seen)) as nest:
        kinds: list[str] = []

        @nest.use
        async def outer(outgoing: Outgoing, proceed: ClientProceed) -> Json:
            kinds.append(f"{outgoing.kind} {outgoing.pattern} {outgoing.timeout}")
            return await proceed(outgoing.replace(metadata={"by": "outer"}))

        @nest.use
        async def inner(outgoing: Outgoing, proceed: ClientProceed) -> Json:
            metadata = {**outgoing.metadata, "and": "inner"}
            return await proceed(outgoing.replace(metadata=metadata))

        assert await nest.send("trace", 0) == {"by": "outer", "and": "inner"}
        await nest.emit("happened", 0)
        assert [v async for v in nest.stream("count", 2, timeout=5)] == [0, 1]

    assert kinds == ["message trace 30.0", "event happened 30.0", "stream count 5"]
    assert seen == [{"by": "outer", "and": "inner"}]


async def test_it_may_answer_itself_and_change_values() -> None:
    async with connected(_service([])) as nest:

        @nest.use
        async def change(outgoing: Outgoing, proceed: ClientProceed) -> Json:
            if outgoing.pattern == "cached":
                return "from the cache"
            result = await proceed(outgoing)
            if outgoing.kind != "stream":
                return result

            async def doubled() -> AsyncIterator[int]:
                async for value in result:
                    yield 2 * value

            return doubled()

        assert await nest.send("cached", 0) == "from the cache"
        stream = nest.stream("count", 4)
        assert await anext(stream) == 0
        assert [value async for value in stream] == [2, 4, 6]
        left = nest.stream("count", 4)
        await anext(left)
        await left.aclose()
        assert [value async for value in left] == []
