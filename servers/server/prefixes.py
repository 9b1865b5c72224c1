"""Prefixes of patterns: text before text, and members beside members.

=========================  ===========================  ==========================
prefix                     pattern                      registered
=========================  ===========================  ==========================
``"orders."``              ``"list"``                   ``"orders.list"``
``{"service": "orders"}``  ``{"cmd": "list"}``          both members in one object
a string                   an object, or a number       nothing: it is refused
an object                  a string, or a number        nothing: it is refused
an object                  one with another value for   nothing: it is refused
                           one of its keys
=========================  ===========================  ==========================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from servers.errors import PatternError

if TYPE_CHECKING:
    from protocol import Json

Prefix: TypeAlias = str | dict[str, object]
"""What comes before, or beside, every pattern of a router."""


def joined(outer: Prefix | None, inner: Prefix | None) -> Prefix | None:
    """Return the prefix that stands for two, one in the other; None is none.

    Raises:
        PatternError: One is a string and the other an object, or they differ in a key.
    """
    if outer is None or inner is None:
        return inner if outer is None else outer
    return _join(outer, inner, "the prefix")


def prefixed(prefix: Prefix | None, pattern: Json) -> Json:
    """Return a pattern with a prefix.

    Args:
        prefix: The prefix; None changes nothing.
        pattern: A pattern, or a list of several.

    Raises:
        PatternError: The prefix does not fit a pattern.
    """
    if prefix is None:
        return pattern
    if isinstance(pattern, list | tuple):
        return [_join(prefix, each, "the pattern") for each in pattern]
    return _join(prefix, pattern, "the pattern")


def require_prefix(prefix: object) -> None:
    """Refuse what is neither a string nor an object.

    Raises:
        PatternError: It cannot be a prefix.
    """
    if prefix is not None and not isinstance(prefix, str | dict):
        raise PatternError(
            f"{prefix!r} cannot be a prefix: it must be a string or an object"
        )


def _join(prefix: Prefix, inner: Json, name: str) -> Prefix:
    if isinstance(prefix, str) and isinstance(inner, str):
        # Not with +, which an enumeration may have changed.
        return str.__str__(prefix) + str.__str__(inner)
    if not isinstance(prefix, dict) or not isinstance(inner, dict):
        raise PatternError(
            f"{name} {inner!r} does not fit the prefix {prefix!r}: a string goes "
            "before strings, an object goes into objects"
        )
    for key in prefix.keys() & inner.keys():
        if prefix[key] != inner[key]:
            raise PatternError(
                f"{name} {inner!r} has another {key!r} than the prefix {prefix!r}"
            )
    return {**prefix, **inner}
