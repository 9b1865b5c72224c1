"""JSON in messages: its parts as they were sent, what may be shown, and causes.

An exception of a gateway repeats what it was about, from Nest 11 on::

    {"status":"error","message":"…","cause":{"pattern":"sum","data":[1,2]}}

Source: ``packages/websockets/exceptions/base-ws-exception-filter.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from protocol import UNDEFINED, JsonText, UndefinedType, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.carriers.base import Concealment

EXCEPTION = "exception"
"""The event by which a gateway says that a handler has thrown."""
Cause: TypeAlias = tuple[str, JsonText | UndefinedType]
"""A pattern, and the payload that came with it."""
_PATTERN = b'"pattern":'
_TRIES = 8  # texts that are equal to the name of an event
_REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)
_decode_members = msgspec.json.Decoder(dict[str, JsonText]).decode
_decode_items = msgspec.json.Decoder(list[JsonText]).decode


def members_of(text: bytes) -> dict[str, JsonText] | None:
    """Return the members of a JSON object; None for anything else."""
    try:
        return _decode_members(text)
    except _REFUSED:
        value = _value(text)
    if not isinstance(value, dict):
        return None
    return {key: JsonText(dumps(each)) for key, each in value.items()}


def items_of(text: bytes) -> list[JsonText] | None:
    """Return the items of a JSON array; None for anything else."""
    try:
        return _decode_items(text)
    except _REFUSED:
        value = _value(text)
    if not isinstance(value, list):
        return None
    return [JsonText(dumps(each)) for each in value]


def text_of(value: JsonText) -> str | None:
    """Return a JSON string; None for anything else."""
    found = loads(value)
    return found if isinstance(found, str) else None


def is_json(text: bytes) -> bool:
    """Whether a text is JSON."""
    return _value(text) is not UNDEFINED


def _value(text: bytes) -> object:
    """Return the value of a JSON text that only JavaScript may read."""
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return UNDEFINED


def arguments(items: list[JsonText]) -> JsonText | UndefinedType:
    """Return what a handler is given: one argument itself, several as an array.

    Source: ``packages/platform-socket.io/adapters/io-adapter.ts``, ``mapPayload``.
    """
    if not items:
        return UNDEFINED
    if len(items) == 1:
        return items[0]
    return JsonText(b"[" + b",".join(map(bytes, items)) + b"]")


def cause_in(data: JsonText | UndefinedType) -> Cause | None:
    """Return what an exception says that it is about; None where it does not."""
    if data is UNDEFINED or b'"cause"' not in bytes(data):
        return None
    members = members_of(bytes(data)) or {}
    cause = members.get("cause")
    said = None if cause is None else members_of(bytes(cause))
    if not said or "pattern" not in said:
        return None
    pattern = text_of(said["pattern"])
    return None if pattern is None else (pattern, said.get("data", UNDEFINED))


def hidden(
    text: bytes, key: bytes, conceal: Concealment | None, blames: Cause | None = None
) -> bytes:
    """Return a JSON text with its secrets hidden, in as many bytes.

    Args:
        text: The text.
        key: What it is of a packet of Nest's: ``data`` or ``response``; nothing where
            it is an object with such a key itself.
        conceal: What hides secrets; None where nothing is hidden.
        blames: What it repeats of another packet, if it is an exception.
    """
    if conceal is None:
        return text
    if blames is not None and blames[1] is not UNDEFINED:
        repeated = bytes(blames[1])
        text = _replaced(text, repeated, hidden(repeated, b"data", conceal))
    head = b'{"%b":' % key if key else b""
    tail = b"}" if key else b""
    shown = conceal.body(head + text + tail)
    shown = shown[len(head) : len(shown) - len(tail)]
    if blames is None:
        return shown
    name = dumps(blames[0])
    place = text.rfind(_PATTERN + name)  # which is shown as a name, not as data
    return (
        shown if place < 0 else at(shown, place + len(_PATTERN), named(name, conceal))
    )


def named(name: bytes, conceal: Concealment | None) -> bytes:
    """Return the JSON of an event's name as it may be shown, in as many bytes."""
    if conceal is None:
        return name
    shown = conceal.addressed(b"{%b%b}" % (_PATTERN, name))
    return shown[1 + len(_PATTERN) : -1]


def renamed(
    text: bytes, members: Mapping[str, JsonText], conceal: Concealment | None
) -> bytes | None:
    """Return the text of an event with its name as it may be shown.

    None where nobody can tell which of many equal texts in it is the name.
    """
    name = bytes(members["event"])
    shown = named(name, conceal)
    place = text.find(name) if shown != name else -1
    for _ in range(_TRIES if place >= 0 else 0):
        found = at(text, place, shown)
        if dict(members) | {"event": JsonText(shown)} == members_of(found):
            return found
        place = text.find(name, place + 1)
    return text if shown == name else None


def _replaced(text: bytes, part: bytes, shown: bytes) -> bytes:
    """Return a text with the last occurrence of a part replaced."""
    place = text.rfind(part)
    return text if place < 0 else at(text, place, shown)


def at(text: bytes, place: int, part: bytes) -> bytes:
    """Return a text with another part at a place, as long as what was there."""
    return text[:place] + part + text[place + len(part) :]
