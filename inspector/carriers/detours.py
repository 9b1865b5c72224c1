"""Why a broker hands something on: asked, later than it could, or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from protocol import Json


class Room(NamedTuple):
    """What had to be acknowledged before there was room for a delivery.

    Attributes:
        pattern: The pattern of that.
        full_ns: When its receiver first had as much as it may have, in nanoseconds
            since 1970. What waits since then is delivered as soon as there is room.
    """

    pattern: Json
    full_ns: int


class Death(NamedTuple):
    """What a queue did not keep, so that the broker sent it elsewhere.

    Attributes:
        channel: Where it had been sent to.
        queue: The queue that its consumer rejected it from; None where it went another
            way, or went it before.
    """

    channel: str
    queue: str | None = None


class Poll(NamedTuple):
    """What asked for a delivery, where a broker hands nothing on unasked.

    Attributes:
        key: What its idle unit says in ``polls``.
        transfers: How many transfers it asked for.
    """

    key: Hashable
    transfers: int
