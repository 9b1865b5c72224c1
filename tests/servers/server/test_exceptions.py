from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from servers import (
    UNDEFINED,
    Client,
    Context,
    DuplicateHandlerError,
    ForbiddenError,
    HandlerError,
    InvalidDataError,
    RemoteError,
    Router,
    RpcError,
    Service,
)
from servers.testing import connected
from tests.servers.respondents import Recorder, as_respondent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def _raising(service: Service, error: BaseException) -> None:
    @service.message("plain")
    def plain() -> None:
        raise error

    @service.message("later")
    async def later() -> None:
        raise error

    @service.message("thread", thread=True)
    def thread() -> None:
        raise error

    @service.message("stream")
    async def stream() -> AsyncIterator[int]:
        yield 1
        raise error

    @service.message("values")
    def values() -> Iterator[int]:
        yield 1
        raise error


async def test_what_it_returns_is_the_reply() -> None:
    service = Service()
    _raising(service, KeyError("apples"))

    @service.exception(KeyError)
    async def unknown(context: Context, error: KeyError) -> str:
        return f"{context.route}: no {error.args[0]}"

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for name in ("plain", "later", "thread"):
            assert await nest.send(name, 0) == f"{name}: no apples"
        for name in ("stream", "values"):
            found = [value async for value in nest.stream(name, 0)]
            assert found == [1, f"{name}: no apples"]


async def test_what_it_raises_is_the_error() -> None:
    service = Service()
    _raising(service, KeyError("apples"))

    @service.exception(LookupError)
    def unknown(context: Context, error: LookupError) -> None:
        raise RpcError({"code": 404, "route": context.route}) from error

    async with connected(service) as nest:
        for name in ("plain", "later", "thread", "stream", "values"):
            values = nest.stream(name, 0)
            if name in {"stream", "values"}:
                assert await anext(values) == 1
            with pytest.raises(RemoteError) as raised:
                await anext(values)
            assert raised.value.err == {"code": 404, "route": name}


async def test_the_most_derived_type_is_handled_whatever_the_order() -> None:
    service = Service()
    service.exception(Exception)(lambda _context, _error: "any")
    service.exception(LookupError, ValueError)(lambda _context, _error: "either")
    service.exception(KeyError)(lambda _context, _error: "key")

    errors = {"k": KeyError, "i": IndexError, "u": UnicodeError, "o": OSError}

    @service.message("raise")
    def fail(name: str) -> None:
        raise errors[name]

    async with connected(service) as nest:
        found = [await nest.send("raise", name) for name in errors]

    assert found == ["key", "either", "either", "any"]


async def test_those_of_a_router_come_before_those_of_the_service() -> None:
    service, router = Service(), Router()

    @router.exception(LookupError)
    def of_router(_: Context, error: LookupError) -> str:
        if isinstance(error, IndexError):
            raise OSError
        return "router"

    service.exception(KeyError)(lambda _context, _error: "service, key")
    service.exception(OSError)(lambda _context, _error: "service, raised")

    def fail(which: str) -> None:
        raise KeyError if which == "key" else IndexError

    router.message("inside")(fail)
    service.include(router)
    service.message("outside")(fail)
    async with connected(service) as nest:
        assert await nest.send("inside", "key") == "router"
        assert await nest.send("inside", "index") == "service, raised"
        assert await nest.send("outside", "key") == "service, key"


async def test_it_sees_what_guards_middleware_and_decoding_raise() -> None:
    service, seen = Service(), list[type[Exception]]()
    service.message("refused", guards=[lambda _: False])(lambda: 1)

    @service.message("typed")
    def typed(number: int) -> int:
        return number

    @service.exception(ForbiddenError, InvalidDataError)
    def note(_: Context, error: RpcError) -> str:
        seen.append(type(error))
        return "handled"

    async with connected(service) as nest:
        assert await nest.send("refused", 0) == "handled"
        assert await nest.send("typed", "text") == "handled"

    assert seen == [ForbiddenError, InvalidDataError]


