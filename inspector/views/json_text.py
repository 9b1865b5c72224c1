"""JSON as it travelled, laid out for reading: keys dim, order and numbers as sent.

Bytes that are not UTF-8 are shown as reversed escapes, and so are control characters:
what a terminal would obey or hide is visible. The text is laid out, not read and
written again, so that a number keeps its spelling; of a long one only what is shown.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from inspector.words import nouns
from protocol import REFUSED
from protocol.lazy_regex import lazy_regex

from .json_layout import STRING, Layout, Plain, tokens
from .rendering import ELLIPSIS, safe
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES = 40
"""Lines of a payload that are shown at most, unless all are asked for."""
_LONG_STRING = 200
_HEAD = 4  # characters of a long string that are shown
_MOST_PER_CELL = 10  # characters, some of which may have no width
# A string without an end reaches to the end of the text, and is not searched again.
_TOKEN = lazy_regex(rf'(?P<string>{STRING})(?P<key>:)?|[^"]++|".*', re.DOTALL)
# Invalid bytes pass the layout as characters of their own: 0xFF as U+F7FF.
_INVALID = range(0xDC80, 0xDD00)
_STAND_IN = 0xF700 - 0xDC00
_ESCAPED = lazy_regex("[\udc80-\udcff]")
_SHOWN_ESCAPE = lazy_regex(r"[\uf780-\uf7ff]|\\u[0-9a-f]{4}")


def json_lines(
    body: bytes, width: int, *, full: bool = False, cut: bool = True
) -> Iterator[Text]:
    """Yield a JSON text on one line where it fits, else laid out on several.

    Args:
        body: The text; it may be invalid.
        width: Cells of a line.
        full: Whether all lines are shown, and long strings whole; else those after
            :data:`MOST_LINES` are counted, and the cost is that of what is shown.
        cut: Whether what is wider than a line is cut there.
    """
    compact = compacted(marked(body))
    one = None if compact is None else _on_one_line(compact, width, full=full)
    if one is not None:
        yield one
        return
    layout = Plain(marked(body)) if compact is None else Layout(compact)
    for line in islice(layout.lines(), None if full else MOST_LINES):
        most = width * _MOST_PER_CELL if compact is None and not full else None
        shown = styled_line(line[:most], full=full)
        if cut:
            shown.truncate(width)
        yield shown
    rest = layout.rest()
    if rest:
        yield more_line(rest, "line")


def more_line(count: int, noun: str) -> Text:
    """Return what says how much is not shown: ``… 12 more lines, --full``."""
    return Text(f"{ELLIPSIS} {count:,} more {nouns(count, noun)}, --full", "muted")


def raw_text(data: bytes) -> Text:
    """Return bytes that are not JSON, what is invalid or unsafe as escapes."""
    text = Text()
    _append(text, marked(data), "")
    return text


def marked(data: bytes) -> str:
    """Return bytes as text; each that is invalid is a character of its own."""
    decoded = data.decode("utf-8", "surrogateescape")
    if decoded.isascii():
        return decoded
    return _ESCAPED.sub(lambda each: chr(ord(each[0]) + _STAND_IN), decoded)


def compacted(text: str) -> str | None:
    """Return JSON without its blanks; None for what is no JSON."""
    try:
        return msgspec.json.format(text.encode(), indent=-1).decode()
    except REFUSED:
        return None


def _on_one_line(compact: str, width: int, *, full: bool) -> Text | None:
    """Return JSON on one line; None where that is too wide, of which little is read."""
    parts, length = [], 0
    for match in tokens(compact):
        token = match[0]
        parts.append(f"{token} " if token in {":", ","} else token)
        length += len(token if full else _shortened(token))
        if length > width * _MOST_PER_CELL:
            return None
    line = styled_line("".join(parts), full=full)
    return line if line.cell_len <= width else None


def styled_line(line: str, *, full: bool) -> Text:
    """Return a line of JSON, its keys dim; long strings whole if all is shown."""
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
