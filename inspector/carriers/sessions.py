"""What passes in a session of a gateway, which several connections may share.

Over WebSocket both peers send events, and either may ask for an acknowledgement, by
numbers of its own. Engine.IO begins with HTTP polling, whose requests go over whichever
connections there are: what was asked on one is answered on another.
A carrier with ``sessions = True`` is direct, and its transfers are
:class:`SessionTransfer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Transfer

if TYPE_CHECKING:
    from protocol import JsonText, UndefinedType


UNREAD = "unread-message"
"""The code of the Remark that a message was complete and could not be read.

It may have been an answer: what waits in its session is in doubt.
"""


class WrittenTransfer(Transfer, gc=False, kw_only=True):
    """A packet that is not written as its body alone: it is masked, or has a head.

    Attributes:
        sent: All bytes of the unit as they travelled, where anything is concealed.
        shown: The same as they may be written: masked and framed as before.
    """

    sent: bytes = b""
    shown: bytes = b""


class SessionTransfer(WrittenTransfer, gc=False, kw_only=True):
    """A packet of Nest's in a session.

    Attributes:
        session: What its connections call the session; empty where this connection is
            all of it.
        roams: Whether its answer may pass on another connection of the session.
        socket: What the gateway calls its client in the namespace of the packet, in
            ``client.id`` of Nest; empty where the capture lacks that.
        cause: Of an event, with or without a number: its pattern and payload as they
            were sent, which an error that it causes may repeat.
        blames: Of an error: the pattern and payload that it repeats.
    """

    session: str = ""
    roams: bool = False
    socket: str = ""
    cause: tuple[str, JsonText | UndefinedType] | None = None
    blames: tuple[str, JsonText | UndefinedType] | None = None
