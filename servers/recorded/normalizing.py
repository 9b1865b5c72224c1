"""Values without their spelling, so that equal ones have equal texts.

JSON has no order of keys, and JavaScript no difference between ``1`` and ``1.0``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protocol import UNDEFINED, dumps

from .json_paths import JsonPaths

if TYPE_CHECKING:
    from protocol import Json

    from .json_paths import States

DEEPEST = 100
"""Levels that are walked through; what lies deeper is compared as a text."""
_NOTHING = JsonPaths()
_ABSENT = b""  # no JSON text is empty
_EXACT = 2.0**53


def normalized(value: Json, ignored: JsonPaths = _NOTHING) -> bytes:
    """Return a text that is the same for equal values.

    Args:
        value: A JSON value, or UNDEFINED.
        ignored: What is left out of it.
    """
    states = ignored.start()
    if value is UNDEFINED or ignored.names(states):
        return _ABSENT
    plain = _plain(value, ignored, states, DEEPEST)
    try:
        return msgspec.json.encode(plain, order="sorted")
    except UnicodeEncodeError:  # lone surrogates
        return dumps(plain)


def _plain(value: Json, ignored: JsonPaths, states: States, levels: int) -> Json:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return dumps(value).decode("utf-8", "replace")
    if isinstance(value, dict):
        members = {}
        for key, inner in value.items():
            within = ignored.into(states, key)
            if not ignored.names(within):
                members[key] = _plain(inner, ignored, within, levels - 1)
        return members
    items = []
    for index, inner in enumerate(value):
        within = ignored.into(states, index)
        # An item keeps its place, so that those after it keep theirs.
        items.append(
            None
            if ignored.names(within)
            else _plain(inner, ignored, within, levels - 1)
        )
    return items
