"""What reads a step of a plain unary call in one go, for whoever wants figures alone.

::

    packet before it ─► one step, and nothing else? ─► Steps.read ─► PlainUnit
                            │ no
                            └─► Talk.receive, as with any carrier

A direct carrier whose requests may be streams may offer this, none must. Most of its
calls have one request and one answer, and end with a packet that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from .base import Talk

if TYPE_CHECKING:
    from .base import Side

ASKED: Final = 0
"""The only message of a client, with which its call begins."""
ANSWERED: Final = 1
"""The only message of its server."""
ENDED: Final = 2
"""The call has ended well."""
GROWTH: Final = 5
"""The JSON text of a message has at most so many bytes for each of its own, and as many
more."""


class PlainUnit(msgspec.Struct, gc=False):
    """One step of a call, in one data packet.

    Attributes:
        what: Which of :data:`ASKED`, :data:`ANSWERED` and :data:`ENDED` it is.
        stream: The id of the call.
        pattern: What is asked for.
        message: What is said, as it was sent.
    """

    what: int
    stream: int
    pattern: str = ""
    message: bytes = b""


class Steps(Protocol):
    """Reads data packets of one side that hold one step each."""

    def read(self, data: bytes) -> PlainUnit | None:
        """Return the step that some bytes are; None where the talk reads them.

        Nothing is noted of it.

        Args:
            data: Consecutive bytes, carried by one captured packet.
        """

    def text_of(self, message: bytes, /) -> bytes:
        """Return what a message says, as JSON.

        Its size is within :data:`GROWTH`. Its keys are numbers, so that no finding
        about names is for it; a text in it is one of the message.
        """

    def pass_by(self, unit: PlainUnit, size: int) -> None:
        """Learn that a step was counted: what :meth:`Talk.receive` would note of it.

        Args:
            unit: What :meth:`read` has returned for the next bytes.
            size: How many those are.
        """


class UnaryTalk(Talk, Protocol):
    """A talk whose plain unary calls can be read step by step."""

    def unary(self, side: Side) -> Steps | None:
        """Return what reads steps of a side, if the next bytes may be one."""
