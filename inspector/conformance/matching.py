"""When two values are one, and when a call is over, to JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import truthy

if TYPE_CHECKING:
    from protocol import Json


def same(one: Json, other: Json) -> bool:
    """Whether two values are one to JavaScript: 1 is 1.0, and neither is true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same(one[key], other[key]) for key in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def ends_call(members: dict[str, Json]) -> bool:
    """Whether a reply ends its call, as Nest's clients see it."""
    return truthy(members.get("isDisposed")) or truthy(members.get("err"))
