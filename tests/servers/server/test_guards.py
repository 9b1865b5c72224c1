from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from servers import (
    Client,
    Context,
    ForbiddenError,
    HandlerError,
    RemoteError,
    Router,
    RpcError,
    Service,
)
from servers.testing import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from servers import Guard

_FORBIDDEN = {"status": "error", "message": "Forbidden resource"}


def _signed_in(context: Context) -> bool:
    return bool(context.metadata == {"user": "ann"})


async def _later(context: Context) -> bool:
    return bool(context.data)


def _told(context: Context) -> bool:
    raise RpcError({"code": 401, "route": context.route})


def _forgets(context: Context) -> None:
    del context


async def test_false_refuses_as_in_nest() -> None:
    service, ran = Service(), list[str]()

    @service.message("sync", guards=[_signed_in])
    def sync(text: str) -> str:
        ran.append(text)
        return text

    @service.message("later", guards=[_signed_in, _later])
    async def later(text: str) -> str:
        ran.append(text)
        return text

    @service.message("stream", guards=[_signed_in])
    async def stream() -> AsyncIterator[int]:
        yield 1

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for pattern in ("sync", "later", "stream"):
            with pytest.raises(RemoteError) as raised:
                await nest.send(pattern, "a")
            assert raised.value.err == _FORBIDDEN
        with pytest.raises(RemoteError):
            await nest.send("later", "", metadata={"user": "ann"})
        assert ran == []
        for pattern in ("sync", "later"):
            assert await nest.send(pattern, "a", metadata={"user": "ann"}) == "a"
        assert await nest.send("stream", 0, metadata={"user": "ann"}) == 1

    assert ran == ["a", "a"]


async def test_it_may_say_more_and_one_that_returns_nothing_refuses() -> None:
    service = Service()
    service.message("told", guards=[_told])(lambda: 1)
    forgets: Guard = _forgets  # type: ignore[assignment]
    service.message("forgets", guards=[forgets])(lambda: 1)
    async with connected(service) as nest:
        with pytest.raises(RemoteError) as raised:
            await nest.send("told", 0)
        assert raised.value.err == {"code": 401, "route": "told"}
        with pytest.raises(RemoteError) as raised:
            await nest.send("forgets", 0)
        assert raised.value.err == _FORBIDDEN


async def test_guards_are_asked_from_the_outermost_until_one_refuses() -> None:
    asked = list[str]()

    def named(name: str) -> Guard:
        def guard(context: Context) -> bool:
            asked.append(name)
            return bool(context.data != name)

        return guard

    service = Service(guards=[named("service")])
    router = Router(guards=[named("router")])
    router.message("a", guards=[named("one"), named("two")])(lambda: "in")
    service.include(router, guards=[named("include")])
    service.message("b")(lambda: "in")
    async with connected(service) as nest:
        assert await nest.send("a", 0) == "in"
        assert asked == ["service", "include", "router", "one", "two"]
        asked.clear()
        with pytest.raises(RemoteError):
            await nest.send("a", "router")
        assert asked == ["service", "include", "router"]
        asked.clear()
        assert await nest.send("b", 0) == "in"

    assert asked == ["service"]


async def test_they_are_asked_before_the_payload_is_decoded() -> None:
    service = Service()

    @service.message("typed", guards=[_signed_in])
    def typed(number: int) -> int:
        return number

    async with connected(service) as nest:
        with pytest.raises(RemoteError, match="Forbidden resource"):
            await nest.send("typed", "text")
        with pytest.raises(RemoteError, match="Invalid data"):
            await nest.send("typed", "text", metadata={"user": "ann"})


async def test_an_event_that_is_refused_reaches_nobody() -> None:
    service, heard = Service(), list[int]()
    service.event("a", guards=[_signed_in])(heard.append)
    service.event("a")(heard.append)
    service.message("then")(lambda: 1)
    async with connected(service) as nest:
        await nest.emit("a", 7)
        await nest.send("then", 0)

    assert heard == [7]


def _no_arguments() -> bool:
    return True


@pytest.mark.parametrize("guard", [_no_arguments, lambda _one, _two: True, 7])
def test_one_that_cannot_be_asked_is_refused(guard: Guard) -> None:
    for register in (Service().message, Service().event, Router().message):
        with pytest.raises(HandlerError, match="cannot be a guard"):
            register("a", guards=[guard])
    with pytest.raises(HandlerError, match="is called with a context"):
        Service(guards=[guard])
    with pytest.raises(HandlerError):
        Router(guards=[guard])


def test_a_guard_in_place_of_a_list_is_refused_in_words_that_help() -> None:
    with pytest.raises(HandlerError, match=r"guards=\[_signed_in\]"):
        Service().message("a", guards=_signed_in)  # type: ignore[arg-type]


def test_the_error_is_an_rpc_error_of_its_own() -> None:
    assert isinstance(ForbiddenError(), RpcError)
    assert ForbiddenError().err == _FORBIDDEN


def _having(role: str) -> Guard:
    return lambda context: context.metadata == role


def _yields(context: Context) -> Iterator[bool]:
    yield bool(context.metadata)


async def _yields_later(context: Context) -> AsyncIterator[bool]:
    yield bool(context.metadata)


@pytest.mark.parametrize("guard", [_having, _yields, _yields_later])
async def test_an_object_that_is_no_answer_lets_nobody_pass(
    guard: Any,  # noqa: ANN401
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service()
    service.message("secret", guards=[guard])(lambda: "secret")
    async with connected(service) as nest:
        with pytest.raises(RemoteError, match="Internal server error"):
            await nest.send("secret", 1)
    assert f"the guard {guard.__name__}() returned" in caplog.text


def test_a_class_is_no_guard() -> None:
    class Having:
        def __init__(self, role: str) -> None: ...

    with pytest.raises(HandlerError, match="a guard is no class"):
        Service(guards=[Having])  # type: ignore[list-item]
