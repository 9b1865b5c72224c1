"""Frames of the connection alone, and of streams that are no calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark

from . import statuses
from .frames import ACK, HEAD, Type, name_of
from .side import Part

if TYPE_CHECKING:
    from inspector.carriers.base import Side, Unit

    from .frames import Frame
    from .making import Maker

GOAWAY = "goaway"
"""The code of the Remark that a side gives the connection up, and why."""
_ACKED = {Type.SETTINGS, Type.PING}
_SHOWN = {Type.SETTINGS, Type.PING, Type.WINDOW_UPDATE, Type.PRIORITY}
_LAST, _ERROR = 4, 8  # where in GOAWAY the last stream ends, and the error
_MOST_WORDS = 200


def of_connection(side: Side, frame: Frame, maker: Maker) -> list[Unit]:
    """Return what is of the connection alone."""
    kind, verb = frame.head.type, name_of(frame.head.type)
    if kind == Type.GOAWAY:
        return _goaway(side, frame, maker)
    if kind in _ACKED and frame.head.flags & ACK:
        verb += " ack"
    shown = frame.data if kind in _SHOWN else b""
    return [maker.idle(side, verb, [Part(frame.begin, frame.data, shown)])]


def _goaway(side: Side, frame: Frame, maker: Maker) -> list[Unit]:
    """Return that a side gives the connection up; with an error it is worth a word."""
    code = int.from_bytes(frame.data[HEAD + _LAST : HEAD + _ERROR], "big")
    name, words = statuses.error_name(code), frame.data[HEAD + _ERROR :]
    shown = frame.data[: HEAD + _ERROR] + b"x" * len(words)
    part = Part(frame.begin, frame.data, shown)
    unit = maker.idle(side, f"GOAWAY {name}", [part])
    if not code:
        return [unit]
    detail = words.decode("utf-8", "replace")[:_MOST_WORDS]
    remark = Remark(
        side=side,
        begin=frame.begin,
        end=frame.end,
        code=GOAWAY,
        subject=name,
        detail="" if maker.conceal is not None else detail,
    )
    return [unit, remark]
