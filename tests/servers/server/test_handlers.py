from __future__ import annotations

import contextvars
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import pytest

from protocol import UNDEFINED, Json, JsonText, UndefinedType
from servers import Context, HandlerError, InvalidDataError
from servers.server.handlers import Handler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from decimal import Decimal

_variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")


@dataclass
class _User:
    name: str
    age: int = 0


@dataclass
class _Hidden:
    amount: Decimal  # which only type checkers know


class _HiddenStruct(msgspec.Struct):
    amounts: list[Decimal]


Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


def _call(function: Callable[..., Any], payload: Json = UNDEFINED) -> Any:  # noqa: ANN401
    return Handler(function, "a").invoke(payload, None)


def test_the_payload_is_read_into_the_declared_type() -> None:
    def of_user(user: _User) -> _User:
        return user

    assert _call(of_user, b'{"name":"Ada","age":36}') == _User("Ada", 36)


def test_without_a_type_the_payload_is_what_json_says() -> None:
    def plain(data):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 — the point
        return data

    assert _call(plain, b'{"a":[1,"\\ud83d",1e400]}') == {
        "a": [1, "\ud83d", float("inf")]
    }
    assert _call(plain) is UNDEFINED


def test_raw_leaves_the_payload_alone() -> None:
    def of_text(data: msgspec.Raw) -> bytes:
        return bytes(data)

    assert _call(of_text, b'{"a":  1}') == b'{"a":  1}'


@pytest.mark.parametrize("payload", [b'"1"', b"null", b"[1]", b"1.5", UNDEFINED])
def test_data_that_does_not_fit_is_an_error_for_the_caller(payload: Json) -> None:
    def of_number(number: int) -> int:
        return number

    with pytest.raises(InvalidDataError) as raised:
        _call(of_number, payload)
    assert raised.value.err["message"].startswith("Invalid data: ")


def test_what_only_javascript_reads_is_read_into_a_type_too() -> None:
    def of_texts(texts: list[str]) -> list[str]:
        return texts

    assert _call(of_texts, b'["\\ud83d"]') == ["\ud83d"]
    with pytest.raises(InvalidDataError):
        _call(of_texts, b'["\\ud83d",1]')


def test_absent_data_is_the_default_or_undefined() -> None:
    def with_default(number: int = 7) -> int:
        return number

    def with_undefined(number: int | UndefinedType) -> object:
        return number

    assert _call(with_default) == 7
    assert _call(with_default, b"8") == 8
    assert _call(with_undefined) is UNDEFINED
    assert _call(lambda data=5: data) == 5


def test_a_handler_may_want_nothing() -> None:
    assert _call(lambda: "nothing", b"1") == "nothing"


def test_the_constraints_of_a_type_are_checked() -> None:
    def of_percents(data: list[Percent]) -> list[int]:
        return data

    assert _call(of_percents, b"[0,100]") == [0, 100]
    with pytest.raises(InvalidDataError, match=r"Invalid data: .* <= 100"):
        _call(of_percents, b"[101]")


@pytest.mark.parametrize(
    ("declared", "fits"),
    [
        (int | UndefinedType, True),
        (Annotated[int | UndefinedType, "for the log"], True),
        (UndefinedType, True),
        (int | None, False),
        (list[UndefinedType], False),
    ],
)
def test_undefined_fits_where_it_is_declared(declared: Any, fits: bool) -> None:  # noqa: ANN401, FBT001
    def handler(data: Any) -> object:  # noqa: ANN401 — replaced below
        return data

    handler.__annotations__["data"] = declared
    if fits:
        assert _call(handler) is UNDEFINED
    else:
        with pytest.raises(InvalidDataError, match="Invalid data: there is no data"):
            _call(handler)


def test_any_and_object_take_whatever_comes() -> None:
    def of_any(data: Any) -> Any:  # noqa: ANN401
        return data

    def of_object(data: object = "default") -> object:
        return data

    assert _call(of_any, b'"\\ud83d"') == "\ud83d"
    assert _call(of_any) is UNDEFINED
    assert _call(of_object, b"[1]") == [1]
    assert _call(of_object) == "default"


_GIVEN: Any = object()


def _first(context: Context, data: int) -> object:
    return context, data


def _last(data: int, context: Context) -> object:
    return context, data


def _only(context: Context) -> object:
    return context, 1


def _keyword(data: int, *, context: Context) -> object:
    return context, data


def _keyword_only(*, context: Context) -> object:
    return context, 1


@pytest.mark.parametrize("function", [_first, _last, _only, _keyword, _keyword_only])
async def test_the_context_goes_where_it_is_taken(function: Callable[..., Any]) -> None:
    handler = Handler(function, "a")
    with ThreadPoolExecutor(1) as executor:
        in_thread = Handler(function, "a", executor=executor)
        assert in_thread.needs_context
        assert await in_thread.invoke(JsonText(b"1"), _GIVEN) == (_GIVEN, 1)

    assert handler.needs_context
    assert not handler.plain
    assert handler.invoke(JsonText(b"1"), _GIVEN) == (_GIVEN, 1)


async def _coroutine(data: Json) -> Json:
    return data


async def _async_generator(data: Json) -> AsyncIterator[Json]:
    yield data


def _generator(data: Json) -> Iterator[Json]:
    yield data


