from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Annotated

import pytest

import servers
from servers import (
    Client,
    Context,
    Depends,
    HandlerError,
    RemoteError,
    Router,
    RpcError,
    Service,
)
from servers.testing import connected
from tests.servers.peers import frame, peer_of, request, until
from tests.servers.sessions import (
    ALL,
    InSession,
    Session,
    later,
    outer,
    plain,
    told,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


@pytest.fixture(autouse=True)
def _forget() -> None:
    told.clear()


class CommitError(Exception):
    pass


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


def wrapped(function: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(function)
    def wrapper(*arguments: object) -> object:
        return function(*arguments)

    return wrapper


async def test_a_decorated_handler_gets_its_arguments_by_position() -> None:
    service = Service()

    @service.message("wrapped")
    @wrapped
    def decorated(data: int, route: Annotated[str, Depends(plain)]) -> list[object]:
        return [data, route]

    @service.message("gathered")
    def gathered(route: Annotated[str, Depends(plain)], *data: int) -> list[object]:
        return [route, *data]

    @service.message("optional")
    def optional(
        data: int, limit: int = 3, *, route: Annotated[str, Depends(plain)]
    ) -> list[object]:
        return [data, limit, route]

    async with connected(service) as nest:
        assert await nest.send("wrapped", 7) == [7, "wrapped"]
        assert await nest.send("gathered", 7) == ["gathered", 7]
        assert await nest.send("optional", 7) == [7, 3, "optional"]


def unreachable(
    data: int, limit: int = 3, route: Annotated[str, Depends(plain)] = "", /
) -> None:
    del data, limit, route


def test_what_no_call_could_pass_is_refused() -> None:
    with pytest.raises(HandlerError, match="takes 'route' by position"):
        Service().message("a")(unreachable)
