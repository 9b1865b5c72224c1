"""What redaction has left of a value: strings of ``x``, where a secret was.

The inspector writes a letter in place of each character that it hides, of the same
length in bytes: ``x``, ``×``, ``※`` or ``𝑥``. A hidden number has the digit 1 alone,
and a hidden ``true`` is ``null``: neither can be recognised, so that these are taken
for what was sent. An object with a key that was hidden is taken for hidden as a whole.

Source: ``inspector/redaction/texts.py``, whose output is read here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

    from .json_paths import Key, Place

_HIDDEN = re.compile("[x×※𝑥]{2,}")
_HIDDEN_KEY = re.compile("[x×※𝑥]{5,}")  # as short as a secret is; "xx" is a name
_ANYWHERE = re.compile("xx|[×※𝑥]")


def is_hidden(value: Json) -> bool:
    """Whether a value is a string of which redaction has left nothing.

    Or an object with such a key, since nobody knows which of its members that was. A
    single letter is taken for what was sent: ``"x"`` is a name of many things.
    """
    if isinstance(value, dict):
        return any(map(_HIDDEN_KEY.fullmatch, value))
    return isinstance(value, str) and _HIDDEN.fullmatch(value) is not None


def hides(value: Json) -> bool:
    """Whether anything in a value was hidden."""
    if isinstance(value, dict | list):
        return next(hidden_places(value), None) is not None
    return is_hidden(value)


def hidden_places(value: Json, deepest: int | None = None) -> Iterator[Place]:
    """Yield where in a value something was hidden.

    Args:
        value: Of any depth.
        deepest: How many keys a place may have; None for any number.
    """
    if is_hidden(value):
        yield ()
        return
    keys: list[Key] = []  # a place is made of them only where something is hidden
    levels = [_members(value)]
    while levels:
        member = next(levels[-1], None)
        if member is None:
            levels.pop()
            del keys[-1:]
        elif is_hidden(member[1]):
            yield (*keys, member[0])
        elif isinstance(member[1], dict | list) and len(levels) != deepest:
            keys.append(member[0])
            levels.append(_members(member[1]))


def _members(value: Json) -> Iterator[tuple[Key, Json]]:
    if isinstance(value, dict):
        return iter(value.items())
    return iter(enumerate(value if isinstance(value, list) else ()))


def may_hide(text: bytes) -> bool:
    """Whether a JSON text may hold something hidden; a look that costs little."""
    return _ANYWHERE.search(text.decode("utf-8", "replace")) is not None
