"""RabbitMQ as a carrier: brokered and queued, a request in six packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Cost, Errand, Idle, Transfer
from inspector.carriers.words import kind_of, short

from .methods import METHODS, REACH, code_at, read_arguments
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

_MESSAGE = Cost(6, "publish, confirm, deliver, publish, confirm, deliver")
_EVENT = Cost(3, "publish, confirm, deliver")
_PAYLOAD, _ARGUMENTS = 7, 11  # where they begin in a frame
_NAMED = {
    "queue.declare": (1,),
    "queue.bind": (1, 2),
    "exchange.declare": (1,),
    "basic.consume": (1,),
    "basic.get": (1,),
}
"""Methods → which of their arguments say what they are about."""


class RabbitMQ:
    """Frames of AMQP 0-9-1 on a connection between a client and RabbitMQ.

    Source: ``packages/microservices/client/client-rmq.ts``, ``server/server-rmq.ts``.
    """

    name = "rabbitmq"
    title = "RabbitMQ"
    brokered = True
    queued = True
    reach = REACH

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""
        return recognise(beginning)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first method of a message in the middle of a stream."""
        return find(middle, boundary=boundary)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        """Return what reads one connection."""
        from .talk import RabbitTalk  # noqa: PLC0415 — not where nobody speaks it

        return RabbitTalk(conceal, whole=whole)

    def cost(self, taken: Taken) -> Cost | None:
        """Return a packet for each hop and each errand."""
        if taken.kind not in {"message", "event"}:
            return None
        message = taken.kind == "message"
        if not taken.transfers:
            return _MESSAGE if message else _EVENT
        return Cost(
            taken.transfers + len(taken.errands), _words(taken, message=message)
        )

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        if isinstance(unit, Transfer):
            verb = "publish" if unit.subscription is None else "deliver"
            return f"{verb} {kind_of(unit)}"
        if isinstance(unit, Errand):
            count = len(unit.about)
            return f"{unit.verb} of {count}" if count > 1 else unit.verb
        return _idle(unit) if isinstance(unit, Idle) else ""

    def measure(self, transfer: Transfer) -> str:  # noqa: ARG002
        """Return nothing: RabbitMQ counts bytes."""
        return ""


def _words(taken: Taken, *, message: bool) -> str:
    """Return the units of an exchange, in the order in which most have them."""
    errands, words = list(taken.errands), list[str]()
    for number in range(taken.transfers):
        publishes = not number or (message and not number % 2)
        words.append("publish" if publishes else "deliver")
        verb = "confirm" if publishes else "ack"
        if (publishes or number == 1) and verb in errands:
            errands.remove(verb)
            words.append(verb)
    return ", ".join([*words, *errands])


def _idle(unit: Idle) -> str:
    """Return an idle unit in a few words, without what it carries."""
    numbers = _NAMED.get(unit.verb, ())
    if not numbers or len(unit.text) <= _ARGUMENTS:
        return unit.verb
    code, end = code_at(unit.text, _PAYLOAD), len(unit.text) - 1
    if code not in METHODS:
        return unit.verb
    arguments = read_arguments(code, unit.text, _ARGUMENTS, end) or []
    names = [str(arguments[number]) for number in numbers if number < len(arguments)]
    return " ".join([unit.verb, *(short(name) for name in names if name)])


carrier = RabbitMQ()
