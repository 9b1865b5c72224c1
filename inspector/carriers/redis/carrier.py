"""Redis as a carrier: brokered, a request in ten packets on four connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from inspector.carriers.words import kind_of, short

from .lines import REACH
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

_SUBSCRIBED = ("SUBSCRIBE", "subscribed", "UNSUBSCRIBE", "unsubscribed")
_PASSED = "PUBLISH, :1, message"
_MESSAGE = Cost(10, f"SUBSCRIBE, UNSUBSCRIBE, their answers, 2 × ({_PASSED})")
_EVENT = Cost(3, "PUBLISH, :1, message")


class Redis:
    """Commands and messages on a connection between a client and redis-server.

    Source: ``packages/microservices/client/client-redis.ts``,
    ``server/server-redis.ts``.
    """

    name = "redis"
    title = "Redis"
    brokered = True
    queued = False
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first unit in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        """Return what reads one connection; where it is joined, messages say enough."""
        from .talk import RedisTalk  # noqa: PLC0415 — not where nobody speaks it

        return RedisTalk(conceal)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each hop, and each errand."""
        if taken.kind not in {"message", "event"}:
            return None
        if not taken.transfers:
            return _MESSAGE if taken.kind == "message" else _EVENT
        packets = taken.transfers + len(taken.errands)
        return Cost(packets, _words(taken))

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            return f"{_verb(unit)} {kind_of(unit)}"
        if isinstance(unit, Errand | Idle):
            return " ".join([unit.verb, *map(short, unit.channels[:1])])
        return ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002
        """Return nothing: Redis counts bytes."""
        return ""


def _words(taken: Taken) -> str:
    """Return what the packets of an exchange are."""
    counts = [verb for verb in taken.errands if verb[:1] == ":"]
    served = [verb for verb in taken.errands if verb[:1] != ":"]
    if sorted(served) == sorted(_SUBSCRIBED):
        served = ["SUBSCRIBE", "UNSUBSCRIBE", "their answers"]
    pairs, one = divmod(taken.transfers, 2)
    if one or counts != [":1"] * pairs:
        return ", ".join([*served, f"{taken.transfers} × PUBLISH or message", *counts])
    passed = _PASSED if pairs == 1 else f"{pairs} × ({_PASSED})"
    return ", ".join([*served, passed])


def _verb(unit: Transfer) -> str:
    if unit.subscription is None:
        return "PUBLISH"
    return "message" if unit.subscription == unit.channel else "pmessage"


carrier = Redis()
