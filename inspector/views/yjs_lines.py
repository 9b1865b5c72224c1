"""What updates and state vectors of Yjs in a payload say, a line for each.

They are base64 in JSON, under a name that says what they are: any short text may happen
to be base64 of something.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from inspector.words import plural
from protocol import loads
from protocol.yjs import read_state_vector, read_update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import JsonText

_UPDATES = ("update", "diff")
_STATES = ("state", "stateVector", "state_vector", "sv")
_MARKS = tuple(f'"{name}"'.encode() for name in (*_UPDATES, *_STATES))
_LARGEST = 1 << 20  # bytes of a payload that are looked at


def yjs_lines(payload: JsonText) -> Iterator[str]:
    """Yield what the members of an object say that are messages of Yjs."""
    text = bytes(payload)
    if len(text) > _LARGEST or not any(mark in text for mark in _MARKS):
        return
    value: Any = loads(payload)
    if not isinstance(value, dict):
        return
    for names, words_of in ((_UPDATES, _update_words), (_STATES, _state_words)):
        for name in names:
            words = words_of(_bytes_of(value.get(name)))
            if words:
                yield f"{name}: {words}"


def _bytes_of(value: object) -> bytes:
    """Return what is base64; nothing for other values."""
    if not isinstance(value, str):
        return b""
    try:
        return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _update_words(data: bytes) -> str:
    found = read_update(data)
    if found is None:
        return ""
    return (
        f"Yjs update, {plural(found.structs, 'struct')} of "
        f"{plural(found.clients, 'client')}, {found.inserted:,} inserted, "
        f"{found.deleted:,} deleted"
    )


def _state_words(data: bytes) -> str:
    found = read_state_vector(data)
    return (
        "" if found is None else f"Yjs state vector, {plural(found.clients, 'client')}"
    )
