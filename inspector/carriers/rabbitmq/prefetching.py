"""How much of a queue a consumer may have at once.

::

    basic.qos 1    deliver A    (B waits)    ◄─ ack A    deliver B: A made room for it

Source: ``rabbitmq.com/docs/consumer-prefetch``: what was not acknowledged counts; with
``global`` for all consumers of the channel together, else for each that comes after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.detours import Room
from protocol import UNDEFINED

if TYPE_CHECKING:
    from protocol import Json


class Allowance(msgspec.Struct, gc=False):
    """How many messages somebody may have that are not acknowledged.

    Attributes:
        most: So many; None without a limit, and where it is not known.
        had: How many of them there are.
        full_ns: When it first had so many, in nanoseconds since 1970; None before.
        made: The pattern of what was acknowledged when it had so many, until it has as
            many again; else UNDEFINED.
    """

    most: int | None = None
    had: int = 0
    full_ns: int | None = None
    made: Json = UNDEFINED

    def take(self, now_ns: int) -> Room | None:
        """Count a delivery; return what made room for it; None where there was room."""
        self.had += 1
        room = None
        if self.made is not UNDEFINED and self.full_ns is not None:
            room = Room(self.made, self.full_ns)
        if self.most is not None and self.had >= self.most:
            self.made = UNDEFINED
            if self.full_ns is None:
                self.full_ns = now_ns
        return room

    def settle(self, pattern: Json) -> None:
        """Learn that one of them, with a pattern, is acknowledged or given back."""
        if self.most is not None and self.had >= self.most:
            self.made = pattern
        self.had -= 1

    def doubt(self) -> None:
        """Learn that acknowledgements may be missing, so that it may have more room."""
        self.most, self.full_ns, self.made = None, None, UNDEFINED
