"""NATS as a carrier: brokered, a request in five packets on two connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from inspector.carriers.words import kind_of, short

from .lines import NO_RESPONDERS, REACH
from .recognition import find, recognise

if TYPE_CHECKING:
    from inspector.carriers.base import (
        Concealment,
        Recognition,
        Taken,
        Talk,
        Unit,
        Verdict,
    )

_MESSAGE = Cost(5, "SUB+PUB, MSG, PUB, MSG, UNSUB")
_EVENT = Cost(2, "PUB, MSG")
_PAIRS = 2  # of PUB and MSG that a call takes: its request, and its reply


class Nats:
    """Operations on a connection between a client and nats-server.

    Source: ``packages/microservices/client/client-nats.ts``, ``server/server-nats.ts``.
    """

    name = "nats"
    title = "NATS"
    brokered = True
    queued = False
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first operation in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        """Return what reads one connection; where it is joined, subjects say enough."""
        from .talk import NatsTalk  # noqa: PLC0415 — not where nobody speaks it

        return NatsTalk(conceal)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each hop and each errand; SUB is written with its PUB."""
        if taken.kind == "message":
            return _message(taken) if taken.transfers else _MESSAGE
        if taken.kind != "event":
            return None
        hops = taken.transfers
        return Cost(hops, _hops(hops)) if hops else _EVENT

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            verb = "PUB" if unit.subscription is None else "MSG"
            return f"{verb} {kind_of(unit)}"
        if isinstance(unit, Errand):
            if unit.verb == NO_RESPONDERS:
                return f"{NO_RESPONDERS} no responders"
            return " ".join([unit.verb, *(short(str(each)) for each in unit.about)])
        return _idle(unit) if isinstance(unit, Idle) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002
        """Return nothing: NATS counts bytes."""
        return ""


def _message(taken: Taken) -> Cost:
    """Return a packet for each unit, but for SUB, which shares that of its PUB."""
    errands = list(taken.errands)
    words = _hops(taken.transfers)
    if "SUB" in errands:
        errands.remove("SUB")
        words = words.replace("PUB", "SUB+PUB", 1)
    return Cost(taken.transfers + len(errands), ", ".join([words, *errands]))


def _hops(count: int) -> str:
    """Return hops as they follow each other when all were captured."""
    pairs, one = divmod(count, 2)
    words = ["PUB, MSG"] * min(pairs, _PAIRS)
    if pairs > _PAIRS:
        words[1] = f"{pairs - 1} × (PUB, MSG)"
    return ", ".join([*words, "PUB"][: len(words) + one])


def _idle(unit: Idle) -> str:
    """Return an idle unit in a few words, without what it carries."""
    words = unit.text.partition(b"\n")[0].decode("utf-8", "replace").split()
    if unit.verb in {"INFO", "CONNECT", "TLS"} or len(words) < 2:  # noqa: PLR2004 — a verb, a subject
        return unit.verb
    return f"{unit.verb} {short(words[1])}"


carrier = Nats()
