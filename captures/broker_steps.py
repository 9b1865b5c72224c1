"""Steps that callers take over every broker, and the ways in which they take them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from .processes import await_end

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from .broker_stage import BrokerStage, Step

EVERY_NEST = ("v10", "v11", "v12")
THREE = ("first", "second", "third")
"""Roles of services that have the same handlers."""
SUM: Step = {"send": "sum", "data": [1, 2, 3]}
LOG: Step = {"emit": "log", "data": "求和"}
ANSWERS: tuple[Step, ...] = (
    SUM,  # and the connection
    {"send": "sum", "data": [4, 5, 6]},
    LOG,
    {"send": {"service": "shop", "cmd": "price"}, "data": {"item": "茶"}},
    {"send": {"cmd": "price", "service": "shop"}, "data": {"item": "tea"}},
    {"send": "count"},
    {"send": "tick"},
    {"send": "holes"},
    {"send": "refuse"},
    {"send": "fail"},
    {"send": "nothing"},
    {"send": "nobody"},
)
"""Every kind of answer, and of patterns."""
METADATA: tuple[Step, ...] = (
    {"send": "sum", "data": [2, 2], "metadata": {"traceparent": "00-abc-def-01"}},
    {"emit": "log", "data": "with metadata", "metadata": {"tenant": "求"}},
)
HEADERS: tuple[Step, ...] = (
    {"send": "headers", "data": [1], "headers": {"x-version": "1.0.0"}},
    {"emit": "log", "data": "with a header", "headers": {"x-trace": "a b: c"}},
)
AT_ONCE: tuple[Step, ...] = (
    {"send": "sleep", "data": 500, "patience": 150, "pause": 600},
    {"together": [{"send": "sum", "data": [n, n]} for n in range(24)]},
    {"together": [{"send": "sum", "data": [9, 9]}] * 3},
)
"""A call that is given up, then many at once, and equal ones."""


def call_services(
    stage: BrokerStage[Any],
    roles: tuple[str, ...],
    *steps: Step,
    **environment: str,
) -> None:
    """Record calls of several services that have the same handlers."""
    with ExitStack() as stack:
        server = stack.enter_context(stage.broker())
        stack.enter_context(stage.recorded(server.port))
        for role in roles:
            stack.enter_context(stage.service(server, role, **environment))
        stage.caller(server, *steps)


def await_callers(callers: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Wait until callers, by their roles, have ended without an error."""
    for role, process in callers.items():
        await_end(process, role)
