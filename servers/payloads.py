"""Values to JSON text, refusing what would arrive as something else.

``JSON.stringify(NaN)`` is ``null``, and so it is with msgspec. A number that turns into
null on its way is a mistake that shows far from where it was made, so it is refused.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import msgspec

from protocol import EncodeError, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol import Json

_U = ord("u")
_encode = msgspec.json.encode  # what dumps does, without a call more for each value


def to_text(value: Json) -> bytes:
    """Return the JSON text of a value that is not UNDEFINED.

    Raises:
        EncodeError: JSON cannot hold it, or holds it as something else (NaN).
    """
    try:
        text = _encode(value)
    except Exception:  # noqa: BLE001 — dumps knows what is unusual, and what is wrong
        text = dumps(value)
    # What is not finite becomes null; a text without one needs no second look.
    if says_null(text) and _holds_what_is_not_finite(value):
        raise EncodeError("no JSON: NaN and Infinity have no JSON text")
    return text


def says_null(text: bytes) -> bool:
    """Whether JSON text may hold a null, which a number that is none becomes.

    A search for one byte costs next to nothing, and mostly ends it.
    """
    return _U in text and b"null" in text


def _holds_what_is_not_finite(value: Json) -> bool:
    """Find a number that is not finite, however deep it stands."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, float):
            if not math.isfinite(value):
                return True
        else:
            waiting.extend(_members(value))
    return False


def _members(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, msgspec.Struct):
        return (getattr(value, name) for name in value.__struct_fields__)
    if dataclasses.is_dataclass(value):
        return (getattr(value, field.name) for field in dataclasses.fields(value))
    return ()