def test_what_is_plain_runs_at_once_and_needs_no_context() -> None:
    def plain(data: int) -> int:
        return data

    with ThreadPoolExecutor(1) as executor:
        handlers = [
            Handler(plain, "plain"),
            Handler(_generator, "generator"),
            Handler(_async_generator, "async generator"),
            Handler(_coroutine, "coroutine"),
            Handler(plain, "event", is_event=True),
            Handler(_only, "context"),
            Handler(plain, "thread", executor=executor),
        ]

    assert [(each.route, each.at_once, each.plain) for each in handlers] == [
        ("plain", True, True),
        ("generator", True, True),
        ("async generator", True, True),
        ("coroutine", False, False),
        ("event", True, False),
        ("context", True, False),
        ("thread", False, False),
    ]


def test_a_handler_keeps_what_was_registered() -> None:
    handler = Handler(_first, "route", is_event=True)

    assert (handler.function, handler.route) == (_first, "route")
    assert handler.is_event
    assert handler.following is None
    assert handler.invoke is handler.bare
    assert not Handler(_first, "route").is_event


def test_methods_and_callable_objects_are_handlers() -> None:
    class Calculator:
        def double(self, number: int) -> int:
            return 2 * number

        def __call__(self, number: int) -> int:
            return 3 * number

    assert _call(Calculator().double, b"4") == 8
    assert _call(Calculator(), b"4") == 12


def _two(one: int, two: int) -> int:
    return one + two


def _unknown(amount: Decimal) -> Decimal:
    return amount


def _of_hidden(data: _Hidden) -> object:
    return data


def _of_hidden_struct(data: _HiddenStruct | None) -> object:
    return data


def _unreadable(value: Iterator[int] | set[Context]) -> object:
    return value


def _constrained(value: Annotated[int, msgspec.Meta(min_length=1)]) -> object:
    return value


@pytest.mark.parametrize("function", [_two, _unknown, _unreadable, 5])
def test_what_cannot_be_a_handler_is_refused(function: Any) -> None:  # noqa: ANN401
    with pytest.raises(HandlerError):
        Handler(function, "a")


@pytest.mark.parametrize("function", [_of_hidden, _of_hidden_struct, _constrained])
def test_a_type_that_json_cannot_be_read_into_is_one_clear_error(
    function: Callable[..., Any],
) -> None:
    with pytest.raises(HandlerError, match="cannot be read from JSON as ") as raised:
        Handler(function, "a")

    (parameter,) = inspect.signature(function).parameters
    line = function.__code__.co_firstlineno
    place = f"{function.__name__}() (test_handlers.py:{line})"
    assert str(raised.value).startswith(f"{place}: {parameter!r} cannot be read")
    assert raised.value.__suppress_context__


def test_a_field_whose_type_is_not_known_is_named() -> None:
    with pytest.raises(HandlerError, match="name 'Decimal' is not defined"):
        Handler(_of_hidden, "a")


async def test_a_blocking_handler_runs_in_a_thread() -> None:
    def block(data: int) -> tuple[int, str, str]:
        return data, threading.current_thread().name, _variable.get()

    _variable.set("passed on")
    with ThreadPoolExecutor(1, thread_name_prefix="worker") as executor:
        handler = Handler(block, "a", executor=executor)
        found = await handler.invoke(JsonText(b"3"), None)

    assert found == (3, "worker_0", "passed on")


async def test_a_blocking_generator_is_iterated_in_threads() -> None:
    threads: set[str] = set()

    def values() -> Iterator[int]:
        for value in range(3):
            threads.add(threading.current_thread().name)
            yield value

    with ThreadPoolExecutor(1, thread_name_prefix="worker") as executor:
        stream = await Handler(values, "a", executor=executor).invoke(UNDEFINED, None)
        assert [value async for value in stream] == [0, 1, 2]

    assert threads == {"worker_0"}


async def test_a_blocking_generator_may_end_with_any_value() -> None:
    def values() -> Iterator[Json]:
        yield from (None, UNDEFINED, False)

    with ThreadPoolExecutor(1) as executor:
        stream = await Handler(values, "a", executor=executor).invoke(UNDEFINED, None)
        assert [value async for value in stream] == [None, UNDEFINED, False]


async def test_an_exception_crosses_from_a_thread() -> None:
    def fail() -> None:
        raise LookupError("in the thread")

    with ThreadPoolExecutor(1) as executor:
        handler = Handler(fail, "a", executor=executor)
        with pytest.raises(LookupError, match="in the thread"):
            await handler.invoke(UNDEFINED, None)


async def test_data_that_does_not_fit_is_an_error_in_a_thread_too() -> None:
    def of_number(number: int) -> int:
        return number

    with ThreadPoolExecutor(1) as executor:
        handler = Handler(of_number, "a", executor=executor)
        with pytest.raises(InvalidDataError):
            await handler.invoke(JsonText(b'"x"'), None)


@pytest.mark.parametrize("function", [_coroutine, _async_generator])
def test_a_coroutine_function_is_not_for_a_thread(
    function: Callable[..., Any],
) -> None:
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(HandlerError) as raised,
    ):
        Handler(function, "a", executor=executor)
    assert str(raised.value) == (
        f"{function.__name__}() is a coroutine function, which runs on the event loop; "
        "thread=True is for plain functions that block"
    )


def test_results_are_checked_where_they_are_replied() -> None:
    def measure() -> complex:
        return 1j

    with pytest.raises(HandlerError):
        Handler(measure, "a")
    assert Handler(measure, "a", is_event=True).invoke(UNDEFINED, None) == 1j
