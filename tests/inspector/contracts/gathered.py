"""Calls of our making, as contracts are inferred from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.calls.exchanges import Exchange
from inspector.contracts.document import Contract, contract_of
from inspector.contracts.gathering import Gathering
from inspector.pipeline import Pipeline
from tests.inspector.conversation import SERVER, Wire, failure, response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def called(calls: Iterable[tuple[Any, Any, Any]]) -> Wire:
    """Return a capture of calls, each a pattern, data, and a reply.

    A reply is a value, an exception for an error, or a list in a tuple for a stream.
    """
    wire = Wire()
    talk = wire.connect()
    for number, (pattern, data, reply) in enumerate(calls, start=1):
        identity = str(number)
        talk.ask(pattern, identity, data)
        if isinstance(reply, Exception):
            talk.send(SERVER, failure(identity, reply.args[0]))
        elif isinstance(reply, tuple):
            for value in reply:
                talk.send(SERVER, response(identity, value, last=False))
            talk.send(SERVER, response(identity))
        else:
            talk.answer(identity, reply)
    return wire.linger()


def exchanges(wire: Wire) -> list[Exchange]:
    """Return the exchanges of a capture."""
    found = Pipeline().inspect(wire.records)
    return [item for item in found if isinstance(item, Exchange)]


def gathered(*captures: Sequence[Exchange]) -> Gathering:
    """Return what is known after some exchanges."""
    found = Gathering()
    for capture in captures:
        for exchange in capture:
            found.add(exchange)
    return found


def contract(calls: Iterable[tuple[Any, Any, Any]]) -> Contract:
    """Return what is claimed after some calls."""
    return contract_of(gathered(exchanges(called(calls))))