async def test_one_for_rpc_errors_makes_no_success_of_a_payload_that_is_refused() -> (
    None
):
    service = Service()
    _raising(service, RpcError("raised"))
    service.exception(RpcError)(lambda _context, error: {"said": error.error})

    @service.message("typed")
    def typed(number: int) -> int:
        return number

    async with connected(service) as nest:
        assert await nest.send("plain", 0) == {"said": "raised"}
        with pytest.raises(RemoteError):
            await nest.send("typed", "text")


async def test_of_a_group_the_first_error_is_handled() -> None:
    service = Service()
    group = ExceptionGroup("two", [ExceptionGroup("one", [KeyError()]), OSError()])
    _raising(service, group)
    service.exception(KeyError)(lambda _context, error: type(error).__name__)
    async with connected(service) as nest:
        assert await nest.send("plain", 0) == "KeyError"
        service.exception(ExceptionGroup)(lambda _context, _error: "the group")
        assert await nest.send("plain", 0) == "the group"


async def test_what_is_not_handled_is_as_without() -> None:
    service = Service()
    _raising(service, OSError())
    service.exception(KeyError)(lambda _context, _error: 1)
    async with connected(service) as nest:
        for name in ("plain", "later", "stream"):
            with pytest.raises(RemoteError, match="Internal server error"):
                await nest.send(name, 0)


async def test_undefined_ends_a_stream_without_a_further_value() -> None:
    service = Service()
    _raising(service, KeyError())
    service.exception(KeyError)(lambda _context, _error: UNDEFINED)
    async with connected(service) as nest:
        assert [value async for value in nest.stream("stream", 0)] == [1]
        assert await nest.send("plain", 0) is UNDEFINED


async def test_closing_a_stream_closes_that_of_the_handler() -> None:
    service, ended = Service(), list[int]()

    @service.message("endless")
    async def endless() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.append(1)

    service.exception(KeyError)(lambda _context, _error: 1)
    handler = service.handlers.find("endless")
    assert handler is not None
    context = Context("a", "a", "1", as_respondent(Recorder()), UNDEFINED, UNDEFINED)
    stream = await handler.invoke(UNDEFINED, context)
    assert await anext(stream) == 1
    await stream.aclose()

    assert ended == [1]


async def test_it_may_return_a_stream() -> None:
    service = Service()
    _raising(service, KeyError())
    service.exception(KeyError)(lambda _context, _error: iter([7, 8]))
    async with connected(service) as nest:
        assert [value async for value in nest.stream("stream", 0)] == [1, 7, 8]
        assert [value async for value in nest.stream("plain", 0)] == [7, 8]


@pytest.mark.parametrize("types", [(int,), (KeyboardInterrupt,), (KeyError(),), ("x",)])
def test_what_is_no_class_of_exceptions_is_refused(types: Any) -> None:  # noqa: ANN401
    service = Service()

    with pytest.raises(HandlerError, match="not a class of exceptions"):
        service.exception(KeyError, *types)
    service.exception(KeyError)(lambda _context, _error: 1)  # none was registered


def test_a_decorator_without_types_is_refused_at_once() -> None:
    def function(_context: Context, _error: KeyError) -> int:
        return 1

    with pytest.raises(HandlerError, match="takes the classes of exceptions"):
        Service().exception()
    with pytest.raises(HandlerError, match="which exception"):
        Service().exception(function)  # type: ignore[arg-type, type-var]


def test_a_second_one_for_a_type_is_refused_and_names_both() -> None:
    service = Service()

    @service.exception(KeyError)
    def first(_: Context, error: KeyError) -> str:
        return str(error)

    with pytest.raises(
        DuplicateHandlerError, match=r"KeyError .*first\(\) .*second\(\)"
    ):

        @service.exception(KeyError)
        def second(_: Context, error: KeyError) -> str:
            return str(error)


def test_one_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(HandlerError, match="a context and an error"):
        Service().exception(KeyError)(lambda _error: 1)  # type: ignore[arg-type, misc]
