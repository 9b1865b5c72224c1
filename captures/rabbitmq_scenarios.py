"""What is recorded over RabbitMQ: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
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
    await_callers,
)
from .processes import await_end
from .rabbitmq_stage import RabbitStage, options

if TYPE_CHECKING:
    from .broker_stage import Step

SCENARIOS = Scenarios(RabbitStage)
_ACK = options(noAck=False, prefetchCount=1, persistent=True)
_MORTAL = options(
    noAck=False,
    prefetchCount=1,
    queueOptions={
        "durable": False,
        "deadLetterExchange": "",
        "deadLetterRoutingKey": "dead_q",
    },
)
_WILD = options(wildcards=True, queue="cats_q")

KINDS: tuple[Step, ...] = (
    *ANSWERS,
    {"send": "nope", "data": 1},
    {"emit": "nope", "data": 2},
    {"emit": "twice", "data": {"both": True}},
    *HEADERS,
    METADATA[0],
    *AT_ONCE,
    {"together": [{"emit": "log", "data": "same"}] * 5},
)
"""Every kind of call, one after another."""


@SCENARIOS.on(*EVERY_NEST)
def rabbitmq(stage: RabbitStage) -> None:
    """Send every kind of message and event to one service, as Nest does by default.

    Two patterns are objects with keys in two orders, streams come at once and in time,
    errors of both kinds, undefined and null, no handler, an event for two handlers,
    headers, metadata (from Nest 12 on), a call that is given up, 24 calls at once, and
    3 equal ones, and 5 equal events.
    """
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        stage.caller(server, *KINDS)


@SCENARIOS.on(*EVERY_NEST)
def rabbitmq_ack(stage: RabbitStage) -> None:
    """Send the same where the service acknowledges, one message at a time.

    Five equal events are given back the first time; some are rejected for good; of one
    nothing is said until the service ends.
    """
    steps: tuple[Step, ...] = (
        *KINDS,
        {"together": [{"emit": "again", "data": "same"}] * 5, "pause": 400},
        {"emit": "drop", "data": 1},
        {"emit": "keep", "data": 1},
    )
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, OPTIONS=_ACK),
    ):
        stage.caller(server, *steps, OPTIONS=_ACK)


@SCENARIOS.on("v11", "v12")
def rabbitmq_wildcards(stage: RabbitStage) -> None:
    """Send to a topic exchange, by patterns as routing keys."""
    steps: tuple[Step, ...] = (
        SUM,
        LOG,
        {"send": "w.one", "data": {"q": 1}},
        {"send": "deep.a.b", "data": {"q": 2}},
        {"emit": "all.a.b", "data": {"q": 3}},
        {"send": {"cmd": "price", "service": "shop"}, "data": {"item": "tea"}},
        {"send": {"service": "shop", "cmd": "price"}, "patience": 300},
        {"send": "nope", "patience": 300},
        {"emit": "nope", "data": 2},
    )
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, OPTIONS=_WILD),
    ):
        stage.caller(server, *steps, OPTIONS=_WILD)


@SCENARIOS.on("v11", "v12")
def rabbitmq_fan_out(stage: RabbitStage) -> None:
    """Emit five equal events and send messages to two services, by a fanout."""
    with ExitStack() as stack:
        server = stack.enter_context(stage.broker())
        stack.enter_context(stage.recorded(server.port))
        for role in ("first", "second"):
            chosen = options(exchange="news", exchangeType="fanout", queue=f"{role}_q")
            stack.enter_context(stage.service(server, role, OPTIONS=chosen))
        steps: tuple[Step, ...] = (LOG, {"together": [LOG] * 5}, {"send": "who"}, SUM)
        chosen = options(exchange="news", exchangeType="fanout")
        stage.caller(server, *steps, OPTIONS=chosen)


@SCENARIOS.on("v12")
def rabbitmq_two_servers(stage: RabbitStage) -> None:
    """Call two services that share one queue, from two clients at the same time."""
    with ExitStack() as stack:
        server = stack.enter_context(stage.broker())
        stack.enter_context(stage.recorded(server.port))
        for role in ("first", "second"):
            stack.enter_context(stage.service(server, role))
        calls: list[Step] = [{"send": "who", "data": n} for n in range(6)]
        steps = (*calls, {"together": [LOG] * 6}, {"together": [SUM] * 4})
        callers = {
            role: stage.start_caller(server, *steps, role=role)
            for role in ("left-caller", "right-caller")
        }
        await_callers(callers)


@SCENARIOS.on("v12")
def rabbitmq_split_queue(stage: RabbitStage) -> None:
    """Call two services with different handlers that consume the same queue."""
    steps: tuple[Step, ...] = (
        *([SUM] * 4),
        *([{"send": "invoice", "data": {"total": 7}}] * 4),
        *([{"emit": "paid", "data": 7}] * 2),
    )
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, "cats"),
        stage.service(server, "billing", HANDLERS="other"),
    ):
        stage.caller(server, *steps)


@SCENARIOS.on("v12")
def rabbitmq_backlog(stage: RabbitStage) -> None:
    """Emit five equal events before the service is there, which gives them back once.

    Before that there are three other messages, of which one is given up.
    """
    ack = options(noAck=False, prefetchCount=2)
    waiting: tuple[Step, ...] = (
        {"send": "sum", "data": [1, 2], "patience": 300},
        LOG,
        LOG,
        {"together": [{"emit": "again", "data": "same"}] * 5},
    )
    with stage.broker() as server, stage.recorded(server.port):
        stage.caller(server, *waiting, role="early", OPTIONS=ack)
        time.sleep(1.5)
        with stage.service(server, OPTIONS=ack):
            stage.caller(server, SUM, OPTIONS=ack)


@SCENARIOS.on("v12")
def rabbitmq_prefetch(stage: RabbitStage) -> None:
    """Call a service that has one message at a time, and keeps the last one for ever.

    Two calls wait behind a slow one; then two calls wait without end, since an event
    before them is never acknowledged.
    """
    slow: Step = {"send": "sleep", "data": 300}
    forgotten: Step = {"together": [{"send": "sum", "data": [1], "patience": 1500}] * 2}
    steps: tuple[Step, ...] = (
        SUM,
        {"together": [slow, SUM, SUM], "pause": 200},
        {"emit": "keep", "data": 1, "pause": 200},
        forgotten,
    )
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, OPTIONS=_ACK),
    ):
        stage.caller(server, *steps, OPTIONS=_ACK)


@SCENARIOS.on("v12")
def rabbitmq_dead_letters(stage: RabbitStage) -> None:
    """Reject equal events, which the broker hands to the consumer of another queue."""
    steps: tuple[Step, ...] = (
        LOG,
        {"together": [{"emit": "drop", "data": 1}] * 3},
        {"emit": "drop", "data": {"order": 7}},
        {"send": "nope", "data": 1},
    )
    with ExitStack() as stack:
        server = stack.enter_context(stage.broker())
        stack.enter_context(stage.recorded(server.port))
        stack.enter_context(stage.service(server, OPTIONS=_MORTAL))
        buried = options(queue="dead_q")
        stack.enter_context(stage.service(server, "undertaker", OPTIONS=buried))
        stage.caller(server, *steps, OPTIONS=_MORTAL)


@SCENARIOS.on("v12")
def rabbitmq_large(stage: RabbitStage) -> None:
    """Send 300 KB there and back, in several frames: more than one may have."""
    with stage.broker() as server, stage.recorded(server.port), stage.service(server):
        stage.caller(server, SUM, {"send": "echo", "characters": 100_000})


@SCENARIOS.on(*EVERY_NEST)
def rabbitmq_restart(stage: RabbitStage) -> None:
    """Restart the broker while calls are sent, one after another."""
    steps: list[Step] = [
        {"send": "sum", "data": [n], "patience": 600, "pause": 150} for n in range(40)
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        process = stage.start_caller(server, *steps)
        time.sleep(2)
        server.restart()
        await_end(process, "caller")


@SCENARIOS.on("v12")
def rabbitmq_raw(stage: RabbitStage) -> None:
    """Publish to exchanges of every type, get, acknowledge several, and fail.

    A client that is not Nest's sends packets that are.
    """
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, QUEUE="cats_q"),
    ):
        raw = stage.start(server, "raw", "raw", QUEUE="cats_q")
        await_end(raw, "raw")


@SCENARIOS.on("v12")
def rabbitmq_auth(stage: RabbitStage) -> None:
    """Call with a user and a password of one's own, and a secret in a header."""
    user, password = "shop", "correct horse battery"
    stage.secrets += [password, "sk_live_0123456789abcdef"]
    secret: Step = {
        "send": "headers",
        "data": {"password": password},
        "headers": {"x-version": "1", "authorization": "sk_live_0123456789abcdef"},
    }
    with stage.broker() as server:
        server.ask(f"users/{user}", "PUT", {"password": password, "tags": ""})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        server.ask(f"permissions/%2F/{user}", "PUT", everything)
        known = {"BROKER_USER": user, "BROKER_PASSWORD": password.replace(" ", "%20")}
        with stage.recorded(server.port), stage.service(server, **known):
            stage.caller(server, SUM, secret, **known)
