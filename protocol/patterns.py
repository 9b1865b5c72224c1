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

from typing import TypeAlias

from .collation import CollationKey, collation_key
from .javascript import UNDEFINED, Json, dumps, loads, number_to_string
from .versions import NEWEST, NestVersion

_TOO_DEEP = "[MAX_DEPTH_REACHED]"
_TOO_MANY_KEYS = "[TOO_MANY_KEYS]"

_ARRAY_INDEXES = 2**32 - 1
_MOST_DIGITS = len(str(_ARRAY_INDEXES))  # int() refuses thousands of them

_BEGINS_JSON = {*'{["-0123456789tfn \t\n\r'}
"""Characters with which a JSON text begins."""

_Part: TypeAlias = str | tuple[Json, int]  # text, or a value still to spell, its depth


def route(pattern: Json, version: NestVersion = NEWEST) -> str:
    """Return the route of a pattern, as Nest looks it up.

    However deep a pattern nests, it has a route; Nest itself gives up where its stack
    ends, some thousands of levels deep.

    Args:
        pattern: A pattern as it is in a packet; UNDEFINED when it is absent.
        version: Whose limits of depth and keys hold, and whose escapes.
    """
    if pattern is UNDEFINED:
        return "undefined"
    if isinstance(pattern, str):
        plain = str.__str__(pattern)  # of an enumeration, its value
        if plain[:1] not in _BEGINS_JSON:  # the usual case
            return plain
        pattern = plain
    text = pattern if isinstance(pattern, str) else dumps(pattern)
    try:
        value = loads(text)
    except ValueError:
        return str(pattern)
    return value if isinstance(value, str) else _spell(value, version)


def _spell(pattern: Json, version: NestVersion) -> str:
    """Spell any value but a string, with a stack of our own."""
    text: list[str] = []
    pending: list[_Part] = [(pattern, 0)]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            text.append(part)
        else:
            pending.extend(reversed(_parts(*part, version)))
    return "".join(text)


def _parts(value: Json, depth: int, version: NestVersion) -> list[_Part]:
    if isinstance(value, list):
        value = {str(index): item for index, item in enumerate(value)}
    if isinstance(value, dict):
        return _members(value, depth, version)
    if isinstance(value, str):
        return [_quote(value, version)]
    if isinstance(value, bool) or value is None:
        return [dumps(value).decode()]
    return [number_to_string(value)]


def _members(value: dict[str, Json], depth: int, version: NestVersion) -> list[_Part]:
    if version.route_max_depth is not None and depth > version.route_max_depth:
        return [_TOO_DEEP]
    if version.route_max_keys is not None and len(value) > version.route_max_keys:
        return [_TOO_MANY_KEYS]
    parts: list[_Part] = ["{"]
    for key in sorted(value, key=_place):
        separator = "," if len(parts) > 1 else ""
        parts += [f"{separator}{_quote(key, version)}:", (value[key], depth + 1)]
    return [*parts, "}"]


def _place(key: str) -> tuple[CollationKey, bool]:
    """Return the rank of a key: of equals, indexes of arrays come first.

    Source: ECMA-262, 10.1.11 (OrdinaryOwnPropertyKeys).
    """
    digits = key.isascii() and key.isdigit() and (key == "0" or key[0] != "0")
    is_index = digits and len(key) <= _MOST_DIGITS and int(key) < _ARRAY_INDEXES
    return collation_key(key), not is_index


def _quote(text: str, version: NestVersion) -> str:
    if version.escapes_routes:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
