from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec  # noqa: TC002 — a handler's types must be known
import pytest

from protocol import UNDEFINED, Json, JsonText, UndefinedType
from servers import Context, HandlerError, InvalidDataError
from servers.server.handlers import Handler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

_variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")


@dataclass
class _User:
    name: str
    age: int = 0


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


@pytest.mark.parametrize("place", ["first", "last", "only", "keyword"])
def test_the_context_goes_where_it_is_wanted(place: str) -> None:
    def first(context: Context, data: int) -> object:
        return context, data

    def last(data: int, context: Context) -> object:
        return context, data

    def only(context: Context) -> object:
        return context, 1

    def keyword(data: int, *, context: Context) -> object:
        return context, data

    given: Any = object()
    functions: dict[str, Callable[..., object]] = {
        "first": first,
        "last": last,
        "only": only,
        "keyword": keyword,
    }
    handler = Handler(functions[place], "a")

    assert handler.needs_context
    assert handler.invoke(JsonText(b"1"), given) == (given, 1)


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


def _unreadable(value: Iterator[int] | set[Context]) -> object:
    return value


@pytest.mark.parametrize("function", [_two, _unknown, 5])
def test_what_cannot_be_a_handler_is_refused(function: Any) -> None:  # noqa: ANN401
    with pytest.raises(HandlerError):
        Handler(function, "a")


def test_a_type_that_is_not_known_is_named() -> None:
    with pytest.raises(HandlerError, match="'Decimal' is not defined"):
        Handler(_unknown, "a")


async def test_a_blocking_handler_runs_in_a_thread() -> None:
    def block(data: int) -> tuple[int, str, str]:
        return data, threading.current_thread().name, _variable.get()

    _variable.set("passed on")
    with ThreadPoolExecutor(1, thread_name_prefix="worker") as executor:
        handler = Handler(block, "a", executor=executor)
        found = await handler.invoke(JsonText(b"3"), None)

    assert found == (3, "worker_0", "passed on")
    assert not handler.at_once


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


def test_a_coroutine_function_is_not_for_a_thread() -> None:
    async def wait() -> None:
        await asyncio.sleep(0)

    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(HandlerError, match="coroutine function"),
    ):
        Handler(wait, "a", executor=executor)
