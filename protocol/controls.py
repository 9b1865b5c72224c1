"""What a terminal would obey or hide, written as escapes of JSON.

Text of a peer may hold control characters (C0, DEL, C1), which move a cursor or change
what stands on a screen, and marks of direction, which change the order in which
characters are shown.

Source: ISO/IEC 6429 (C0 and C1); UAX #9, section 2 (explicit directional formatting).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_regex import lazy_regex

if TYPE_CHECKING:
    import re

_CHARACTERS = (
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_UNSAFE = lazy_regex(_CHARACTERS)
_DEL, _LEADS_C1 = 0x7F, 0xC2  # in UTF-8
_UNSAFE_IN_JSON = lazy_regex(rb"\x7f|\xc2[\x80-\x9f]")
_UNSAFE_IN_LINES = lazy_regex(rf"(?!\r?\n){_CHARACTERS}")


def escape_controls(text: str) -> str:
    """Return a text with what a terminal would obey as escapes."""
    return text if text.isprintable() else _UNSAFE.sub(_escape, text)


def escape_controls_in_lines(data: bytes) -> bytes:
    """Return UTF-8 text with what a terminal would obey as escapes, its lines kept.

    A string of JSON keeps its value: these are the escapes of JSON.
    """
    text = data.decode("utf-8", "replace")
    return _UNSAFE_IN_LINES.sub(_escape, text).encode()


def escape_controls_in_json(line: bytes) -> bytes:
    """Return a JSON text with DEL and C1 as escapes; it has the same value.

    JSON itself demands that of C0 alone. Most lines have none, and cost nothing.

    Args:
        line: The text, as UTF-8.
    """
    # Two searches for a byte take less than to ask whether all is ASCII.
    if _DEL not in line and _LEADS_C1 not in line:
        return line
    return _UNSAFE_IN_JSON.sub(_escape_bytes, line)


def _escape_bytes(match: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % match[0][-1]  # of C1 the second byte is the number


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
