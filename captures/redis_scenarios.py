"""What is recorded over Redis: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker_stage import Scenarios
from .broker_steps import (
    ANSWERS,
    AT_ONCE,
    EVERY_NEST,
    LOG,
    METADATA,
    SUM,
    await_callers,
    call_services,
)
from .processes import PATIENCE, await_end
from .redis_raw import RawClient
from .redis_stage import RedisStage

if TYPE_CHECKING:
    from .broker_stage import Step

SCENARIOS = Scenarios(RedisStage)
KINDS: tuple[Step, ...] = (
    *ANSWERS,
    {"send": "nope", "data": 1, "patience": 300},
    {"emit": "nope", "data": 2},
    {"send": "two words", "data": 1, "patience": 300},
    {"send": "channel"},
    {"emit": "sum", "data": [7]},
    {"emit": "twice", "data": {"both": True}},
    *METADATA,
    *AT_ONCE,
    {"together": [SUM, {"send": "count"}, {"send": "sleep", "data": 20}, LOG]},
)
"""Every kind of call, one after another."""


@SCENARIOS.on(*EVERY_NEST)
def redis(stage: RedisStage) -> None:
    """Send every kind of message and event to one service.

    Two patterns are objects with keys in two orders, streams come at once and in time,
    errors of both kinds, undefined and null, nobody subscribed, an event to a handler
    of messages, an event for two handlers, metadata (from Nest 12 on), a call that is
    given up, 24 calls at once, 3 equal ones, and several patterns at once.
    """
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        stage.caller(server, *KINDS)


@SCENARIOS.on(*EVERY_NEST)
def redis_wildcards(stage: RedisStage) -> None:
    """Call handlers with wildcards, whose service subscribes by patterns.

    Up to Nest 11 the reply goes to the reply channel of the pattern, where nobody is.
    """
    steps: list[Step] = [
        {"send": "w.one.get", "data": n, "patience": 300} for n in range(3)
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, WILDCARDS="1", HANDLERS="wildcards"),
    ):
        stage.caller(server, *steps, {"emit": "logs.a", "data": 1})


@SCENARIOS.on(*EVERY_NEST)
def redis_overheard(stage: RedisStage) -> None:
    """Call a service beside another one whose wildcard covers the replies to it."""
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.service(server, "listener", WILDCARDS="1", HANDLERS="everything"),
    ):
        stage.caller(server, SUM, LOG, SUM)


@SCENARIOS.on("v11", "v12")
def redis_two_servers(stage: RedisStage) -> None:
    """Call two services: each answers, the first answer is taken."""
    steps = (SUM, {"send": "who"}, {"send": "who"}, LOG, LOG)
    call_services(stage, ("first", "second"), *steps)


@SCENARIOS.on("v11", "v12")
def redis_two_clients(stage: RedisStage) -> None:
    """Let two clients call one service at a time: each hears the other's replies."""
    steps: list[Step] = [
        {"send": "sum", "data": [n], "pause": 5 + n % 3} for n in range(20)
    ]
    steps += [{"send": "sleep", "data": 30, "pause": 1}] * 5
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        callers = {
            role: stage.start_caller(server, *steps, role=role)
            for role in ("left", "right")
        }
        await_callers(callers)


@SCENARIOS.on(*EVERY_NEST)
def redis_restart(stage: RedisStage) -> None:
    """Restart the broker while one caller goes on calling; all connect again."""
    calls: list[Step] = [
        {"send": "sum", "data": [n], "patience": 150, "pause": 20} for n in range(60)
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
    ):
        calling = stage.start_caller(server, *calls)
        server.await_truth(
            lambda: "sum.reply" in server.ask("PUBSUB CHANNELS"),
            "be asked for something",
        )
        server.restart()
        await_end(calling, "caller")


@SCENARIOS.on("v12")
def redis_large(stage: RedisStage) -> None:
    """Send 300 KB there and back: 100,000 characters of three bytes."""
    with stage.broker() as server, stage.recorded(server.port), stage.service(server):
        stage.caller(server, SUM, {"send": "echo", "characters": 100_000})


@SCENARIOS.on("v11", "v12")
def redis_auth(stage: RedisStage) -> None:
    """Call over a broker that asks for a password; another caller has the wrong one.

    That one ends with an error.
    """
    password, wrong = "correct-horse-battery", "wrong-guess-0451"
    stage.secrets += [password, wrong]
    known = {"BROKER_PASSWORD": password, "BROKER_USER": "default"}
    with (
        stage.broker(requirepass=password) as server,
        stage.recorded(server.port),
        stage.service(server, **known),
    ):
        stage.caller(server, SUM, LOG, **known)
        stranger = stage.start_caller(
            server, SUM, role="stranger", BROKER_PASSWORD=wrong, BROKER_USER="default"
        )
        stranger.wait(PATIENCE)  # it has ended with an error, or given up


@SCENARIOS.on("v12")
def redis_cache(stage: RedisStage) -> None:
    """Call over a broker that is a cache and a queue of jobs, too."""
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.raw(RawClient(server.port, "cache")) as cache,
    ):
        for number in range(20):
            cache.ask("SET", f"user:{number}", '{"pattern":"no","secret":"of its own"}')
            cache.ask("GET", f"user:{number}")
            cache.ask("PUBLISH", "news", f"plain text {number}")
        stage.caller(server, SUM, LOG, SUM)
        cache.ask("RPUSH", "jobs", *map(str, range(50)))
        cache.ask("LRANGE", "jobs", "0", "-1")


@SCENARIOS.on("v12")
def redis_slow_consumer(stage: RedisStage) -> None:
    """Emit events while a subscriber does not read, until the broker drops it.

    The subscriber is a bare socket; a service of Nest gets all of them.
    """
    event: Step = {"emit": "log", "characters": 10_000, "pause": 3}
    with (
        stage.broker(**{"client-output-buffer-limit": "pubsub 1mb 512kb 1"}) as server,
        stage.recorded(server.port),
        stage.service(server),
        stage.raw(RawClient(server.port, "sleeper")) as sleeper,
    ):
        sleeper.subscribe("log")
        stage.caller(server, SUM, *[event] * 200, SUM)
        server.await_truth(
            lambda: "name=sleeper" not in server.ask("CLIENT LIST"),
            "drop the slow consumer",
        )
        sleeper.read_to_end()
