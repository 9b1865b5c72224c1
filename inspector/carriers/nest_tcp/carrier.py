"""Nest's TCP as a carrier: direct, a request in one packet and its reply in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from inspector.carriers.words import kind_of
from protocol import count_units

from .recognition import REACH, find, recognise
from .talk import NestTcpTalk

if TYPE_CHECKING:
    from inspector.carriers.base import (
        Concealment,
        Recognition,
        Taken,
        Talk,
        Unit,
        Verdict,
    )

_COSTS = {
    "message": Cost(2, "request, reply"),
    "event": Cost(1, "no reply, ever"),
}


class NestTcp:
    """Frames ``length#json`` on a connection between client and server.

    Source: ``packages/microservices/helpers/json-socket.ts``.
    """

    name = "tcp"
    title = "TCP"
    brokered = False
    queued = False
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first frame in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        """Return what reads one connection; nothing is agreed on at its beginning."""
        return NestTcpTalk(conceal)

    def cost(self, taken: Taken) -> Cost | None:
        """Return two packets for a message and one for an event."""
        return _COSTS.get(taken.kind)

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            return kind_of(unit)
        return unit.verb if isinstance(unit, Errand | Idle) else ""

    def measure(self, transfer: Transfer) -> str:
        """Return the length that a frame has to declare, in UTF-16 code units."""
        units = count_units(transfer.body)
        return f"{units:,} unit{'' if units == 1 else 's'}"


carrier = NestTcp()
