"""Two sides of our making: calls that took some time, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.comparing.sides import Side
from inspector.pipeline import Pipeline
from protocol import UNDEFINED
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, failure

if TYPE_CHECKING:
    from collections.abc import Iterable


class Call(NamedTuple):
    """A call: its pattern, data, reply or error, and how long it took."""

    pattern: Any = "get"
    data: Any = UNDEFINED
    reply: Any = 1
    time_ns: int = MILLISECOND


def wire_of(calls: Iterable[Call]) -> Wire:
    """Return a capture of calls, one after another."""
    wire = Wire()
    talk = wire.connect()
    for number, call in enumerate(calls, start=1):
        talk.ask(call.pattern, str(number), call.data)
        wire.wait(call.time_ns)
        if isinstance(call.reply, Exception):
            talk.send(SERVER, failure(str(number), call.reply.args[0]))
        else:
            talk.answer(str(number), call.reply)
    return wire.linger()


def side_of(calls: Iterable[Call], name: str = "calls.pcap") -> Side:
    """Return what a capture of calls holds."""
    side, pipeline = Side(name), Pipeline()
    for item in pipeline.inspect(wire_of(calls).records):
        side.add(item)
    side.conclude(pipeline.report())
    return side
