"""HTTP as a carrier: of nothing of Nest's, but of what begins it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Errand, Idle, Transfer
from inspector.carriers.words import kind_of

from .recognition import REACH, find, recognise

if TYPE_CHECKING:
    from inspector.carriers.base import (
        Concealment,
        Cost,
        Recognition,
        Taken,
        Talk,
        Unit,
        Verdict,
    )


class Http:
    """HTTP/1.0 and HTTP/1.1 between a client and a server.

    Source: RFC 9110, RFC 9112.
    """

    name = "http"
    title = "HTTP"
    brokered = False
    queued = False
    begins = True
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:  # noqa: ARG002 — it stands anywhere
        """Find the first message in the middle of a stream."""
        return find(middle)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        """Return what reads one connection; without one, nothing of that is loaded."""
        from .talk import HttpTalk  # noqa: PLC0415

        return HttpTalk(conceal, whole=whole)

    def cost(self, taken: Taken) -> Cost | None:  # noqa: ARG002 — it depends on sizes
        """Return nothing: a request takes what its heads and bodies take."""
        return None

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            return kind_of(unit)
        return unit.verb if isinstance(unit, Idle | Errand) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002 — bytes are enough
        """Return nothing: HTTP counts bytes."""
        return ""


carrier = Http()
