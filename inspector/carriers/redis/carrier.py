"""Redis as a carrier: brokered, a request in ten packets on four connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from protocol import Event, Request

from .lines import REACH
from .recognition import find, recognise
from .talk import RedisTalk

if TYPE_CHECKING:
    from inspector.carriers.base import (
        Concealment,
        Recognition,
        Taken,
        Talk,
        Unit,
        Verdict,
    )

_MESSAGE = Cost(
    10,
    "SUBSCRIBE, subscribed, PUBLISH, :1, message, PUBLISH, :1, message, UNSUBSCRIBE, "
    "unsubscribed",
)
_EVENT = Cost(3, "PUBLISH, :1, message")
_SHOWN = 24  # characters of a channel


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
        return RedisTalk(conceal)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each hop, and each errand."""
        if taken.kind not in {"message", "event"}:
            return None
        if not taken.transfers:
            return _MESSAGE if taken.kind == "message" else _EVENT
        packets = taken.transfers + len(taken.errands)
        words = [f"{taken.transfers} × PUBLISH or message", *taken.errands]
        usual = _MESSAGE if taken.kind == "message" else _EVENT
        return usual if packets == usual.packets else Cost(packets, ", ".join(words))

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            return f"{_verb(unit)} {_what(unit)}"
        if isinstance(unit, Errand):
            return " ".join([unit.verb, *map(_short, unit.channels[:1])])
        return unit.verb if isinstance(unit, Idle) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002
        """Return nothing: Redis counts bytes."""
        return ""


def _verb(unit: Transfer) -> str:
    if unit.subscription is None:
        return "PUBLISH"
    return "message" if unit.subscription == unit.channel else "pmessage"


def _what(unit: Transfer) -> str:
    if isinstance(unit.packet, Request):
        return "request"
    return "event" if isinstance(unit.packet, Event) else "reply"


def _short(channel: str) -> str:
    return channel if len(channel) <= _SHOWN else f"{channel[: _SHOWN - 1]}…"


carrier = Redis()
