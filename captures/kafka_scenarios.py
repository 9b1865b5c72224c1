"""What is recorded over Kafka: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it. None of the brokers is Apache Kafka; each
name says which one it was.
"""

from __future__ import annotations

from .broker_stage import Scenarios, Step
from .broker_steps import LOG, METADATA, SUM, await_callers
from .kafka_stage import KafkaStage

SCENARIOS = Scenarios(KafkaStage)
_NESTS = ("v11", "v12")
_PATTERNS = (
    "sum count tick holes refuse fail nothing nobody echo sleep who headers shop.price"
)
_EVENTS = "log twice slow"
_REPLIES = " ".join(f"{pattern}.reply" for pattern in _PATTERNS.split())
TOPICS = f"{_PATTERNS} {_EVENTS} {_REPLIES} nope nope.reply"
KINDS: tuple[Step, ...] = (
    SUM,
    {"send": "sum", "data": [4, 5, 6]},
    LOG,
    {"send": "shop.price", "data": {"item": "茶"}},
    {"send": "count"},
    {"send": "tick"},
    {"send": "holes"},
    {"send": "refuse"},
    {"send": "fail"},
    {"send": "nothing"},
    {"send": "nobody"},
    {"send": "echo", "data": 42},
    {"send": "echo", "data": "42"},
    {"send": "echo", "data": True},
    {"send": "headers", "data": [1], "headers": {"x-version": "1.0.0"}},
    {"emit": "log", "data": "with a header", "headers": {"x-trace": "a b: c"}},
    {"emit": "log", "data": "with a key", "headers": {"key": "shop-1"}},
    {"send": "nope", "data": 1, "patience": 300},
    {"emit": "nope", "data": 2},
    {"emit": "sum", "data": [7]},
    {"emit": "twice", "data": {"both": True}},
    *METADATA,
    {"send": "sleep", "data": 500, "patience": 150, "pause": 900},
    {"together": [{"send": "sum", "data": [n, n]} for n in range(6)]},
    {"together": [{"send": "sum", "data": [9, 9]}] * 3},
)
"""Every kind of call that its serializer carries, one after another."""
_BATCH: Step = {"emit": "log", "data": ["a", "b", "c", "a"], "headers": {"batch": "1"}}


_PACED = {"PACE": "60"}
"""noida-db answers a poll at once, so that there would be thousands in a second."""


def _every_kind(stage: KafkaStage, kind: str, **environment: str) -> None:
    with (
        stage.broker(kind=kind) as server,
        stage.recorded(server.port),
        stage.service(server, TOPICS=TOPICS, **environment),
    ):
        stage.caller(server, *KINDS, **environment)


@SCENARIOS.on(*_NESTS)
def kafka(stage: KafkaStage) -> None:
    """Send every kind of message and event to one service, over Tansu.

    Streams come at once and in time, errors of both kinds, undefined and null, numbers
    and booleans, which become text, headers and keys, nobody subscribed, an event to a
    handler of messages, metadata (from Nest 12 on), a call that is given up, some calls
    at once, and equal ones.
    """
    _every_kind(stage, "tansu")


@SCENARIOS.on("v12")
def kafka_noida(stage: KafkaStage) -> None:
    """Send the same over noida-db."""
    _every_kind(stage, "noida", **_PACED)


@SCENARIOS.on("v12")
def kafka_batches(stage: KafkaStage) -> None:
    """Emit batches of like events, compressed and not, then one without a receipt."""
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, TOPICS=TOPICS),
    ):
        stage.caller(server, LOG, _BATCH, {"emit": "log", "data": "a"})
        stage.caller(server, _BATCH, SUM, role="gzip-caller", COMPRESSION="gzip")
        stage.caller(server, LOG, LOG, role="hasty-caller", ACKS="0")


@SCENARIOS.on("v12")
def kafka_rebalance(stage: KafkaStage) -> None:
    """Emit to three partitions while a second consumer joins a group, and leaves."""
    events: list[Step] = [
        {"emit": "log", "data": f"{n % 4}", "headers": {"key": f"{n % 7}"}}
        for n in range(12)
    ]
    shares = {"GROUP": "workers", "HANDLERS": "other"}
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, "first", TOPICS="log", PARTITIONS="3", **shares),
    ):
        stage.caller(server, *events, role="before")
        with stage.service(server, "second", **shares):
            stage.caller(server, *events, role="during")
        stage.caller(server, *events, role="after")


@SCENARIOS.on("v12")
def kafka_two_groups(stage: KafkaStage) -> None:
    """Emit like events to two services, of a group each, from two callers at once."""
    events: list[Step] = [{"emit": "log", "data": "like", "pause": 5}] * 6
    shares = {"HANDLERS": "other"}
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, "left", TOPICS="log", **shares),
        stage.service(server, "right", **shares),
    ):
        callers = {
            role: stage.start_caller(server, *events, role=role)
            for role in ("one", "other")
        }
        await_callers(callers)


@SCENARIOS.on("v12")
def kafka_auth(stage: KafkaStage) -> None:
    """Call with a name and a password, by SASL PLAIN."""
    known = {"BROKER_USER": "reader", "BROKER_PASSWORD": "correct-horse-battery"}
    other = {"BROKER_USER": "writer", "BROKER_PASSWORD": "writer-staple-77"}
    stage.secrets += [each["BROKER_PASSWORD"] for each in (known, other)]
    with (
        stage.broker(kind="noida") as server,
        stage.recorded(server.port),
        stage.service(server, TOPICS=TOPICS, **known, **_PACED),
    ):
        stage.caller(server, SUM, LOG, **other, **_PACED)


@SCENARIOS.on("v12")
def kafka_lag(stage: KafkaStage) -> None:
    """Emit 240 events to a consumer that is slow, and reads little at a time."""
    batches: list[Step] = [
        {
            "emit": "slow",
            "data": [f"{10 + each % 5}" for each in range(40)],
            "headers": {"batch": f"{number}"},
        }
        for number in range(6)
    ]
    with (
        stage.broker() as server,
        stage.recorded(server.port),
        stage.service(server, TOPICS="slow", MAX_BYTES="500"),
    ):
        stage.caller(server, *batches, {"emit": "slow", "data": "1", "pause": 5_000})
