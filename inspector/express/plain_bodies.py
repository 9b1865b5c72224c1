"""The bodies of plain packets: no unusual keys, and payloads that stay JSON text."""

from __future__ import annotations

import msgspec

from protocol import UNDEFINED, JsonText, UndefinedType

ASKING = b'{"pattern"'
"""How Nest begins what only a client sends."""


class Asked(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A request or event without anything unusual; its pattern is not read.

    Attributes:
        pattern: The pattern, as it was written.
        data: The payload.
        id: The id; UNDEFINED for an event.
    """

    pattern: JsonText
    data: JsonText | UndefinedType = UNDEFINED
    id: str | UndefinedType = UNDEFINED


class Answered(
    msgspec.Struct,
    gc=False,
    forbid_unknown_fields=True,
    rename={"is_disposed": "isDisposed"},
):
    """A reply that has a value.

    Attributes:
        id: That of the request.
        response: The value.
        is_disposed: Whether it is the last.
    """

    id: str
    response: JsonText
    is_disposed: bool = False


class Bare(
    msgspec.Struct,
    gc=False,
    forbid_unknown_fields=True,
    rename={"is_disposed": "isDisposed"},
):
    """The same without an id, as something else says whose it is.

    Attributes:
        response: The value.
        is_disposed: Whether it is the last.
    """

    response: JsonText
    is_disposed: bool = False


decode_asked = msgspec.json.Decoder(Asked).decode
decode_answered = msgspec.json.Decoder(Answered).decode
decode_bare = msgspec.json.Decoder(Bare).decode
