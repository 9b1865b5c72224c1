"""What a file is by its first bytes: a capture, JSON lines, or neither.

Sources: ``inspector/sources`` for how captures and compressed files begin.
"""

from __future__ import annotations

import re

from servers.errors import UsageError

LOOKED_AT = 64
"""Bytes that are looked at."""
MARK = b"\xef\xbb\xbf"
"""The mark of UTF-8, with which some editors begin a file."""
_BLANKS = b" \t\r\n" + MARK
_PCAPNG = b"\n\r\r\n"  # the type of its first block, which looks like blanks
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_CAPTURE_THAT_IS_TEXT = b"BZh"  # a file that bzip2 has compressed
WANTED = (
    "wanted is a capture, what `protocol-inspect fixture` writes, or the lines of "
    "`protocol-inspect exchanges --json`"
)
"""What is read, for errors."""
_SHOWN = 24  # characters of a text


def is_capture(beginning: bytes, name: str) -> bool:
    """Whether a file is for the inspector, and is not JSON lines.

    Args:
        beginning: Its first bytes, not more than :data:`LOOKED_AT`.
        name: Of the file, for errors.

    Raises:
        UsageError: It is neither.
    """
    text = beginning.lstrip(_BLANKS)
    if beginning.startswith(_PCAPNG):
        return True
    if beginning.startswith(_UTF16):
        raise UsageError(f"{name} is text in UTF-16; save it as UTF-8")
    if not text or text.startswith(b"{"):
        return False
    if not _is_text(text):
        return True  # the inspector says what it is, if it is none
    if text.startswith(b"["):
        raise UsageError(
            f"{name} is a JSON array; each object must be on a line of its own, as "
            f"`jq -c '.[]'` writes them"
        )
    raise UsageError(f"{name} is text that begins with {_quoted(text)}; {WANTED}")


def empty(name: str) -> UsageError:
    """Return the error for a file in which there is nothing."""
    return UsageError(f"{name} is empty; {WANTED}")


def _is_text(beginning: bytes) -> bool:
    if _BINARY.search(beginning) or beginning.startswith(_CAPTURE_THAT_IS_TEXT):
        return False
    try:
        beginning.decode()
    except UnicodeDecodeError as error:
        # A character may be cut where the first bytes end.
        return error.reason == "unexpected end of data"
    return True


def _quoted(text: bytes) -> str:
    first = text.decode("utf-8", "ignore").splitlines()[0]
    return repr(first if len(first) <= _SHOWN else f"{first[:_SHOWN]}…")
