"""What is recorded over NATS: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .broker_stage import Scenarios
from .broker_steps import (
    ANSWERS,
    AT_ONCE,
    EVERY_NEST,
    HEADERS,
    LOG,
    METADATA,
    SUM,
    THREE,
    await_callers,
    call_services,
)
from .brokers import routes
from .nats_raw import RawClient
from .nats_stage import NatsStage
from .processes import PATIENCE, RecordingError

if TYPE_CHECKING:
    from .broker_stage import Step

SCENARIOS = Scenarios(NatsStage)
KINDS: tuple[Step, ...] = (
    *ANSWERS,
    {"send": "nope", "data": 1},
    {"emit": "nope", "data": 2},
    {"send": "w.one", "data": {"q": 1}},
    {"send": "deep.a.b", "data": {"q": 2}},
    {"emit": "all.a.b", "data": {"q": 3}},
    {"send": "all.asked", "data": {"q": 4}},
    {"emit": "sum", "data": [7]},
    {"emit": "twice", "data": {"both": True}},
    *HEADERS,
    *METADATA,
    *AT_ONCE,
)
"""Every kind of call, one after another."""


@SCENARIOS.on(*EVERY_NEST)
def nats(stage: NatsStage) -> None:
    """Send every kind of message and event to one service in a queue group.

    Two patterns are objects with keys in two orders, streams come at once and in time,
    errors of both kinds, undefined and null, nobody subscribed, wildcards, a message to
    a handler of events and an event to one of messages, an event for two handlers,
    headers, metadata (from Nest 12 on), a call that is given up, 24 calls at once, and
    3 equal ones.
    """
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, QUEUE="workers"),
    ):
        stage.caller(server, *KINDS)


@SCENARIOS.on("v12")
def nats_large(stage: NatsStage) -> None:
    """Send 300 KB there and back: 100,000 characters of three bytes."""
    with stage.broker() as server, stage.recorded(server.port), stage.service(server):
        stage.caller(server, SUM, {"send": "echo", "characters": 100_000})


@SCENARIOS.on("v12")
def nats_three_servers(stage: NatsStage) -> None:
    """Call three services without a queue group: each answers, the first is taken."""
    call_services(
        stage, THREE, SUM, {"send": "who"}, {"send": "who"}, {"send": "count"}, LOG
    )


@SCENARIOS.on("v12")
def nats_queue(stage: NatsStage) -> None:
    """Call three services in one queue group: one of them gets each message."""
    calls: list[Step] = [{"send": "who", "data": n} for n in range(6)]
    call_services(stage, THREE, *calls, LOG, LOG, LOG, QUEUE="workers")


@SCENARIOS.on("v12")
def nats_fan_out(stage: NatsStage) -> None:
    """Emit five equal events to three services, then send three equal messages."""
    events: Step = {"together": [LOG] * 5}
    call_services(stage, THREE, LOG, events, {"together": [SUM] * 3})


@SCENARIOS.on("v12")
def nats_two_brokers(stage: NatsStage) -> None:
    """Send the same at the same time over two brokers that do not know each other."""
    steps: tuple[Step, ...] = (SUM, LOG, LOG, SUM, {"together": [SUM, SUM]})
    with (
        stage.broker("left") as left,
        stage.broker("right") as right,
        stage.recorded(left.port, right.port),
        stage.service(left, "left-service"),
        stage.service(right, "right-service"),
    ):
        callers = {
            role: stage.start_caller(server, *steps, role=role)
            for role, server in (("left-caller", left), ("right-caller", right))
        }
        await_callers(callers)


@SCENARIOS.on("v12")
def nats_cluster(stage: NatsStage) -> None:
    """Call a service whose broker is another one of the same cluster.

    The connection between the two brokers is in the capture, too.
    """
    with (
        stage.broker("left", **routes()) as left,
        stage.broker("right", **routes(left)) as right,
        stage.recorded(left.port, right.port, left.cluster_port),
        stage.service(right),
    ):
        left.await_truth(
            lambda: "twice" in left.remote_subjects(), "hear of the service"
        )
        stage.caller(left, SUM, LOG, {"send": "count"}, {"send": "nope"})


@SCENARIOS.on(*EVERY_NEST)
def nats_restart(stage: NatsStage) -> None:
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
        server.await_truth(lambda: server.messages() > 15, "pass some messages on")  # noqa: PLR2004
        server.restart()
        await_callers({"waiter": waiting, "caller": calling})


@SCENARIOS.on("v12")
def nats_slow_consumer(stage: NatsStage) -> None:
    """Emit events while a subscriber does not read, until the broker drops it.

    The subscriber is a bare socket; a service of Nest gets all of them.
    """
    event: Step = {"emit": "all.big", "characters": 10_000, "pause": 5}
    with (
        stage.broker(write_deadline="300ms") as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.raw(RawClient(server.port, "sleeper")) as sleeper,
    ):
        sleeper.subscribe("all.>")
        stage.caller(server, SUM, *[event] * 150, SUM)
        server.await_truth(
            lambda: "sleeper" not in server.subscriptions(), "drop the slow consumer"
        )
        sleeper.read_to_end()


@SCENARIOS.on("v12")
def nats_both_roles(stage: NatsStage) -> None:
    """Ask services that ask others, and themselves, before they answer.

    One of them has a connection for each role, the other one for both.
    """
    asked: list[tuple[str, str, object]] = [
        ("left", "sum", [1, 2]),
        ("right", "sum", [3, 4]),
        ("left", "right.own", "hello"),
        ("right", "left.own", "hello"),
        ("left", "left.own", "itself"),
        ("right", "right.own", "itself"),
        ("left", "right", {"ask": "sum", "data": [5, 6]}),
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.service(server, "left", "both", OWN_PATTERN="left"),
        stage.service(server, "right", "both", OWN_PATTERN="right", ONE_CONNECTION="1"),
    ):
        stage.caller(
            server,
            *({"send": to, "data": {"ask": ask, "data": d}} for to, ask, d in asked),
        )


@SCENARIOS.on("v12")
def nats_auth(stage: NatsStage) -> None:
    """Call over two brokers that ask who it is: a user with a password, and a token.

    A third caller has the wrong password.
    """
    user, token = ("reader", "correct-horse-battery"), "token-5f1d-staple"
    known = {"BROKER_USER": user[0], "BROKER_PASSWORD": user[1]}
    wrong = known | {"BROKER_PASSWORD": "wrong-guess-0451"}
    stage.secrets += [user[1], wrong["BROKER_PASSWORD"], token]
    with (
        stage.broker(
            "passwords", authorization={"user": user[0], "password": user[1]}
        ) as passwords,
        stage.broker("tokens", authorization={"token": token}) as tokens,
        stage.recorded(passwords.port, tokens.port),
        stage.service(passwords, "password-service", **known),
        stage.service(tokens, "token-service", BROKER_TOKEN=token),
    ):
        stage.caller(passwords, SUM, LOG, role="password-caller", **known)
        stage.caller(tokens, SUM, LOG, role="token-caller", BROKER_TOKEN=token)
        stage.caller(passwords, SUM, role="stranger", **wrong)


@SCENARIOS.on("v10", "v11")
def nats_spaces(stage: NatsStage) -> None:
    """Use patterns with a space, which no subject of NATS may have."""
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, HANDLERS="spaces"),
    ):
        stage.caller(server, *_SPACES)


@SCENARIOS.on("v12")
def nats_spaces_(stage: NatsStage) -> None:
    """Use patterns with a space, which the client library of Nest 12 refuses.

    A service with such a pattern connects and ends with an error; a caller goes on.
    """
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        refused = stage.start(server, "refused", "service", HANDLERS="spaces")
        if refused.wait(PATIENCE) == 0:
            raise RecordingError("the client library takes subjects with a space")
        stage.caller(server, *_SPACES)


_SPACES: tuple[Step, ...] = (
    {"send": "echo", "data": 1},
    {"send": {"cmd": "two words"}, "data": 2, "patience": 500},
    {"send": "two words", "data": 3, "patience": 500},
    {"emit": "two words", "data": 4},
    {"send": "echo", "data": 5},
)


@SCENARIOS.on("v12")
def nats_jetstream(stage: NatsStage) -> None:
    """Store messages in a stream of JetStream, beside calls of Nest."""
    with (
        stage.broker(jetstream=True) as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.raw(RawClient(server.port, "archivist")) as archivist,
    ):
        stream = {"name": "ORDERS", "subjects": ["orders.*"], "storage": "memory"}
        archivist.ask("$JS.API.STREAM.CREATE.ORDERS", json.dumps(stream).encode())
        for number in range(3):
            archivist.ask("orders.new", json.dumps({"number": number}).encode())
        stage.caller(server, SUM, {"emit": "orders.new", "data": {"number": 3}})
        archivist.ask("$JS.API.STREAM.INFO.ORDERS", b"")
