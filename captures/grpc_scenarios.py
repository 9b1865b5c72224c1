"""What is recorded over gRPC: a function for each scenario, played on some Nests.

Its docstring is what the manifest says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker_stage import Scenarios
from .grpc_stage import GrpcStage
from .processes import await_end

if TYPE_CHECKING:
    from .broker_stage import Step

SCENARIOS = Scenarios(GrpcStage)
NESTS = "v11", "v12"
TOKEN = "tok-9f27c1d4e8"  # noqa: S105 — made up
SUM: Step = {"call": "sum", "data": {"values": [1, 2, 3]}}
TEXTS = [{"text": "one"}, {"text": "two"}, {"text": "three"}]
NUMBERS = [{"values": [1, 2]}, {"values": [3]}, {"values": [4, 5, 6]}]
SAMPLE = {
    "userName": "Zoë",
    "password": "hunter2-hunter2",
    "ratio": 0.1,
    "large": "9007199254740993",
    "negative": -5,
    "yes": True,
    "color": "RED",
    "raw": "AAH/",
    "nested": {"value": 7},
    "texts": [{"text": "a"}, {"text": ""}],
    "counts": {"x": 1, "y": 2},
    "right": 4,
}
FORMS: tuple[Step, ...] = (
    SUM,
    SUM,
    {"call": "sum", "data": {}},
    {"call": "count", "data": {"last": 3}},
    {"call": "count", "data": {"last": 3, "pauseMs": 20}},
    {"call": "count", "data": {}},
    {"call": "add", "stream": NUMBERS},
    {"call": "chat", "stream": TEXTS},
    {"call": "describe", "data": SAMPLE},
)
"""The four forms of calls, and every type of field."""
ENDS: tuple[Step, ...] = (
    {"call": "fail", "data": {"kind": "rpc", "message": "no such cat: größer, 100 %"}},
    {"call": "fail", "data": {"kind": "text", "message": "a text"}},
    {"call": "fail", "data": {"kind": "error", "message": "a secret of the server"}},
    {"call": "missing", "data": {"values": [1]}},
    {"call": "count", "data": {"last": 5, "failsAt": 3}},
    {"call": "sleep", "data": {"milliseconds": 600}, "deadline": 150},
    {"call": "sleep", "data": {"milliseconds": 600}, "patience": 100},
    {"call": "count", "data": {"last": 50, "pauseMs": 20}, "enough": 3},
    {"call": "chat", "stream": TEXTS * 9, "pause": 30, "enough": 2},
)
"""How calls end otherwise: by errors, by deadlines, and by cancels."""


@SCENARIOS.on(*NESTS)
def grpc(stage: GrpcStage) -> None:
    """Make calls of all four forms, and let them end in every way.

    Two equal calls, streams of both sides, an empty one, every type of field, an
    RpcException with a code and one without, another error, a method without a handler,
    an error in a stream, a deadline, and cancels of three forms; then 12 calls at once,
    one of 60 KB there and back, and one with a token in its metadata.
    """
    metadata = {"authorization": f"Bearer {TOKEN}", "x-request-id": "r-1"}
    stage.secrets += [TOKEN, "hunter2-hunter2"]
    with stage.recorded(), stage.service():
        stage.caller(
            *FORMS,
            *ENDS,
            {"together": [SUM] * 8 + [{"call": "count", "data": {"last": 4}}] * 4},
            {"call": "echo", "data": {"text": "0123456789" * 6_000}},
            {**SUM, "metadata": metadata},
        )


@SCENARIOS.on("v12")
def grpc_gzip(stage: GrpcStage) -> None:
    """Let both sides compress their messages by gzip."""
    with stage.recorded(), stage.service(GZIP="1"):
        stage.caller(*FORMS, GZIP="1")


@SCENARIOS.on("v12")
def grpc_two_callers(stage: GrpcStage) -> None:
    """Let two clients call one service at the same time."""
    steps = [SUM, {"call": "count", "data": {"last": 3, "pauseMs": 5}}] * 4
    with stage.recorded(), stage.service():
        started = {
            role: stage.start_caller(*steps, role=role) for role in ("left", "right")
        }
        for role, process in started.items():
            await_end(process, role)


@SCENARIOS.on("v12")
def grpc_shutdown(stage: GrpcStage) -> None:
    """End a service gracefully while a stream goes on: it is finished first."""
    steps = [SUM, {"call": "count", "data": {"last": 20, "pauseMs": 50}}]
    with stage.recorded():
        with stage.service():
            calling = stage.start_caller(*steps)
            stage.await_answer()
        await_end(calling, "caller")
