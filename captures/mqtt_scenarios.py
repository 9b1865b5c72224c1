"""What is recorded over MQTT: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .broker_stage import Scenarios
from .broker_steps import (
    ANSWERS,
    AT_ONCE,
    EVERY_NEST,
    LOG,
    METADATA,
    SUM,
    THREE,
    await_callers,
    call_services,
)
from .mqtt_stage import MqttStage
from .processes import await_end

if TYPE_CHECKING:
    from .broker_stage import Step

SCENARIOS = Scenarios(MqttStage)
KINDS: tuple[Step, ...] = (
    *ANSWERS,
    {"send": "nope", "data": 1, "patience": 300},
    {"emit": "nope", "data": 2},
    {"send": "w/one", "data": {"q": 1}},
    {"send": "deep/a/b", "data": {"q": 2}},
    {"emit": "all/a/b", "data": {"q": 3}},
    {"send": "all/asked", "data": {"q": 4}},
    {"emit": "sum", "data": [7]},
    {"emit": "twice", "data": {"both": True}},
    *METADATA,
    *AT_ONCE,
)
"""Every kind of call, one after another."""
_HEADERS: tuple[Step, ...] = (
    {"send": "headers", "data": [1], "headers": {"x-version": "1.0.0"}},
    {"emit": "log", "data": "with a property", "headers": {"x-trace": "a b: c"}},
)
"""Calls with user properties, which MQTT has from 5 on."""


def _careful(qos: int) -> tuple[Step, ...]:
    """Return calls with a quality of service."""
    headers = {"qos": f"{qos}"}
    return (
        {"send": "sum", "data": [qos], "headers": headers},
        {"emit": "log", "data": qos, "headers": headers},
        {"send": "count", "headers": headers},
        {"emit": "nope", "data": qos, "headers": headers},
        {"send": "nope", "data": qos, "headers": headers, "patience": 300},
    )


@SCENARIOS.on(*EVERY_NEST)
def mqtt(stage: MqttStage) -> None:
    """Send every kind of message and event to one service, with MQTT 3.1.1.

    Two patterns are objects with keys in two orders, streams come at once and in time,
    errors of both kinds, undefined and null, nobody subscribed, wildcards, a message to
    a handler of events and an event to one of messages, an event for two handlers,
    metadata (from Nest 12 on), a call that is given up, 24 calls at once, and 3 equal
    ones.
    """
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        stage.caller(server, *KINDS)


@SCENARIOS.on(*EVERY_NEST)
def mqtt5(stage: MqttStage) -> None:
    """Send the same with MQTT 5, with user properties besides."""
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, LEVEL="5"),
    ):
        stage.caller(server, *KINDS, *_HEADERS, LEVEL="5")


@SCENARIOS.on("v12")
def mqtt_qos(stage: MqttStage) -> None:
    """Send with every quality of service, to a service that asks for the highest.

    One caller speaks MQTT 3.1.1, the other one MQTT 5, to which the broker says that
    nobody has subscribed.
    """
    steps = [SUM, LOG, *_careful(1), *_careful(2)]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, QOS="2"),
    ):
        stage.caller(server, *steps)
        stage.caller(server, *steps, role="caller-5", LEVEL="5")


@SCENARIOS.on("v12")
def mqtt_large(stage: MqttStage) -> None:
    """Send 300 KB there and back: 100,000 characters of three bytes."""
    with stage.broker() as server, stage.recorded(server.port), stage.service(server):
        stage.caller(server, SUM, {"send": "echo", "characters": 100_000})


@SCENARIOS.on("v12")
def mqtt_three_servers(stage: MqttStage) -> None:
    """Call three services: each answers, and the first answer is taken."""
    call_services(
        stage, THREE, SUM, {"send": "who"}, {"send": "who"}, {"send": "count"}, LOG
    )


@SCENARIOS.on("v12")
def mqtt_shared(stage: MqttStage) -> None:
    """Call three services that share subscriptions: one of them gets each message."""
    calls: list[Step] = [{"send": "job/who", "data": n} for n in range(6)]
    log: Step = {"emit": "job/log", "data": "求和"}
    call_services(stage, THREE, *calls, log, log, log)


@SCENARIOS.on("v12")
def mqtt_fan_out(stage: MqttStage) -> None:
    """Emit five equal events to three services, then send three equal messages."""
    events: Step = {"together": [LOG] * 5}
    call_services(stage, THREE, LOG, events, {"together": [SUM] * 3})


@SCENARIOS.on("v12")
def mqtt_two_callers(stage: MqttStage) -> None:
    """Call the same from two clients at once: each gets the other's replies too."""
    calls: list[Step] = [
        {"send": "sum", "data": [n], "pause": 5 + n % 3} for n in range(20)
    ]
    waits: Step = {"together": [{"send": "sleep", "data": 300}, *calls]}
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        roles = ("left", "right")
        callers = [
            stage.start_caller(server, SUM, waits, *calls, role=role) for role in roles
        ]
        for role, process in zip(roles, callers, strict=True):
            await_end(process, role)


