"""What passes in calls whose requests may be streams, several at once on a connection.

A carrier with ``streams = True`` is direct. Each of its calls has a stream with an id:
that of its packets. A call begins with a ``Request``; every later message of its client
is a :class:`CallErrand`, and so is what ends it without an answer.
"""

from __future__ import annotations

from protocol import UNDEFINED, JsonText, UndefinedType

from .base import Errand

TRAILERS = "trailers"
"""What the end of a call is called that comes after its last value."""
UNREAD_BEGINNING = "unread beginning"
"""The fact of a Request that it is not how its call began, which was not seen."""
UNREAD_STATUS = "unread status"
"""The fact of a Transfer that ends a call that its status cannot be read."""


class CallErrand(Errand, gc=False, kw_only=True):
    """A unit of a call's client or server that is not a packet.

    Attributes:
        message: A message of the client, after its request.
        listed: Whether the method takes a stream, however many messages there are.
        ends: Whether nobody wants the answer from here on.
    """

    message: JsonText | UndefinedType = UNDEFINED
    listed: bool = False
    ends: bool = False
