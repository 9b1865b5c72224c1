"""Routes: the name under which a Nest server looks for the handler of a pattern.

=====================================  ========================
pattern on the wire                    route
=====================================  ========================
``"sum"``                              ``sum``
``1``, ``"1"``, ``"1.0"``              ``1``
``{"cmd":"sum"}``, in any spelling     ``{"cmd":"sum"}``
``["a","b"]``                          ``{"0":"a","1":"b"}``
=====================================  ========================

``emit`` sends the route already, as a string; ``send`` sends the pattern as it is.

Source: ``packages/microservices/utils/transform-pattern.utils.ts``,
``transformPatternToRoute``; ``server/server.ts``, ``getRouteFromPattern``.
"""

from __future__ import annotations

from .collation import collation_key
from .javascript import UNDEFINED, Json, dumps, loads, number_to_string

MAX_DEPTH = 5
"""Objects inside objects that a route shows; Nest 11.1.15 and later."""
MAX_KEYS = 20
"""Keys of one object that a route shows; Nest 11.1.15 and later."""

_TOO_DEEP = "[MAX_DEPTH_REACHED]"
_TOO_MANY_KEYS = "[TOO_MANY_KEYS]"


def route(pattern: Json) -> str:
    """Return the route of a pattern, as the newest Nest looks it up.

    Args:
        pattern: A pattern as it stands in a packet; UNDEFINED when it is absent.
    """
    text = pattern if isinstance(pattern, str) else _stringify(pattern)
    try:
        pattern = loads(text.encode("utf-8", "surrogatepass"))
    except ValueError:  # plain text, the usual case
        return text
    return _transform(pattern, 0)


def _stringify(pattern: Json) -> str:
    return "undefined" if pattern is UNDEFINED else dumps(pattern).decode()


def _transform(pattern: Json, depth: int) -> str:
    if isinstance(pattern, dict):
        return _transform_object(pattern, depth)
    if isinstance(pattern, list):
        return _transform_object({str(i): v for i, v in enumerate(pattern)}, depth)
    if isinstance(pattern, str):
        return pattern
    if isinstance(pattern, bool) or pattern is None:
        return dumps(pattern).decode()
    return number_to_string(pattern)


def _transform_object(pattern: dict[str, Json], depth: int) -> str:
    if depth > MAX_DEPTH:
        return _TOO_DEEP
    if len(pattern) > MAX_KEYS:
        return _TOO_MANY_KEYS
    members = (
        f'"{_escape(key)}":{_member(pattern[key], depth + 1)}'
        for key in sorted(pattern, key=collation_key)
    )
    return "{" + ",".join(members) + "}"


def _member(value: Json, depth: int) -> str:
    return f'"{_escape(value)}"' if isinstance(value, str) else _transform(value, depth)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
