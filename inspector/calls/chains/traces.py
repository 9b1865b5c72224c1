"""Which trace a request belongs to, by what travels with it.

Source: W3C Trace Context, section 3.2: ``version-traceid-parentid-flags``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, loads
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from protocol import Json, JsonText, UndefinedType

_TRACEPARENT = lazy_regex(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}.*")
_KEYS = ("traceparent", "Traceparent", "TRACEPARENT")
_NO_TRACE = "0" * 32
LARGEST = 1 << 14
"""Bytes of metadata that are looked at."""


def trace_of(metadata: JsonText | UndefinedType) -> str:
    """Return the trace that metadata names, as 32 digits; empty for none."""
    if (
        metadata is UNDEFINED
        or len(metadata) > LARGEST
        or b"race" not in bytes(metadata)
    ):
        return ""
    return trace_in(_text(loads(metadata)))


def trace_in(traceparent: str) -> str:
    """Return the trace that a ``traceparent`` names, as 32 digits; empty for none."""
    found = _TRACEPARENT.fullmatch(traceparent)
    return "" if found is None or found[1] == _NO_TRACE else found[1]


def _text(metadata: Json) -> str:
    """Return the field of a trace; headers may lie one deeper, as ``headers``."""
    for _ in range(2):
        if not isinstance(metadata, dict):
            return ""
        for key in _KEYS:
            value = metadata.get(key)
            if isinstance(value, list) and value:
                value = value[0]
            if isinstance(value, str):
                return value
        metadata = metadata.get("headers")
    return ""
