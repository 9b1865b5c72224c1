"""Captures of MQTT that begin with open connections: who is the client is known."""

from __future__ import annotations

import pytest

from inspector.calls.exchanges import Outcome
from tests.inspector.carriers.mqtt.written import (
    EVENT,
    REPLY,
    REQUEST,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected


@pytest.mark.parametrize("service", ["10.0.0.9:1883", "10.0.0.9:50100"])
def test_live_the_first_call_is_right_whatever_passes_first(service: str) -> None:
    """A capture of connections that are open begins with a request, on either side.

    Nothing in a PUBLISH says whose it is; the lower port does, or a connection on which
    something passed that only clients say.
    """
    wire = Wire()
    caller = wire.join(server=service, client="10.0.0.1:50111")
    handler = wire.join(server=service, client="10.0.0.2:50222")
    caller.send(CLIENT, subscribe("sum/reply"))
    caller.send(SERVER, suback(0))
    caller.send(CLIENT, publish("sum", REQUEST))
    handler.send(SERVER, publish("sum", REQUEST))
    handler.send(CLIENT, publish("sum/reply", REPLY))
    caller.send(SERVER, publish("sum/reply", REPLY))
    caller.send(CLIENT, unsubscribe("sum/reply"))
    caller.send(SERVER, unsuback())
    (call,) = inspected(wire.records).exchanges
    assert call.passage is not None

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 8)
    assert str(call.connection.client_endpoint) == "10.0.0.1:50111"
    assert list(map(str, call.passage.handlers)) == ["10.0.0.2:50222"]


def test_who_was_taken_for_the_client_is_corrected_by_what_only_clients_say() -> None:
    wire = Wire()
    peer = wire.join(server="10.0.0.9:50100", client="10.0.0.1:40111")
    peer.send(CLIENT, publish("log", EVENT))
    peer.send(CLIENT, subscribe("sum/reply"))
    peer.send(CLIENT, publish("sum", REQUEST))
    first, call = inspected(wire.records).exchanges

    assert str(call.connection.client_endpoint) == "10.0.0.1:40111"
    assert first.passage is not None
    assert first.passage.one_sided
