"""Values in the few cells that a ``repr`` has for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol import Json

_LONGEST = 40  # characters of a payload
_MOST_LINES = 20  # of a list
_MILLISECOND = 1e6  # in nanoseconds


def shortened(value: Json) -> str:
    """Return the JSON text of a value, or its beginning; nothing for UNDEFINED."""
    if value is UNDEFINED:
        return ""
    text = dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def listed(headline: str, items: Iterable[object]) -> str:
    """Return a headline and a line for each item, of many the first ones."""
    lines = [str(item) for item in items]
    more = len(lines) - _MOST_LINES
    if more > 0:
        lines[_MOST_LINES:] = [f"… and {more:,} more"]
    return "\n  ".join([headline, *lines])


def kind_of(value: object) -> str:
    """Return the type of a value, as an error names it."""
    return type(value).__name__


def milliseconds(time_ns: int | None) -> float | None:
    """Return nanoseconds in milliseconds, and None for None."""
    return None if time_ns is None else time_ns / _MILLISECOND
