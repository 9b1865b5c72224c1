from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from protocol import JsonText
from servers import (
    DuplicateHandlerError,
    HandlerError,
    Hooks,
    Limits,
    PatternError,
    Service,
)
from servers.server.registry import Registry

if TYPE_CHECKING:
    from protocol import Json
    from servers import Context, ServerProceed


def _answer() -> int:
    return 1


async def _answer_later() -> int:
    return 1


def test_a_service_is_a_registry() -> None:
    limits, hooks = Limits(frame=5), Hooks()
    service = Service(limits=limits, hooks=hooks)

    assert isinstance(service, Registry)
    assert (service.limits, service.hooks) == (limits, hooks)
    assert Service().limits == Limits()
    assert Service().hooks is None


def test_a_list_is_several_patterns() -> None:
    registry = Registry()
    registry.message(["a", {"b": 1}, 3])(_answer)
    registry.event(["c", "d"])(_answer)

    assert registry.routes == ["a", '{"b":1}', "3", "c", "d"]
    assert [each.is_event for each in registry.handlers] == [False] * 3 + [True] * 2


def test_a_function_can_be_registered_and_still_be_called() -> None:
    registry = Registry()

    assert registry.message("a")(_answer) is _answer
    assert registry.event("b")(_answer) is _answer


@pytest.mark.parametrize(
    ("pattern", "twice"),
    [
        (["a", "b"], "b"),
        (["b", "a"], "b"),
        (["a", "c", "a"], "a"),
        ([{"k": 1}, '{"k":1}'], '{"k":1}'),
        (["x", {"cmd": "sum"}], '{"cmd":"sum"}'),
    ],
)
def test_a_refused_registration_leaves_nothing_behind(
    pattern: Json, twice: str
) -> None:
    registry = Registry()
    registry.message(["b", {"cmd": "sum"}])(_answer)
    before = list(registry.handlers)
    register = registry.message(pattern)

    with pytest.raises(DuplicateHandlerError, match="has a message handler") as raised:
        register(lambda: 2)

    assert repr(twice) in str(raised.value)
    assert list(registry.handlers) == before
    assert registry.handlers.find("a") is None
    registry.message("a")(_answer)  # … so it can be registered afterwards


def test_what_cannot_be_a_handler_is_registered_for_no_pattern() -> None:
    registry = Registry()

    with pytest.raises(HandlerError):
        registry.message(["a", "b"])(lambda _one, _two: 1)
    with pytest.raises(HandlerError):
        registry.event(["a", "b"], thread=True)(_answer_later)
    with pytest.raises(PatternError):
        registry.message(["a", None])
    with pytest.raises(PatternError):
        registry.event(["a", "1.0"])
    assert registry.routes == []


def test_all_patterns_of_a_list_replace() -> None:
    registry = Registry()
    registry.message(["a", "b"])(_answer)
    registry.message(["a", "b", "c"], replace=True)(lambda: 2)

    assert [each.invoke(JsonText(b"0"), None) for each in registry.handlers] == [2] * 3


def test_events_are_never_duplicates() -> None:
    registry = Registry()
    for _ in range(2):
        registry.event(["a", "a"])(_answer)

    assert registry.routes == ["a"] * 4


async def test_a_handler_that_blocks_runs_in_one_of_the_threads() -> None:
    registry = Registry(limits=Limits(threads=1))

    def name() -> str:
        return threading.current_thread().name

    registry.message("a", thread=True)(name)
    registry.event("b", thread=True)(name)
    registry.message("c")(name)
    found = {}
    for handler in registry.handlers:
        result = handler.invoke(JsonText(b"0"), None)
        found[handler.route] = result if handler.at_once else await result

    assert found["a"] == found["b"] == "handler_0"
    assert found["c"] == threading.current_thread().name


async def test_middleware_is_put_around_handlers_of_before_and_after() -> None:
    registry, order = Registry(), list[str]()

    async def outer(context: Context, proceed: ServerProceed) -> Json:
        order.append(f"outer {context}")
        return await proceed()

    async def inner(context: Context, proceed: ServerProceed) -> Json:
        order.append(f"inner {context}")
        return await proceed()

    registry.message("a")(_answer)
    assert registry.use(outer) is outer
    registry.message("b")(_answer)
    assert registry.use(inner) is inner
    for handler in registry.handlers:
        context: Json = handler.route
        assert handler.needs_context
        assert await handler.invoke(JsonText(b"0"), context) == 1

    assert order == ["outer a", "inner a", "outer b", "inner b"]
