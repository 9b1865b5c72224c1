"""Units of messages: what is written of each where something is concealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle, Remark, Skipped, Trouble
from protocol import UNDEFINED, Event

from .payloads import EXCEPTION, members_of, text_of

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Unit
    from inspector.carriers.sessions import SessionTransfer
    from inspector.carriers.web.messages import Envelope

MALFORMED = "websocket-protocol"
"""The code of bytes that are malformed."""
REFUSED = "refused-handshake"
"""The code of a connection, or of a namespace, that a gateway refuses."""
PING_TIMEOUT = "ping-timeout"
"""The code of a side that did not answer pings in time."""
UNFRAMED = "unframed-value"
"""The code of a message that is not an event."""

UNCAUSED = "uncaused-exception"
"""The code of an exception that does not say what it is about."""


class Maker:
    """Make the units of one connection.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(self, conceal: Concealment | None) -> None:
        self.conceal = conceal

    def idle(
        self, side: Side, envelope: Envelope, verb: str, shown: bytes = b""
    ) -> Idle:
        """Return a message that is no packet of Nest's.

        Args:
            side: Who sent it.
            envelope: The message.
            verb: What it does, in a word.
            shown: What it may be shown to begin with; the rest becomes ``x``.
        """
        begin, end = envelope.begin, envelope.end
        if self.conceal is None:
            return Idle(side=side, begin=begin, end=end, verb=verb, text=envelope.sent)
        shown += b"x" * (len(envelope.payload) - len(shown))
        return Idle(
            side=side,
            begin=begin,
            end=end,
            verb=verb,
            text=envelope.rewritten(shown) if envelope.sent else b"",
            original=envelope.sent,
        )

    def uncaused(self, unit: SessionTransfer) -> list[Unit]:
        """Return an exception of a gateway, remarked on where it names no cause."""
        packet = unit.packet
        alone = unit.blames is None and unit.cause is None
        if not (alone and isinstance(packet, Event) and packet.pattern == EXCEPTION):
            return [unit]
        members = {} if packet.data is UNDEFINED else members_of(bytes(packet.data))
        message = (members or {}).get("message")
        remark = Remark(
            side=unit.side,
            begin=unit.end,
            end=unit.end,
            code=UNCAUSED,
            subject="" if message is None else text_of(message) or "",
        )
        return [unit, remark]

    def trouble(
        self, side: Side, begin: int, end: int, detail: str, code: str = MALFORMED
    ) -> Trouble:
        """Return what is malformed, or refused."""
        if self.conceal is not None:
            detail = self.conceal.words(detail)
        return Trouble(side=side, begin=begin, end=end, code=code, detail=detail)


def skipped(side: Side, begin: int, end: int) -> Skipped:
    """Return bytes of which nothing could be read."""
    return Skipped(side=side, begin=begin, end=end)
