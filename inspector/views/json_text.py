"""JSON as it travelled, laid out for reading: keys dim, order and numbers as sent.

Bytes that are not UTF-8 stand as reversed escapes, and so do control characters: what a
terminal would obey or hide is visible. The text is laid out, not read and written
again, so that a number keeps its spelling.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from protocol import REFUSED

from .rendering import ELLIPSIS, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG_STRING = 200
_HEAD = 4  # characters of a long string that are shown
_INDENT = 2
# A string without an end reaches to the end of the text, and is not searched again.
_TOKEN = re.compile(
    r'(?P<string>"(?>(?:[^"\\]|\\.)*)")(?P<key>:)?|[^"]++|".*', re.DOTALL
)
# Invalid bytes pass the layout as characters of their own: 0xFF as U+F7FF.
_INVALID = range(0xDC80, 0xDD00)
_STAND_IN = 0xF700 - 0xDC00
_SHOWN_ESCAPE = re.compile(r"[\uf780-\uf7ff]|\\u[0-9a-f]{4}")


def json_lines(body: bytes, width: int, *, full: bool = False) -> Iterator[Text]:
    """Yield a JSON text on one line where it fits, else laid out on several.

    Args:
        body: The text; it may be invalid.
        width: Cells of a line.
        full: Whether long strings are shown whole.
    """
    text = _marked(body)
    one = _line(_laid_out(text, 0), full=full)
    if one.cell_len <= width:
        yield one
        return
    for line in _laid_out(text, _INDENT).split("\n"):
        shown = _line(line, full=full)
        shown.truncate(width, overflow="ellipsis")
        yield shown


def raw_text(data: bytes) -> Text:
    """Return bytes that are not JSON, what is invalid or unsafe as escapes."""
    text = Text()
    _append(text, _marked(data), "")
    return text


def _marked(data: bytes) -> str:
    decoded = data.decode("utf-8", "surrogateescape")
    if decoded.isascii():
        return decoded
    return "".join(
        chr(ord(each) + _STAND_IN) if ord(each) in _INVALID else each
        for each in decoded
    )


def _laid_out(text: str, indent: int) -> str:
    try:
        return msgspec.json.format(text.encode(), indent=indent).decode()
    except REFUSED:
        return text


def _line(line: str, *, full: bool) -> Text:
    text = Text()
    for token in _TOKEN.finditer(line):
        string, key = token["string"], token["key"]
        if string is None:
            _append(text, token[0], "")
        elif key:
            _append(text, f"{string}:", "muted")
        else:
            _append(text, string if full else _shortened(string), "")
    return text


def _shortened(string: str) -> str:
    length = len(string) - 2
    if length <= _LONG_STRING:
        return string
    return f'{string[: _HEAD + 1]}{ELLIPSIS}" ({length:,})'


def _append(text: Text, part: str, style: str) -> None:
    """Append a text; what cannot be shown as it is becomes a reversed escape."""
    shown = safe(part)
    place = 0
    for escape in _SHOWN_ESCAPE.finditer(shown):
        text.append(shown[place : escape.start()], style)
        code = escape[0]
        if len(code) == 1:
            text.append(f"\\x{ord(code) - 0xF700:02x}", "reverse")
        else:
            text.append(code, style if code in part else "reverse")
        place = escape.end()
    text.append(shown[place:], style)
