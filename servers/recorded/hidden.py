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

    from .json_paths import Place

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


def hidden_places(value: Json) -> Iterator[Place]:
    """Yield where in a value something was hidden.

    Args:
        value: Of any depth.
    """
    waiting: list[tuple[Place, Json]] = [((), value)]
    while waiting:
        place, each = waiting.pop()
        if is_hidden(each):
            yield place
        elif isinstance(each, dict):
            waiting += [((*place, key), inner) for key, inner in each.items()]
        elif isinstance(each, list):
            waiting += [((*place, index), inner) for index, inner in enumerate(each)]


def may_hide(text: bytes) -> bool:
    """Whether a JSON text may hold something hidden; a look that costs little."""
    return _ANYWHERE.search(text.decode("utf-8", "replace")) is not None
