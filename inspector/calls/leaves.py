"""The values of JSON that hold no others, each with its key; without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json


def leaves(value: Json, key: str = "") -> Iterator[tuple[str, Json]]:
    """Yield texts, numbers, booleans and null, in no particular order.

    Args:
        value: Is looked through, however deep it is.
        key: The key of the value; items of an array have that of the array.
    """
    waiting = [(key, value)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend((key, each) for each in value)
        else:
            yield key, value
