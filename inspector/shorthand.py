"""Patterns written short, as every table, ladder and sentence shows them.

==============================  ====================  ==========================
route                           short                 found as well by
==============================  ====================  ==========================
``users.find``, ``42``          the same
``{"cmd":"users.find"}``        ``cmd:users.find``    ``users.find``
``cmd:users.find`` (a string)   ``"cmd:users.find"``
``a b``, the empty string       ``"a b"``, ``""``
``{"cmd":"echo","v":1}``        ``cmd:echo,v:1``
``{"v":"1"}``, ``{"v":"true"}``  ``v:"1"``, ``v:"true"``  ``"1"``, ``"true"``
``{"a":{"b":[1,"c d"]}}``       ``a:{b:[1,"c d"]}``
==============================  ====================  ==========================

The outer braces go, and quotes where nothing is ambiguous without them: a colon outside
quotes therefore always means an object. Two routes never look alike.
Control characters stay: what shows a name escapes them, as in every text of a capture.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from protocol import Json, dumps, loads
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LONGEST = 2048
"""Characters of a route that is worth rewriting; a longer one nobody reads anyway."""
_DEEPEST = 16
_REMEMBERED = 4096

# What stands bare: no blank, no control character, nothing that JSON uses itself.
_BARE = lazy_regex(r'[^\s"\\:,{}\[\]\x00-\x20\x7f-\x9f]+')
_LITERALS = {"true", "false", "null"}
_NUMBER = lazy_regex(r"-?[0-9][0-9.eE+-]*")


# decision 87: every pattern is written short, and found by what is shown
def short(route: str) -> str:
    """Return a route as views show it: ``cmd:users.find`` for ``{"cmd":"users.find"}``.

    A route that is neither a string nor JSON, as Nest makes it where a pattern nests
    too deep, is returned as it is; so is a very long one of an object.
    """
    if len(route) > _LONGEST:  # nor is it remembered
        return route if route.startswith("{") else _bare(route)
    return _short(route)


@lru_cache(_REMEMBERED)
def _short(route: str) -> str:
    members = _members(route)
    if members is None:
        return route if route.startswith("{") else _bare(route)
    return _joined(members) or "{}"


def short_value(value: Json) -> str:
    """Return a value as lists and ladders show it: ``id:7,name:Ann`` for an object.

    The outer braces go, as those of a pattern do; what nests deep stays JSON.
    """
    text = dumps(value).decode()
    if max(text.count("{"), text.count("[")) > _DEEPEST:
        return text
    return (isinstance(value, dict) and _joined(value)) or _value(value)


def names(route: str) -> frozenset[str]:
    """Return all by which a filter finds a route.

    These are the route itself, its short form and, of a pattern with one key, the value
    of that key alone.
    """
    return frozenset({route, short(route)}) if len(route) > _LONGEST else _names(route)


@lru_cache(_REMEMBERED)
def _names(route: str) -> frozenset[str]:
    members = _members(route) or {}
    values = {_value(value) for value in members.values() if len(members) == 1}
    return frozenset({route, _short(route), *values})


def _members(route: str) -> dict[str, Json] | None:
    """Return the members of a route that is that of an object."""
    if not route.startswith("{"):
        return None
    if max(route.count("{"), route.count("[")) > _DEEPEST:
        return None
    try:
        value = loads(route)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _joined(members: dict[str, Json]) -> str:
    return ",".join(f"{_bare(key)}:{_value(each)}" for key, each in members.items())


def _value(value: Json) -> str:
    if isinstance(value, dict):
        return f"{{{_joined(value)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_value, value))}]"
    if isinstance(value, str):
        return _bare(value, _reads_otherwise)
    return dumps(value).decode()


def _reads_otherwise(text: str) -> bool:
    """Whether a string would read as another value of JSON without its quotes."""
    return text in _LITERALS or _NUMBER.fullmatch(text) is not None


def _bare(text: str, ambiguous: Callable[[str], bool] = lambda _: False) -> str:
    """Return a string without quotes if possible, otherwise as JSON."""
    if _BARE.fullmatch(text) and not ambiguous(text):
        return text
    return dumps(text).decode()


def found_by(wanted: str, routes: Iterable[str]) -> bool:
    """Whether any of some routes is found by a name."""
    return any(wanted in names(each) for each in routes)
