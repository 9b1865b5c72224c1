"""Whether a stream is HTTP/1, and where in one a message begins.

A beginning shows it by its first line. In the middle of a stream a first line may stand
right after a body: there it takes a field after it, too.
"""

from __future__ import annotations

from inspector.carriers.base import Recognition, Verdict
from protocol.lazy_regex import lazy_regex

REACH = 4_096
"""Bytes within which a first line, and a field after it, are to be seen."""
_METHODS = b"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|QUERY"
_WORDS = (*(each + b" " for each in _METHODS.split(b"|")), b"HTTP/1.")
_FIRST = lazy_regex(
    rb"(?:(?:" + _METHODS + rb") [^\s\x00-\x1f]+ HTTP/1\.[01]"
    rb"|HTTP/1\.[01] [1-5][0-9]{2}(?: [^\r\n\x00]*)?)\r\n"
)
_INSIDE = lazy_regex(
    rb"(?:(?:" + _METHODS + rb") (?:/|\*|[a-z]{1,20}://"
    rb"|(?:\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,255}):[0-9])[^\s\x00-\x1f]* "
    rb"HTTP/1\.[01]|HTTP/1\.[01] [1-5][0-9]{2}(?: [^\r\n\x00]{0,99})?)\r\n"
    rb"(?:[A-Za-z0-9_-]{1,99}:[^\r\n]{0,2000}\r\n|\r\n)"
)
_ANSWER = b"HTTP/"


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    if not begins(beginning):
        return Verdict.OTHER
    line, end, _ = beginning.partition(b"\n")
    if not end:
        return Verdict.UNDECIDED if len(line) < REACH else Verdict.OTHER
    if _FIRST.match(line + end) is None:
        return Verdict.OTHER
    return Recognition(asks=not line.startswith(_ANSWER))


def begins(beginning: bytes | bytearray) -> bool:
    """Whether bytes begin as a message does, as far as they go."""
    return any(
        beginning.startswith(word) or word.startswith(beginning) for word in _WORDS
    )


def find(middle: bytes) -> Recognition | None:
    """Find the first message in the middle of a stream; None where none shows."""
    found = _INSIDE.search(middle)
    if found is None:
        return None
    return Recognition(found.start(), asks=not found[0].startswith(_ANSWER))
