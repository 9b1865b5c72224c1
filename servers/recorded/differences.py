"""Where two JSON values differ: one as it was recorded, one as it is now.

Keys have no order, ``1`` and ``1.0`` are the same number, and what redaction hides in
the recording cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import UNDEFINED, dumps

from .hidden import is_hidden
from .json_paths import JsonPaths, spelled_place
from .normalizing import DEEPEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

    from .json_paths import Key, Place, States

_NOTHING = JsonPaths()
_SHOWN = 60  # characters of a value in words


class Difference(NamedTuple):
    """A place at which two values differ.

    Attributes:
        place: Keys and indexes from the outermost value on.
        recorded: What was there; UNDEFINED for nothing.
        now: What is there; UNDEFINED for nothing.
    """

    place: Place
    recorded: Json
    now: Json

    @property
    def path(self) -> str:
        """The place as a path: ``$.items[0]``."""
        return spelled_place(self.place)

    def __str__(self) -> str:
        if self.recorded is UNDEFINED:
            return f"{self.path}: {shown(self.now)} is new"
        if self.now is UNDEFINED:
            return f"{self.path}: {shown(self.recorded)} is gone"
        return f"{self.path}: {shown(self.recorded)} → {shown(self.now)}"


def shown(value: Json) -> str:
    """Return a value as words show it: its JSON, shortened."""
    if value is UNDEFINED:
        return "nothing"
    text = dumps(value).decode("utf-8", "replace")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def differences(
    recorded: Json,
    now: Json,
    ignored: JsonPaths = _NOTHING,
    hidden: list[Place] | None = None,
) -> Iterator[Difference]:
    """Yield where two values differ, in the order of their keys.

    Args:
        recorded: A JSON value, or UNDEFINED.
        now: Likewise.
        ignored: What is not compared.
        hidden: Receives the places of what redaction has hidden.
    """
    # Values are compared with a stack of our own: how deep they are, a peer says.
    waiting: list[tuple[Place, Json, Json, States]] = [
        ((), recorded, now, ignored.start())
    ]
    while waiting:
        place, before, after, states = waiting.pop()
        if ignored.names(states):
            continue
        if is_hidden(before):
            if hidden is not None:
                hidden.append(place)
            continue
        pairs = _pairs(before, after) if len(place) < DEEPEST else None
        if pairs is None:
            if not _are_equal(before, after):
                yield Difference(place, before, after)
            continue
        waiting += [
            ((*place, key), one, other, ignored.into(states, key))
            for key, one, other in reversed(pairs)
        ]


def _pairs(before: Json, after: Json) -> list[tuple[Key, Json, Json]] | None:
    """Return what is to be compared of two objects or lists; None for other values."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [
            (key, before.get(key, UNDEFINED), after.get(key, UNDEFINED)) for key in keys
        ]
    if isinstance(before, list) and isinstance(after, list):
        longest = max(len(before), len(after))
        return [(at, _item(before, at), _item(after, at)) for at in range(longest)]
    return None


def _item(items: list[Json], index: int) -> Json:
    return items[index] if index < len(items) else UNDEFINED


def _are_equal(before: Json, after: Json) -> bool:
    if before is UNDEFINED or after is UNDEFINED:
        return before is after
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, dict | list):  # too deep to be walked through
        return type(before) is type(after) and dumps(before) == dumps(after)
    return bool(before == after)
