from __future__ import annotations

import asyncio
import gc
import threading
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Annotated

import pytest

import servers
from servers import Client, Context, Depends, RemoteError, Router, RpcError, Service
from servers.testing import connected
from tests.servers.peers import frame, peer_of, request, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

told: list[str] = []
numbers = count()
user: ContextVar[str] = ContextVar("user")


@pytest.fixture(autouse=True)
def _forget() -> None:
    told.clear()


class CommitError(Exception):
    pass


class Session:
    def __init__(self) -> None:
        self.number = next(numbers)


def plain(context: Context) -> str:
    return context.route


async def later(route: Annotated[str, Depends(plain)]) -> str:
    await asyncio.sleep(0)
    return f"later {route}"


def outer() -> Iterator[Session]:
    told.append("outer begins")
    token = user.set("ann")
    try:
        yield Session()
    except BaseException as error:
        told.append(f"outer sees {type(error).__name__}")
        raise
    else:
        told.append("outer commits")
    finally:
        user.reset(token)
        told.append("outer ends")


async def session(base: Annotated[Session, Depends(outer)]) -> AsyncIterator[Session]:
    told.append("session begins")
    try:
        yield base
    finally:
        await asyncio.sleep(0)
        told.append("session ends")


ALL = ["outer begins", "session begins", "session ends", "outer commits", "outer ends"]
InSession = Annotated[Session, Depends(session)]


async def test_a_handler_receives_what_it_depends_on() -> None:
    service = Service()

    @service.message("plain")
    def of_plain(
        data: int,
        route: Annotated[str, Depends(plain)],
        context: Context,
        *,
        awaited: Annotated[str, Depends(later)],
    ) -> list[object]:
        return [data, route, context.route, awaited]

    @service.message("async")
    async def of_async(
        route: Annotated[str, Depends(plain)], data: int, /, one: InSession
    ) -> list[object]:
        return [route, data, one.number >= 0]

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("plain", 7) == [7, "plain", "plain", "later plain"]
        assert await nest.send("async", 7) == ["async", 7, True]

    assert told == ALL


async def test_it_is_made_once_for_a_call_unless_it_is_not_to_be_kept() -> None:
    service = Service()

    @service.message("numbers")
    def of_numbers(
        one: InSession,
        other: Annotated[Session, Depends(outer)],
        fresh: Annotated[Session, Depends(Session, use_cache=False)],
        fresher: Annotated[Session, Depends(use_cache=False)],
    ) -> list[int]:
        return [each.number for each in (one, other, fresh, fresher)]

    async with connected(service) as nest:
        one, other, fresh, fresher = await nest.send("numbers", 0)
        again, *_ = await nest.send("numbers", 0)

    assert one == other
    assert len({one, fresh, fresher, again}) == 4


async def test_it_cleans_up_before_the_reply_so_that_a_failure_is_told() -> None:
    service = Service()

    async def commits() -> AsyncIterator[None]:
        yield
        raise CommitError

    globals()["commits"] = commits

    @service.message("commit")
    def commit(_: Annotated[None, Depends(commits)]) -> str:
        return "never seen"

    @service.exception(CommitError)
    def failed(_context: Context, _error: CommitError) -> None:
        raise RpcError("not committed")

    async with connected(service) as nest:
        with pytest.raises(RemoteError, match="not committed"):
            await nest.send("commit", {})


def suppresses() -> Iterator[None]:
    try:
        yield
    except RpcError:
        told.append("suppressed")


async def test_it_sees_the_error_of_the_handler_and_cannot_hide_it() -> None:
    service = Service()

    @service.message("fails")
    async def fails(_: Annotated[None, Depends(suppresses)], one: InSession) -> None:
        raise RpcError(f"not {one.number >= 0}")

    async with connected(service) as nest:
        with pytest.raises(RemoteError, match="not True"):
            await nest.send("fails", {})

    assert told == [
        "outer begins",
        "session begins",
        "session ends",
        "outer sees RpcError",
        "outer ends",
        "suppressed",
    ]


async def test_nothing_is_made_for_a_call_that_is_refused() -> None:
    service = Service()

    @service.message("typed")
    def typed(data: int, one: InSession) -> None:
        del data, one

    @service.message("guarded", guards=[lambda _: False])
    def guarded(one: InSession) -> None:
        del one

    async with connected(service) as nest:
        with pytest.raises(RemoteError, match="Invalid data"):
            await nest.send("typed", "text")
        with pytest.raises(RemoteError, match="Forbidden"):
            await nest.send("guarded", 0)

    assert told == []


def fails_itself(one: InSession) -> int:
    raise RpcError(f"no {one.number >= 0}")


async def test_what_one_raises_is_the_error_and_the_others_clean_up() -> None:
    service = Service()

    @service.message("value")
    def value(_: Annotated[int, Depends(fails_itself)]) -> None:
        pytest.fail("it ran")

    @service.message("stream")
    async def stream(_: Annotated[int, Depends(fails_itself)]) -> AsyncIterator[int]:
        told.append("it ran")
        yield 1

    async with connected(service) as nest:
        for name in ("value", "stream"):
            with pytest.raises(RemoteError, match="no True"):
                await nest.send(name, 0)
            assert told[-3:] == ["session ends", "outer sees RpcError", "outer ends"]
    assert "it ran" not in told


