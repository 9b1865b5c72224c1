r"""Server-sent events: each is a value of an answer that streams.

::

    event: tick\n data: {"n":1}\n \n      ─► {"n":1}, called tick

Source: the HTML standard, section 9.2, "Server-sent events".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, JsonText, UndefinedType, dumps
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .contents import read_text

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment

TYPE = "text/event-stream"
_END = lazy_regex(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n|\Z))")
_LINE = lazy_regex(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_LONGEST_END = 4  # bytes


class ServerEvent(NamedTuple):
    """An event.

    Attributes:
        value: Its data, as JSON: a string where it is none; UNDEFINED for an event
            without.
        name: What it is called, as JSON; UNDEFINED where it is not.
        shown: Its bytes, as far as they may be shown.
    """

    value: JsonText | UndefinedType
    name: JsonText | UndefinedType
    shown: bytes


def end_of_event(content: bytes | bytearray, searched: int) -> int:
    """Return the place after the first event; -1 while it is not complete.

    Args:
        content: What came since the event before.
        searched: Bytes of it without an end.
    """
    found = _END.search(content, max(searched - _LONGEST_END, 0))
    return -1 if found is None else found.end()


def read_event(content: bytes, conceal: Concealment | None) -> ServerEvent:
    """Read a whole event.

    Args:
        content: Its lines, with the empty one.
        conceal: What hides secrets; None where nothing is hidden.
    """
    lines = [(found[1], found[2]) for found in _LINE.finditer(content)]
    data = [_value(line) for line, _ in lines if _name(line) == b"data"]
    called = [_value(line) for line, _ in lines if _name(line) == b"event"]
    text = b"\n".join(data)
    read = read_text(text, text, conceal, key=b"response")
    value: JsonText | UndefinedType = read.text
    if value is UNDEFINED and data:
        value = JsonText(dumps(read.shown.decode("utf-8", "replace")))
    name = called[-1] if called else b""
    shown = content
    if conceal is not None:
        whole = read.shown if len(data) == 1 else None
        shown = b"".join(_shown(line, whole) + end for line, end in lines)
    return ServerEvent(
        value if len(data) == 1 or conceal is None else _of_shown(shown),
        JsonText(dumps(name.decode("utf-8", "replace"))) if name else UNDEFINED,
        shown,
    )


def _of_shown(shown: bytes) -> JsonText | UndefinedType:
    """Return the data of an event that is hidden, as it is read again."""
    return read_event(shown, None).value


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0]


def _value(line: bytes) -> bytes:
    return line.partition(b":")[2].removeprefix(b" ")


def _shown(line: bytes, whole: bytes | None) -> bytes:
    """Return a line as it may be shown; its data where that is in one line."""
    name, value = _name(line), _value(line)
    begin = len(line) - len(value)
    if name in {b"event", b"retry", b""} and value and name:
        return line
    if name == b"data" and whole is not None:
        return line[:begin] + whole
    return line[:begin] + b"x" * len(value)
