"""The bytes where a frame should begin: the ways in which others delimit JSON.

Nest reads all bytes before a ``#`` as a length, so that none of these is ever read.
"""

from __future__ import annotations

from inspector.carriers.base import Verdict
from protocol.lazy_regex import lazy_regex

KEPT = 4_096
"""Bytes of a beginning that are kept to say what is wrong with them."""
OTHER = "bytes without a length"
_KINDS = (
    ("JSON without a length", lazy_regex(rb"\A[ \t\r\n]*+[{\[]")),
    ("JSON after a length without #", lazy_regex(rb"\A[0-9]++[ \t\r\n]*+[{\[]")),
    ("a netstring", lazy_regex(rb"\A[0-9]++:")),
    ("JSON after a Content-Length header", lazy_regex(rb"\A(?i:content-length) ?:")),
    ("JSON after a binary length", lazy_regex(rb"\A(?:[\x00-\xff]{2}){1,2}[{\[]")),
)
_OF_NEST = lazy_regex(rb'"(?:pattern|isDisposed)"[ \t\r\n]*:')


def kind_of(beginning: bytes) -> str:
    """Return how the beginning of a client's bytes, which is no frame, is delimited."""
    for kind, pattern in _KINDS:
        if pattern.match(beginning):
            return kind
    return OTHER


def seems_nest(beginning: bytes) -> bool:
    """Whether bytes without framing hold a key that few but Nest have."""
    return kind_of(beginning) != OTHER and _OF_NEST.search(beginning) is not None


def judged_unframed(judged: object, beginning: bytes) -> bool:
    """Whether bytes that a carrier does not take for its own are JSON without framing.

    Args:
        judged: What the carrier says of them.
        beginning: What one side begins with.
    """
    return (
        judged is Verdict.OTHER
        and b"#" not in beginning
        and kind_of(beginning) != OTHER
    )
