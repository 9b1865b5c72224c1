"""Paths of what is ignored in JSON values: a small, exact part of JSONPath.

===============  ==================================================
path             what it names
===============  ==================================================
``$``            the whole value
``$.ts``         a member of an object; also ``$['a key']``
``$[0]``         an item of a list, from 0
``$.*``          all members or items; also ``$[*]``
``$..ts``        a member at any depth
===============  ==================================================

All of a named value is meant, with what is in it. Slices, negative indexes, lists of
selectors and filters are refused, not guessed at.

Source: RFC 9535, sections 2.2, 2.3.1 to 2.3.3, 2.5.1 and 2.5.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Key: TypeAlias = str | int
    Place: TypeAlias = tuple[Key, ...]
    Step: TypeAlias = tuple[Key | None, bool]
    States: TypeAlias = frozenset[tuple[int, int]]

_STEP = re.compile(
    r"""(?P<deep>\.\.)?(?:
    (?P<dot>(?<!\.)\.)? (?:(?P<name>[^\s.\[\]'"*]++) | (?P<star>\*))
    | \[\s*+(?: (?P<index>0|[1-9][0-9]{0,8}+) | (?P<all>\*)
    | '(?P<single>[^'\\]*+)' | "(?P<double>[^"\\]*+)" )\s*+\])""",
    re.VERBOSE,
)
_EXAMPLES = "like $.ts, $.items[*].id or $..ts"


class JsonPaths:
    """Several paths, which are followed together while a value is walked through.

    Args:
        texts: The paths.

    Raises:
        UsageError: One of them is not a path of this kind.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._paths = tuple(_parsed(text) for text in texts)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._paths)

    def with_places(self, places: Iterable[Place]) -> JsonPaths:
        """Return the same paths, and places besides.

        Args:
            places: Keys and indexes from the outermost value on.
        """
        paths = JsonPaths()
        more = tuple(tuple((key, False) for key in place) for place in places)
        paths._paths = self._paths + more
        return paths

    def start(self) -> States:
        """Return where the paths are before the outermost value."""
        return frozenset((number, 0) for number in range(len(self._paths)))

    def into(self, states: States, key: Key) -> States:
        """Return where the paths are after a member or an item is entered.

        Args:
            states: Where they are at the object or list.
            key: The key of the member, or the index of the item.
        """
        if not states:
            return states
        found = set()
        for number, place in states:
            steps = self._paths[number]
            if place == len(steps):
                continue
            name, deep = steps[place]
            if name is None or (name == key and type(name) is type(key)):
                found.add((number, place + 1))
            if deep:
                found.add((number, place))
        return frozenset(found)

    def names(self, states: States) -> bool:
        """Whether a value is one that a path names."""
        return any(place == len(self._paths[number]) for number, place in states)


def spelled_place(place: Sequence[Key]) -> str:
    """Return a place as a path: ``$.items[0]['a key']``."""
    return "$" + "".join(map(_spelled, place))


def _spelled(key: Key) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    if key.isidentifier():
        return f".{key}"
    return f"['{key}']"


def _parsed(text: str) -> tuple[Step, ...]:
    if not text.startswith("$"):
        raise UsageError(f"{text!r} is not a path {_EXAMPLES}: it begins with $")
    steps: list[Step] = []
    place = 1
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None or not _is_joined(found):
            rest = text[place:]
            raise UsageError(f"{text!r} is not a path {_EXAMPLES}: not {rest!r}")
        steps.append((_key_of(found), found["deep"] is not None))
        place = found.end()
    return tuple(steps)


def _is_joined(found: re.Match[str]) -> bool:
    """Whether a name follows a dot, and brackets follow none but two."""
    named = found["name"] is not None or found["star"] is not None
    dots = found["deep"] or found["dot"]
    return bool(dots) if named else found["dot"] is None


def _key_of(found: re.Match[str]) -> Key | None:
    """Return the key that a step names; None for all of them."""
    if found["star"] or found["all"]:
        return None
    if found["index"] is not None:
        return int(found["index"])
    for name in ("name", "single", "double"):
        if found[name] is not None:
            return found[name]
    raise AssertionError(found[0])
