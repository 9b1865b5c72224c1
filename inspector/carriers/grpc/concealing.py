"""What may be shown of fields and messages, in as many bytes.

Fields that say how a call is carried are shown. Of all others the values are hidden
that ``--redact`` hides in the metadata of a packet, those whose names cannot be read,
and binary ones.

Of a message only what a ``.proto`` file names can be judged: without one nothing of it
is shown. What takes its place is a message of the same length, with one field of ``x``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import dumps, loads

from .headers import masked
from .messages import LONGEST, PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import Concealment
    from protocol import Json

    from .headers import Field
    from .messages import Assembler

PLAIN = {
    ":method",
    ":scheme",
    ":authority",
    ":status",
    "content-type",
    "te",
    "user-agent",
    "accept-encoding",
    "date",
    "server",
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "grpc-status",
}
"""Fields that say how a call is carried."""
_METADATA, _DATA = b'{"metadata":', b'{"data":'
_ERROR, _PATTERN = b'{"err":', b'{"pattern":'
_KEY = 15  # of the only field of a message that hides another
_BITS = 7


def shown_metadata(text: bytes, conceal: Concealment) -> bytes:
    """Return metadata, as JSON, as it may be shown."""
    return conceal.body(_METADATA + text + b"}")[len(_METADATA) : -1]


def shown_text(text: bytes, conceal: Concealment) -> bytes:
    """Return a payload, as JSON, as it may be shown."""
    return conceal.body(_DATA + text + b"}")[len(_DATA) : -1]


def shown_error(text: bytes, conceal: Concealment) -> bytes:
    """Return what a call failed with, as JSON, as it may be shown."""
    return conceal.body(_ERROR + text + b"}")[len(_ERROR) : -1]


def shown_path(path: str, conceal: Concealment) -> str:
    """Return a pattern as it may be shown."""
    packet = _PATTERN + dumps(path) + b"}"
    shown = loads(conceal.addressed(packet)[len(_PATTERN) : -1])
    return shown if isinstance(shown, str) else path


def shown_block(block: bytes, fields: Sequence[Field], conceal: Concealment) -> bytes:
    """Return a header block as it may be written."""
    hidden = [
        field.place
        for field in fields
        if field.place is not None and not _is_plain(field, conceal)
    ]
    return masked(block, hidden)


def _is_plain(field: Field, conceal: Concealment) -> bool:
    name, value = field.name, field.value
    if name in PLAIN:
        return True
    if name == ":path":
        return shown_path(value, conceal) == value
    if not name or name.endswith("-bin"):
        return False
    if name == "grpc-message":
        text = dumps({"message": value})
        return shown_error(text, conceal) == text
    said: Json = {name: value}
    text = dumps(said)
    return shown_metadata(text, conceal) == text


def blank(size: int, begin: int, end: int) -> bytes:
    """Return a part of the message of a size that stands for another one."""
    head = _blank_head(size)
    return (head[begin:end] + b"x" * (end - max(begin, len(head))))[: end - begin]


def _blank_head(size: int) -> bytes:
    """Return what is before the ``x`` of such a message."""
    key = bytes([_KEY << 3 | 2])
    if size < 2:  # noqa: PLR2004 — there is none of one byte
        return b"x" * size
    count = 1
    while (size - 1 - count) >> (_BITS * count):
        count += 1
    left = size - 1 - count
    digits = [(left >> (_BITS * place)) & 0x7F for place in range(count)]
    return key + bytes(
        digit | (0x80 if place < count - 1 else 0) for place, digit in enumerate(digits)
    )


def shown_content(content: bytes, assembler: Assembler) -> bytes:
    """Return the content of a DATA frame as it may be written, before it is read.

    Lengths are shown, so that the messages in it can be found; compressed messages are
    no longer marked as such.
    """
    if assembler.over or not assembler.synced:
        return b"x" * len(content)
    shown = bytearray()
    prefix = bytearray(assembler.prefix)
    place = assembler.kept  # in the message that goes on
    size = assembler.expected
    while len(shown) < len(content):
        if place < PREFIX:
            byte = content[len(shown)]
            prefix.append(byte)
            shown.append(byte if place else 0)
            place += 1
            if place < PREFIX:
                continue
            size = int.from_bytes(prefix[1:PREFIX], "big")
            if size > LONGEST:
                return bytes(shown) + b"x" * (len(content) - len(shown))
        else:
            count = min(size + PREFIX - place, len(content) - len(shown))
            shown += blank(size, place - PREFIX, place - PREFIX + count)
            place += count
        if place >= PREFIX + size:
            place, size = 0, -1
            prefix.clear()
    return bytes(shown)
