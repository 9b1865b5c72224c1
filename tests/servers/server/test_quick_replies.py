"""Handlers are answered in a quick way; it must make no difference."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import UNDEFINED, Json, Request, dumps
from servers import RpcError
from servers.server.desk import Desk
from servers.server.handlers import Handler
from servers.server.quick_replies import quick_reply
from servers.server.replies import value_body
from servers.server.routes import Routes
from tests.servers.respondents import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

_texts = st.text(st.characters(exclude_categories=[]))
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | _texts
    | st.just(UNDEFINED)
    | st.binary(max_size=3)
    | st.sampled_from([object(), {1, 2}, "null", "unequal"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(_texts | st.integers(), inner)
        | st.tuples(inner)
    ),
    max_leaves=8,
)
_ids = _texts | st.integers(0, 99) | st.none() | st.just({"a": [1]})


class _Struct(msgspec.Struct):
    value: Json


async def _answer(handler: Handler, identity: Json) -> list[str]:
    """Return what is replied to a request that reaches a handler."""
    routes, recorder = Routes(), Recorder()
    routes.add(handler)
    Desk(routes).receive(Request("a", identity), recorder)
    await recorder.until_done()
    return recorder.bodies


def _all_ways(function: Callable[[], Json], identity: Json) -> list[list[str]]:
    """Return what a function and a coroutine function are answered with.

    Each first the quick way, and then as a call.
    """

    async def later() -> Json:
        return function()

    quick = [Handler(function, "a"), Handler(later, "a")]
    calls = [Handler(function, "a"), Handler(later, "a")]
    assert [each.plain for each in quick] == [True, False]
    assert [each.later for each in quick] == [False, True]
    for each in calls:
        each.plain = each.later = False

    async def replies() -> list[list[str]]:
        return [await _answer(each, identity) for each in [*quick, *calls]]

    return asyncio.run(replies())


@given(_values, _ids)
def test_a_value_is_replied_alike_by_each_way(value: Json, identity: Json) -> None:
    first, *others = _all_ways(lambda: value, identity)

    assert others == [first] * 3
    assert len(first) == 1


@given(_values, _ids)
def test_a_quick_reply_is_the_body_or_none(value: Json, identity: Json) -> None:
    body = quick_reply(value, identity)

    assert body is None or body == value_body(value, dumps(identity))


@pytest.mark.parametrize("error", [RpcError("said"), RpcError([1]), ValueError("not")])
def test_an_error_is_replied_alike_by_each_way(error: Exception) -> None:
    def fail() -> None:
        raise error

    first, *others = _all_ways(fail, "1")

    assert others == [first] * 3
    assert len(first) == 1


@pytest.mark.parametrize(
    "value", [None, True, 0, 1.5, "text", [], [1, "a"], {}, {"a": [0.5]}]
)
def test_most_values_go_the_quick_way(value: Json) -> None:
    assert quick_reply(value, "1") == value_body(value, b'"1"')


@pytest.mark.parametrize(
    "value",
    [
        UNDEFINED,
        (1, 2),  # a type that a closer look takes anyway
        {1, 2},
        _Struct(1),
        object(),
        (value for value in "a"),
        [None],  # might be a NaN
        float("nan"),
        {"a": float("inf")},
        "null",
        "\ud83d",
        {"a": object()},
    ],
)
def test_what_needs_a_closer_look_does_not(value: Json) -> None:
    assert quick_reply(value, "1") is None
