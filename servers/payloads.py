"""Values to JSON text; a value that would arrive as another one is refused.

``JSON.stringify(NaN)`` is ``null``, and so it is in msgspec. A number that turns into
null on its way is a mistake that shows far from where it was made.
"""

from __future__ import annotations

import dataclasses
import math
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from protocol import EncodeError, dumps

from .forms import Forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from protocol import Json

Write: TypeAlias = "Callable[[Json], bytes]"
"""Gives the JSON text of a value that is not UNDEFINED, or raises EncodeError."""

U = ord("u")
_encode = msgspec.json.encode  # what dumps calls first; one function call less


def to_text(value: Json) -> bytes:
    """Return the JSON text of a value that is not UNDEFINED.

    Raises:
        EncodeError: JSON cannot hold it, or holds it as something else (NaN).
    """
    forms = None
    try:
        text = _encode(value)
    except Exception:  # noqa: BLE001 — in its form it may have a text
        forms = Forms()
        text = _formed(value, forms)
    if says_null(text) and _has_nonfinite(value, forms):
        raise EncodeError("not JSON: NaN and Infinity have no JSON text")
    return text


# decision 104: A value travels in the form that its users expect, or is refused early
def _formed(value: Json, forms: Forms) -> bytes:
    """Return the JSON text of a value that msgspec alone cannot write.

    Raises:
        EncodeError: JSON cannot hold it.
    """
    try:
        return _encode(value, enc_hook=forms.of)
    except (UnicodeEncodeError, RecursionError):
        pass  # dumps knows what is unusual
    except Exception as error:
        raise EncodeError(f"not JSON: {error}") from error
    try:
        return dumps(value)
    except EncodeError:
        return _unusual(value, forms)


def _unusual(value: Json, forms: Forms) -> bytes:
    """Return the text of what is unusual and holds values that need their forms.

    Raises:
        EncodeError: JSON cannot hold it.
    """
    try:
        return dumps(msgspec.to_builtins(value, enc_hook=forms.of))
    except EncodeError:
        raise
    except Exception as error:
        raise EncodeError(f"not JSON: {error}") from error


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
    return U in text and b"null" in text


# decision 68: What JSON cannot hold is answered with “Internal server error”
def _has_nonfinite(value: Json, forms: Forms | None) -> bool:
    """Whether a value is or contains NaN or Infinity, however deeply nested.

    Args:
        value: A value that was written.
        forms: The forms of what it contains; None where msgspec needed none.
    """
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, float):
            if not math.isfinite(value):
                return True
        else:
            waiting.extend(_members(value, forms))
    return False


def _members(value: Json, forms: Forms | None) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, Enum):
        return (value.value,)
    if (names := _fields(value)) is not None:
        return (getattr(value, name, None) for name in names)
    return _form(value, forms)


def _fields(value: object) -> Iterable[str] | None:
    """Return the names of what msgspec writes as an object; None of anything else."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    attributes = getattr(type(value), "__attrs_attrs__", None)
    return None if attributes is None else [each.name for each in attributes]


def _form(value: Json, forms: Forms | None) -> Iterable[Json]:
    """Return the form of what msgspec cannot write, if it has one."""
    if value is None or forms is None or isinstance(value, str | int):
        return ()
    try:
        return (forms.of(value),)
    except TypeError:  # msgspec knows it, and it holds nothing
        return ()
