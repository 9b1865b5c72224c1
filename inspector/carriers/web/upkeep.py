"""Units of a WebSocket itself: the heads of its handshake, and its control frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle

from .frames import CLOSE, NAMES, read_close

if TYPE_CHECKING:
    from inspector.carriers.base import Side

    from .cutting import Frame
    from .heads import Head


def head_unit(side: Side, head: Head, verb: str, *, shown: bool = True) -> Idle:
    """Return the head of a request or a response.

    Args:
        side: Who sent it.
        head: The head.
        verb: What it does, in a word.
        shown: Whether it may be written where something is concealed.
    """
    return Idle(
        side=side,
        begin=head.begin,
        end=head.end,
        verb=verb,
        secret=head.secret,
        text=head.data if shown else b"",
    )


def control_unit(side: Side, frame: Frame, *, hides: bool, shown: bool) -> Idle:
    """Return a control frame.

    Args:
        side: Who sent it.
        frame: The frame.
        hides: Whether what it carries is concealed, but for the code of a close.
        shown: Whether it is written by itself, not with a message that it interrupts.
    """
    payload, known = frame.payload, 0
    verb = NAMES[frame.head.opcode]
    if frame.head.opcode == CLOSE and payload:
        code, reason = read_close(payload)
        verb = f"close {code}" if hides or not reason else f"close {code} {reason}"
        known = _CODE
    hidden = payload[:known] + b"x" * (len(payload) - known)
    return Idle(
        side=side,
        begin=frame.begin,
        end=frame.end,
        verb=verb,
        text=frame.rewritten(hidden if hides else payload) if shown else b"",
        original=frame.rewritten(payload) if shown and hides else b"",
    )


_CODE = 2  # bytes of a close that say why