def _streams(service: Service) -> None:
    @service.message("async")
    async def of_async(to: int, one: InSession) -> AsyncIterator[str]:
        for _ in range(to):
            yield f"{user.get()} {one.number >= 0}"
            told.append("value")
            await asyncio.sleep(0)

    @service.message("plain")
    def of_plain(to: int, one: InSession) -> Iterator[str]:
        for _ in range(to):
            yield f"{user.get()} {one.number >= 0}"
            told.append("value")

    @service.message("thread", thread=True)
    def of_thread(to: int, one: InSession) -> Iterator[str]:
        for _ in range(to):
            yield f"{user.get()} {one.number >= 0}"
            told.append("value")


@pytest.mark.parametrize("name", ["async", "plain", "thread"])
async def test_a_stream_is_left_when_it_has_ended(name: str) -> None:
    service = Service()
    _streams(service)
    async with connected(service) as nest:
        found = [value async for value in nest.stream(name, 2)]

    assert found == ["ann True", "ann True"]
    assert told[:2] == ALL[:2]
    assert [each for each in told[2:4] if each == "value"] == ["value"] * 2
    assert told[4:] == ALL[2:]


@pytest.mark.parametrize("name", ["async", "thread"])
async def test_a_stream_is_left_when_its_caller_is_gone(name: str) -> None:
    service = Service()
    _streams(service)
    async with service.listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port) as nest:
            assert await anext(nest.stream(name, 1_000_000)) == "ann True"
        await until(lambda: told[-1:] == ["outer ends"])

    assert told[-3:] == ["session ends", "outer sees CancelledError", "outer ends"]


@pytest.mark.parametrize("read", [True, False])
async def test_a_stream_that_a_coroutine_returns_is_left_even_if_nobody_reads_it(
    *, read: bool
) -> None:
    service = Service()

    def bare() -> Iterator[None]:
        yield
        told.append("bare ends")

    globals()["bare"] = bare

    @service.message("returned")
    async def returned(_: Annotated[None, Depends(bare)]) -> Iterator[int]:
        return iter([1, 2])

    @service.use
    async def drop(_: Context, proceed: servers.ServerProceed) -> object:
        result = await proceed()
        return result if read else "dropped"

    async with connected(service) as nest:
        found = [value async for value in nest.stream("returned", 0)]
        gc.collect()
        if read:
            assert told == ["bare ends"]
        else:
            assert told == []

    assert found == ([1, 2] if read else ["dropped"])


async def test_what_blocks_runs_where_its_handler_does() -> None:
    service = Service()

    def name() -> str:
        return threading.current_thread().name

    def around() -> Iterator[str]:
        told.append(name())
        yield name()
        told.append(name())

    class Named:
        def __init__(self) -> None:
            self.name = name()

    async def on_the_loop() -> str:
        return name()

    globals().update(name=name, around=around, Named=Named, on_the_loop=on_the_loop)

    def handler(
        one: Annotated[str, Depends(name)],
        two: Annotated[str, Depends(around)],
        three: Annotated[Named, Depends()],
        four: Annotated[str, Depends(on_the_loop)],
    ) -> list[str]:
        return [name(), one, two, three.name, four]

    service.message("thread", thread=True)(handler)
    service.message("loop")(handler)
    here = threading.current_thread().name
    async with connected(service) as nest:
        *threads, last = await nest.send("thread", 0)
        assert all(each.startswith("handler_") for each in threads)
        assert last == here
        assert await nest.send("loop", 0) == [here] * 5

    assert [each.startswith("handler_") for each in told] == [True] * 2 + [False] * 2


async def test_an_event_has_dependencies_too_and_so_have_methods() -> None:
    class Orders:
        @servers.event("paid")
        async def paid(self, amount: int, one: InSession) -> None:
            told.append(f"{amount} {one.number >= 0}")

    router = Router()
    router.include(Orders())
    service = Service()
    service.include(router)
    service.message("then")(lambda: 1)
    async with peer_of(service) as peer:
        peer.write(frame({"pattern": "paid", "data": 7}))
        await peer.ask(request("then"))
        await until(lambda: told[-1:] == ["outer ends"])

    assert told == [*ALL[:2], "7 True", *ALL[2:]]


async def test_others_can_stand_in_their_place() -> None:
    service = Service()

    @service.message("who")
    def who(name: Annotated[str, Depends(later)]) -> str:
        return name

    async def fake(context: Context) -> AsyncIterator[str]:
        yield f"fake {context.route}"
        told.append("fake ends")

    async with connected(service) as nest:
        with service.override(later, fake):
            assert await nest.send("who", 0) == "fake who"
            with service.override(later, lambda: "other"):
                assert await nest.send("who", 0) == "other"
            assert await nest.send("who", 0) == "fake who"
        with service.override(plain, lambda: "further in"):
            assert await nest.send("who", 0) == "later further in"
        assert await nest.send("who", 0) == "later who"
        service.overrides[later] = fake
        assert await nest.send("who", 0) == "fake who"

    assert told == ["fake ends"] * 3
