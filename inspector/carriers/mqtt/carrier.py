"""MQTT as a carrier: brokered, a request in eight packets on two connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from inspector.carriers.words import kind_of, short

from .headers import REACH
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

_MESSAGE = Cost(8, "SUBSCRIBE, SUBACK, 2 × (PUBLISH, PUBLISH), UNSUBSCRIBE, UNSUBACK")
_EVENT = Cost(2, "PUBLISH, PUBLISH")
_OPENING = ("SUBSCRIBE", "SUBACK")
_NAMED = 3  # topics of a SUBSCRIBE


class Mqtt:
    """Control packets on a connection between a client and a broker.

    Source: ``packages/microservices/client/client-mqtt.ts``, ``server/server-mqtt.ts``.
    """

    name = "mqtt"
    title = "MQTT"
    brokered = True
    queued = False
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first control packet in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        """Return what reads one connection; where it is joined, it learns the level."""
        from .either import EitherTalk  # noqa: PLC0415 — not where nobody speaks it

        return EitherTalk(conceal, whole=whole)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each hop and each errand."""
        if taken.kind == "message":
            return _cost(taken) if taken.transfers else _MESSAGE
        if taken.kind != "event":
            return None
        return _cost(taken) if taken.transfers else _EVENT

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            return f"PUBLISH {kind_of(unit)}"
        if isinstance(unit, Errand):
            words = [unit.verb, *map(short, unit.channels[:_NAMED])]
            return " ".join([*words, *["nobody subscribed"] * unit.unwanted])
        return _idle(unit) if isinstance(unit, Idle) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002
        """Return nothing: MQTT counts bytes."""
        return ""


def _cost(taken: Taken) -> Cost:
    """Return a packet for each unit: those before the request, hops, and the rest."""
    errands = list(taken.errands)
    before = [each for each in errands if each in _OPENING]
    after = [each for each in errands if each not in _OPENING]
    words = [*before, *_hops(taken.transfers), *after]
    return Cost(taken.transfers + len(errands), ", ".join(words))


def _hops(count: int) -> list[str]:
    """Return hops: each is a PUBLISH, of the peer that sends it or of the broker."""
    pairs, one = divmod(count, 2)
    some = ["PUBLISH, PUBLISH"] if pairs == 1 else [f"{pairs} × (PUBLISH, PUBLISH)"]
    return some * bool(pairs) + ["PUBLISH"] * one


def _idle(unit: Idle) -> str:
    """Return an idle unit in a few words, without what it carries."""
    if unit.channels:
        return " ".join([unit.verb, *map(short, unit.channels[:_NAMED])])
    if unit.session:
        return f"{unit.verb} {short(unit.session)}"
    return unit.verb


carrier = Mqtt()
