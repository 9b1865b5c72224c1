"""Values to JSON text; a value that would arrive as another one is refused.

``JSON.stringify(NaN)`` is ``null``, and so it is in msgspec. A number that turns into
null on its way is a mistake that shows far from where it was made.
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
_encode = msgspec.json.encode  # what dumps calls first; one function call less


def to_text(value: Json) -> bytes:
    """Return the JSON text of a value that is not UNDEFINED.

    Raises:
        EncodeError: JSON cannot hold it, or holds it as something else (NaN).
    """
    try:
        text = _encode(value)
    except Exception:  # noqa: BLE001 — dumps knows what is unusual, and what is wrong
        text = dumps(value)
    if says_null(text) and _has_nonfinite(value):
        raise EncodeError("not JSON: NaN and Infinity have no JSON text")
    return text


def spelled(value: object) -> str:
    """Return the repr of a value, as a log line shows it.

    What a peer sends may nest deeper than Python can spell, and logging passes the
    error on; then it is the name of the type. So it is where a repr fails.
    """
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 — a repr may be anybody's
        return f"<{type(value).__name__}>"


def says_null(text: bytes) -> bool:
    """Whether JSON text contains ``null``, as the text of NaN and Infinity does.

    Most texts lack even the letter, which is found out in next to no time.
    """
    return _U in text and b"null" in text


# decision 68: What JSON cannot hold is answered with “Internal server error”
def _has_nonfinite(value: Json) -> bool:
    """Whether a value is or contains NaN or Infinity, however deeply nested."""
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