@SCENARIOS.on("v12")
def mqtt_overheard(stage: MqttStage) -> None:
    """Call while the handler of another service has a wildcard that covers replies."""
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.service(server, "listener", HANDLERS="listener"),
    ):
        stage.caller(server, SUM, SUM, {"send": "echo", "data": 1})


@SCENARIOS.on("v12")
def mqtt_retained(stage: MqttStage) -> None:
    """Emit events that the broker keeps for a service that starts after them."""
    kept = {"retain": "1"}
    events: tuple[Step, ...] = (
        {"emit": "log", "data": "kept", "headers": kept},
        {"emit": "twice", "data": "not kept"},
    )
    with stage.broker() as server, stage.recorded(server.port):
        with stage.service(server, "early"):
            stage.caller(server, SUM, *events, role="first-caller")
        with stage.service(server):
            stage.caller(server, SUM, LOG)


@SCENARIOS.on(*EVERY_NEST)
def mqtt_restart(stage: MqttStage) -> None:
    """Restart the broker while one caller waits for an answer and one goes on calling.

    Both and the service connect again; the answer comes over the new connections.
    """
    calls: list[Step] = [
        {"send": "sum", "data": [n], "patience": 150, "pause": 20} for n in range(40)
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        waiting = stage.start_caller(
            server, {"send": "sleep", "data": 2_000}, role="waiter"
        )
        server.await_subscriptions("waiter")
        calling = stage.start_caller(server, *calls)
        server.await_truth(
            lambda: len(server.subscriptions("caller")) > 5,  # noqa: PLR2004
            "pass some messages on",
        )
        server.restart()
        await_callers({"waiter": waiting, "caller": calling})


@SCENARIOS.on("v12")
def mqtt_auth(stage: MqttStage) -> None:
    """Call over a broker that asks who it is, and lets its users do certain things.

    A second caller has the wrong password, with either level; a third one may not
    publish, nor listen for replies.
    """
    user, secret = "reader", "correct-horse-battery"
    known = {"BROKER_USER": user, "BROKER_PASSWORD": secret}
    guest = {"BROKER_USER": "guest", "BROKER_PASSWORD": "guest-staple-77"}
    wrong = known | {"BROKER_PASSWORD": "wrong-guess-0451"}
    stage.secrets += [each["BROKER_PASSWORD"] for each in (known, guest, wrong)]
    settings: dict[str, Any] = {
        "allow_anonymous": "false",
        "passwords": {user: secret, "guest": guest["BROKER_PASSWORD"]},
        "rules": [f"user {user}", "topic readwrite #"],
    }
    asks: Step = {"send": "sum", "data": [1], "patience": 500}
    with (
        stage.broker(**settings) as server,
        stage.recorded(server.port),
        stage.service(server, LEVEL="5", **known),
    ):
        stage.caller(server, SUM, LOG, LEVEL="5", **known)
        stage.caller(server, asks, role="wrong", **wrong)
        stage.caller(server, asks, role="wrong-5", LEVEL="5", **wrong)
        stage.caller(server, asks, role="guest", LEVEL="5", **guest)
        event = {"emit": "log", "data": 1, "headers": {"qos": "1"}}
        stage.caller(server, event, role="guest-2", LEVEL="5", **guest)


@SCENARIOS.on("v12")
def mqtt_take_over(stage: MqttStage) -> None:
    """Let two callers have the same name: the broker ends the one for the other."""
    calls: list[Step] = [
        {"send": "sum", "data": [n], "patience": 300, "pause": 150} for n in range(4)
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        callers = {
            role: stage.start_caller(
                server, *calls, role=role, LEVEL="5", CLIENT="same-name"
            )
            for role in ("one", "other")
        }
        await_callers(callers)


@SCENARIOS.on("v12")
def mqtt_refused(stage: MqttStage) -> None:
    """Send what a broker ends the connection for: a wildcard, and what is too large."""
    steps: tuple[Step, ...] = (
        SUM,
        {"send": "w/+", "data": 1, "patience": 500},
        {"emit": "w/#", "data": 2, "pause": 500},
        {"send": "echo", "characters": 1_000, "patience": 500},
        SUM,
    )
    with (
        stage.broker(max_packet_size=2_000) as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        stage.caller(server, *steps)
        stage.caller(server, *steps, role="caller-5", LEVEL="5")


@SCENARIOS.on("v10", "v12")
def mqtt_websocket(stage: MqttStage) -> None:
    """Call over WebSocket, with both levels, each quality of service, and 3 KB."""
    over = {"SCHEME": "ws"}
    large: Step = {"send": "echo", "characters": 1_000}
    with (
        stage.broker(protocol="websockets") as server,
        stage.recorded(server.port),
        stage.service(server, QOS="2", **over),
    ):
        stage.caller(server, *KINDS, large, **over)
        steps = [SUM, LOG, *_careful(1), *_careful(2), *_HEADERS]
        stage.caller(server, *steps, role="caller-5", LEVEL="5", **over)
