"""Room that is made for a delivery by what is acknowledged before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from protocol import Json


class Room(NamedTuple):
    """Why a delivery could not come earlier.

    Attributes:
        pattern: That of what had to be acknowledged before it.
        full_ns: When its receiver first had as much as it may have, in nanoseconds
            since 1970. What waits since then is delivered as soon as there is room.
    """

    pattern: Json
    full_ns: int
