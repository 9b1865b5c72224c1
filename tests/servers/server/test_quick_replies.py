"""Plain handlers are answered the quick way; it must make no difference."""

from __future__ import annotations

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


def _answer(handler: Handler, identity: Json) -> list[str]:
    """Return what is replied to a request that reaches a handler."""
    routes, recorder = Routes(), Recorder()
    routes.add(handler)
    Desk(routes).receive(Request("a", identity), recorder)
    return recorder.bodies


def _both_ways(function: Callable[[], Json], identity: Json) -> list[list[str]]:
    """Return the replies of the quick way, and those of a call."""
    quick, other = (Handler(function, "a") for _ in range(2))
    other.plain = False
    return [_answer(quick, identity), _answer(other, identity)]


@given(_values, _ids)
def test_a_value_is_replied_alike_by_either_way(value: Json, identity: Json) -> None:
    quick, by_call = _both_ways(lambda: value, identity)

    assert quick == by_call
    assert len(quick) == 1


@given(_values, _ids)
def test_a_quick_reply_is_the_body_or_none(value: Json, identity: Json) -> None:
    body = quick_reply(value, identity)

    assert body is None or body == value_body(value, dumps(identity))


@pytest.mark.parametrize("error", [RpcError("said"), RpcError([1]), ValueError("not")])
def test_an_error_is_replied_alike_by_either_way(error: Exception) -> None:
    def fail() -> None:
        raise error

    quick, by_call = _both_ways(fail, "1")

    assert quick == by_call
    assert len(quick) == 1


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
