"""Exchanges are called as the conventions of OpenTelemetry have it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from opentelemetry.semconv._incubating.attributes import (
    messaging_attributes,
    rpc_attributes,
)
from opentelemetry.semconv.attributes import (
    client_attributes,
    error_attributes,
    network_attributes,
    server_attributes,
)

from inspector.calls.exchanges import Outcome
from inspector.streams.names import Names
from inspector.telemetry.conventions import (
    Ends,
    call_attributes,
    delivered,
    destination_of,
    ends_of,
    error_of,
    is_wrong,
    message_attributes,
    name_of,
    place_attributes,
    system_of,
)
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.telemetry.found import (
    CHAIN,
    GRPC,
    NATS,
    exchanges_of,
    route_of,
)

_MODULES: list[Any] = [
    client_attributes,
    error_attributes,
    messaging_attributes,
    network_attributes,
    rpc_attributes,
    server_attributes,
]
NAMES = {
    value
    for module in _MODULES
    for key, value in vars(module).items()
    if key.isupper() and isinstance(value, str)
}


@pytest.mark.parametrize("capture", [SEED, SHOWCASE, CHAIN, NATS, GRPC])
def test_all_names_are_those_of_the_conventions(capture: Any) -> None:  # noqa: ANN401
    for each in exchanges_of(capture):
        said = call_attributes(each, "sum") | message_attributes(each, "log", "send")
        assert said.keys() | place_attributes(each).keys() <= NAMES
        assert {"network.transport", "network.protocol.name"} <= NAMES


def test_a_call_over_tcp() -> None:
    call = route_of(SEED, "sum")[0]

    assert call_attributes(call, name_of(call)) == {
        "rpc.system.name": "nestjs",
        "rpc.method": "sum",
    }
    assert place_attributes(call) == {
        "client.address": "127.0.0.1",
        "client.port": call.connection.client_endpoint.port,
        "server.address": "127.0.0.1",
        "server.port": 8888,
        "network.transport": "tcp",
        "network.protocol.name": "nestjs",
    }


def test_an_event_over_tcp_and_over_a_broker() -> None:
    event, passed = route_of(SEED, "log")[0], route_of(NATS, "log")[0]

    assert message_attributes(event, destination_of(event), "send") == {
        "messaging.system": "nestjs",
        "messaging.destination.name": "log",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
    }
    assert (system_of(passed), destination_of(passed)) == ("nats", "log")
    assert (delivered(event), delivered(passed)) == (1, 1)


def test_a_call_of_grpc_has_its_status_and_its_full_method() -> None:
    done, failed = (
        route_of(GRPC, "/calc.Calculator/Sum"),
        [each for each in exchanges_of(GRPC) if each.outcome is Outcome.ERROR],
    )

    assert call_attributes(done[0], name_of(done[0])) == {
        "rpc.system.name": "grpc",
        "rpc.method": "calc.Calculator/Sum",
        "rpc.response.status_code": "OK",
    }
    assert error_of(failed[0]) == {
        "error.type": "NOT_FOUND",
        "rpc.response.status_code": "NOT_FOUND",
    }
    assert place_attributes(done[0])["network.protocol.name"] == "http"


def test_what_failed_says_how_and_no_word_of_the_error() -> None:
    wrong = {
        (each.route, *error_of(each).values())
        for each in exchanges_of(NATS)
        if is_wrong(each)
    }

    assert wrong == {
        ("refuse", "error"),
        ("fail", "masked"),
        ("sleep", "unanswered"),
        ("nope", "no_handler"),
        ("nope", "undelivered"),
    }
    call = next(each for each in exchanges_of(NATS) if is_wrong(each))
    assert not is_wrong(replace(call, in_flight=True))
    assert not error_of(replace(call, in_flight=True))


def test_who_asks_and_who_serves_are_called_as_everywhere() -> None:
    call = route_of(SEED, "sum")[0]
    assert ends_of(call) == Ends("127.0.0.1", "127.0.0.1:8888")
    pushed = next(each for each in exchanges_of(CHAIN) if each.pushed)
    assert ends_of(pushed) == Ends("127.0.0.1:41195", "127.0.0.1")
    brokered = {ends_of(each).server for each in exchanges_of(CHAIN) if each.passage}
    assert brokered == {"chat-tea", "chat-archive-tea", "chat-gateway"}

    connection = call.connection
    before, connection.names = connection.names, Names({":8888": "calc", "::1": "x"})
    try:
        assert ends_of(call).server == "calc"
    finally:
        connection.names = before


def test_a_name_that_a_peer_has_made_up_is_bounded() -> None:
    call = replace(route_of(SEED, "sum")[0], route="x" * 10_000 + "\udc80")

    assert name_of(call) == "x" * 200
    assert name_of(replace(call, route="\udc80")).encode()
    assert name_of(replace(call, route=None)) == "(replies)"
