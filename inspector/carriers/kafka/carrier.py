"""Kafka as a carrier: brokered, a request in twelve packets on four connections."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from inspector.carriers.words import kind_of

from .recognition import REACH, find, recognise

if TYPE_CHECKING:
    from inspector.carriers.base import (
        Concealment,
        Recognition,
        Taken,
        Talk,
        Unit,
        Verdict,
    )

_PASSED = "Produce, its response, Fetch, its response, OffsetCommit, its response"
_MESSAGE = Cost(12, f"2 × ({_PASSED})")
_EVENT = Cost(6, _PASSED)
_SERVED = sorted(
    (
        "Produce response",
        "Fetch",
        "OffsetCommit",
        "OffsetCommit response",
    )
)


class Kafka:
    """Requests and responses on a connection between a client and a broker.

    Source: ``packages/microservices/client/client-kafka.ts``,
    ``server/server-kafka.ts``.
    """

    name = "kafka"
    title = "Kafka"
    brokered = True
    queued = True
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first frame in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        """Return what reads one connection; where it is joined, requests tell."""
        from .talk import KafkaTalk  # noqa: PLC0415 — not where nobody speaks it

        return KafkaTalk(conceal)

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
        return unit.verb if isinstance(unit, Errand | Idle) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002
        """Return nothing: Kafka counts bytes."""
        return ""


def _words(taken: Taken) -> str:
    """Return what the packets of an exchange are."""
    pairs, one = divmod(taken.transfers, 2)
    served = sorted(each.split(" ")[0] for each in taken.errands)
    usual = sorted(each.split(" ")[0] for each in _SERVED * pairs)
    if not one and pairs and served == usual:
        return _PASSED if pairs == 1 else f"{pairs} × ({_PASSED})"
    words = [f"{taken.transfers} × Produce or Fetch response"]
    for verb, count in Counter(taken.errands).items():
        words.append(f"{count} × {verb}" if count > 1 else verb)
    return ", ".join(words)


def _verb(unit: Transfer) -> str:
    return "Produce" if unit.subscription is None else "Fetch response"


carrier = Kafka()
