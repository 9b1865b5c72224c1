"""What units of a connection show of who is handed what a broker is sent.

::

    INFO {"server_id":"NC1","client_id":5,…}   Introduction: the broker's fifth
    SUB log 1                                  Interest: from now on in log
    UNSUB 1                                    Interest: no longer

A broker that numbers its connections lets a capture show that it has no others, and
with the subscriptions of all of them that nobody gets an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable


class Introduction(msgspec.Struct, frozen=True, gc=False):
    """Which of its connections a broker says that this one is.

    Attributes:
        broker: What the broker calls itself, unlike all others; empty where the unit
            does not say so.
        number: Which of its connections it is, in the order in which they were opened.
        own: How many of the first numbers are no connections of others.
        elsewhere: Whether somebody may be handed something whose subscription no
            connection shows: it is encrypted, at another broker, or the broker's own.
    """

    broker: str = ""
    number: int = 0
    own: int = 0
    elsewhere: bool = False


class Interest(msgspec.Struct, frozen=True, gc=False):
    """What a connection is to be handed from now on, or no longer.

    Attributes:
        key: What tells it from the other interests of the connection.
        channel: A channel, perhaps with wildcards; None where it ends.
        covers: Whether such a one (the first argument) stands for a channel (the
            second); None where it stands for itself alone.
    """

    key: str
    channel: str | None = None
    covers: Callable[[str, str], bool] | None = None


Audience: TypeAlias = Introduction | Interest
