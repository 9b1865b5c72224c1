"""What tells ids of packets apart, and patterns of routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import Json, dumps, route, to_double

if TYPE_CHECKING:
    from collections.abc import Hashable

_MAX_ROUTES = 4096
"""Patterns whose route is remembered."""


class Routes(dict[str, str]):
    """Pattern → its route, of the patterns that are strings, as far as remembered."""

    def find(self, pattern: Json) -> str:
        """Return the route of a pattern, and remember it for those that are strings."""
        name = self.get(pattern) if isinstance(pattern, str) else None
        if name is None:
            name = route(pattern)
            if isinstance(pattern, str) and len(self) < _MAX_ROUTES:
                self[pattern] = name
        return name


def identity_key(identity: Json) -> Hashable:
    """Return what distinguishes ids: 5 and "5" are two, 5 and 5.0 are one."""
    if isinstance(identity, str):
        return identity
    if isinstance(identity, bool) or not isinstance(identity, int | float):
        return dumps(identity)
    return to_double(identity)
