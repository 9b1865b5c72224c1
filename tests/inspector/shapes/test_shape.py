"""Shapes: the same whatever the order of values, and how they were parted."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.shapes.inferring import infer
from inspector.shapes.shape import DEEPEST, MOST_KEYS, ROOM, Room, Shape

_TEXTS = st.sampled_from(["a", "b", "open", "2026-11-30", "7", "x y", "", "é" * 70])
_SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5]) | _TEXTS
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "password", "7"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def _of(values: list[Any]) -> Shape:
    shape, room = Shape(), Room()
    for value in values:
        shape.add(value, room)
    return shape


def _merged(parts: list[list[Any]]) -> Shape:
    whole, room = Shape(), Room()
    for part in parts:
        whole.merge(_of(part), room)
    return whole


@settings(max_examples=30)
@given(st.lists(st.lists(_VALUES, max_size=4), max_size=4))
def test_merged_is_the_whole(parts: list[list[Any]]) -> None:
    values = [value for part in parts for value in part]

    assert _merged(parts) == _of(values) == _of(values[::-1])
    assert _merged(parts[::-1]) == _of(values)


def test_merged_is_the_whole_where_objects_become_maps() -> None:
    chance = random.Random(7)  # noqa: S311 — no secret
    values = [
        {
            f"u{chance.randrange(400)}": {
                f"i{chance.randrange(200)}": [chance.random()]
            }
            for _ in range(4)
        }
        for _ in range(600)
    ]
    whole = _of(values)

    assert whole.keys is None
    assert whole.values is not None
    assert whole.values.keys is None
    parts = [values[start : start + 50] for start in range(0, 600, 50)]
    assert _merged(parts) == whole == _merged(parts[::-1]) == _of(values[::-1])


def test_objects_become_maps_at_once_beyond_the_limit() -> None:
    most = MOST_KEYS[0]

    assert len(_of([{str(key): 1} for key in range(most)]).keys or {}) == most
    assert _of([{str(key): 1} for key in range(most + 1)]).keys is None


def test_places_are_bounded_whatever_is_sent() -> None:
    chance, room, shape = random.Random(3), Room(500), Shape()  # noqa: S311 — no secret

    def value(level: int) -> Any:  # noqa: ANN401 — JSON
        if level > 4:
            return chance.random()
        return {f"k{chance.randrange(10**9)}": value(level + 1) for _ in range(2)}

    for _ in range(300):
        shape.add(value(0), room)

    assert _places(shape) <= 1_000 < ROOM
    assert infer(shape).type == "object"


def _places(shape: Shape) -> int:
    inner = [*(shape.keys or {}).values(), shape.items, shape.values]
    return 1 + sum(_places(each) for each in inner if each is not None)


def test_what_is_deeper_is_counted_and_not_looked_at() -> None:
    deep: Any = 1
    for _ in range(DEEPEST + 1):
        deep = {"a": deep}
    shape = _of([deep])
    for _ in range(DEEPEST):
        assert shape.keys is not None
        shape = shape.keys["a"]

    assert (shape.samples, shape.deep, shape.objects) == (1, 1, 0)


def test_nothing_is_kept_below_a_key_that_names_a_secret() -> None:
    shape = _of([{"credentials": {"user": "ann", "pin": ["1234"]}}] * 3)

    assert "ann" not in repr(shape)
    assert "1234" not in repr(shape)
