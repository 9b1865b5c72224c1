"""gRPC as a carrier: direct, and several calls at a time on a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer, Verdict
from inspector.carriers.streamed import TRAILERS
from inspector.carriers.words import kind_of
from protocol import UNDEFINED, Response
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import (
        Concealment,
        Recognition,
        Taken,
        Talk,
        Unit,
    )

    from .recognition import find, recognise
    from .schemas import Schemas
else:  # decision 158
    find = on_demand("inspector.carriers.grpc.recognition:find")
    recognise = on_demand("inspector.carriers.grpc.recognition:recognise")

_BEGINNINGS = b"P", b"\0"
"""What a client begins with, and a server."""
_REACH = 4_096
"""Bytes within which a frame, and what shows that it is gRPC's, are to be seen."""
_PLAIN = Cost(3, "request, reply, trailers")


class Grpc:
    """Calls as streams of HTTP/2, between a client and a server, without TLS.

    Args:
        schemas: What messages are; None where no file says so.

    Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md.
    """

    name = "grpc"
    title = "gRPC"
    brokered = False
    queued = False
    streams = True
    reach = _REACH

    def __init__(self, schemas: Schemas | None = None) -> None:
        self._schemas = schemas

    def described(self, files: Sequence[str]) -> Grpc:
        """Return the same with what some ``.proto`` files say of messages.

        Raises:
            ValueError: One cannot be read; the message says why.
        """
        from .schemas import Schemas  # noqa: PLC0415 — an extra

        return Grpc(Schemas(files))

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        if beginning and not beginning.startswith(_BEGINNINGS):
            return Verdict.OTHER
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first frame in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002 — what is missing shows
        """Return what reads one connection; without one, nothing of that is loaded."""
        from .talk import GrpcTalk  # noqa: PLC0415

        return GrpcTalk(conceal, self._schemas)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each message, and one for the trailers after the last.

        An error without a message is all in its trailers.
        """
        if taken.kind != "message":
            return None
        if not taken.transfers:
            return _PLAIN
        return Cost(taken.transfers + len(taken.errands), _PLAIN.words)

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            return TRAILERS if _is_end(unit) else kind_of(unit)
        return unit.verb if isinstance(unit, Errand | Idle) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002 — bytes are enough
        """Return nothing: HTTP/2 counts bytes."""
        return ""


def _is_end(transfer: Transfer) -> bool:
    """Whether a packet of a server says nothing but that a call has ended."""
    packet = transfer.packet
    if not isinstance(packet, Response) or not packet.is_disposed:
        return False
    return packet.response is UNDEFINED and packet.err is UNDEFINED


carrier = Grpc()
