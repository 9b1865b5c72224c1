from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.figures.health import assess
from inspector.views.finding_order import sorted_groups
from inspector.views.next_command import next_command
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Conversation,
    Wire,
    failure,
    inspected,
    request,
)
from tests.inspector.scenes import blocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.figures.report import Report
    from inspector.views.next_command import Next


def _next(report: Report, *captures: str) -> Next:
    groups = sorted_groups(report)
    return next_command(report, assess(report), groups, captures or ("a b.pcap",))


def _calls(
    call: Conversation, count: int, name: str = "sum", took_ns: int = MILLISECOND
) -> None:
    """Let a pattern be called, one call after the other."""
    for number in range(count):
        identity = f"{name} {number}"
        call.ask(name, identity)
        call.wire.wait(took_ns)
        call.answer(identity, 1)


def _throw(call: Conversation, name: str) -> None:
    call.ask(name, name).send(SERVER, failure(name, "no such user"))


def _failing(wire: Wire) -> None:
    call = wire.connect()
    _throw(call, "first")
    _calls(call, 20, "first")
    for _ in range(3):
        _throw(call, "pay")


def _failed(wire: Wire) -> None:
    call = wire.connect()
    _calls(call, 30)
    call.ask("lost", "lost")
    _throw(call, "sum")
    _throw(call, "sum")


def _unanswered(wire: Wire) -> None:
    call = wire.connect()
    call.ask("answered", "1").answer("1", 1)
    wire.wait(SECOND)
    call.ask("lost", "2")
    wire.wait(SECOND)
    call.ask("lost", "3")
    wire.wait(4 * SECOND)
    call.close()


def _slow_server(wire: Wire) -> None:
    _calls(wire.connect(client="10.0.0.1:1"), 20)
    call = wire.connect(client="10.0.0.1:2", server="10.0.0.3:8888")
    _calls(call, 30, took_ns=60 * MILLISECOND)
    _calls(call, 1, took_ns=70 * MILLISECOND)
    _calls(call, 1, "other", took_ns=SECOND // 2)


def _slow_pattern(wire: Wire) -> None:
    call = wire.connect()
    _calls(call, 4, "report", 2 * SECOND)
    _calls(call, 20)
    _calls(call, 1, took_ns=90 * MILLISECOND)


def _slow_call(wire: Wire) -> None:
    call = wire.connect()
    _calls(call, 20)
    _calls(call, 1, took_ns=200 * MILLISECOND)
    _calls(call, 1, took_ns=300 * MILLISECOND)


@pytest.mark.parametrize(
    ("scene", "number"),
    [
        (_failing, 22),
        (_failed, 32),
        (_unanswered, 2),
        (_slow_server, 51),
        (_slow_pattern, 1),
        (blocked, 46),
        (_slow_call, 22),
    ],
)
def test_it_leads_to_the_worst_exchange(
    scene: Callable[[Wire], None], number: int
) -> None:
    wire = Wire()
    scene(wire)
    following = _next(inspected(wire.records).report)

    assert following.command == f"protocol-inspect show 'a b.pcap' {number}"
    assert following.reason == "all of it"


def test_without_such_an_exchange_it_leads_to_frames_arrows_or_calls() -> None:
    calm, split, strange = Wire(), Wire(), Wire()
    calm.connect().ask("sum", "1").answer("1", 1)
    split.connect().split(CLIENT, request("big", "1", "x" * 40), 30).answer("1", 1)
    strange.connect().emit("log", 1).send(CLIENT, b"5#{{{{{")
    commands = [
        _next(inspected(wire.records).report).command for wire in (calm, split, strange)
    ]

    assert [each.split()[1] for each in commands] == ["exchanges", "ladder", "follow"]


def test_what_came_through_a_pipe_has_to_be_saved_first() -> None:
    wire = Wire()
    _failing(wire)
    following = _next(inspected(wire.records).report, "-")

    assert following == ("", "save the capture to a file to look further")


@pytest.mark.parametrize(
    ("forced", "options"),
    [
        ({}, ""),
        ({8889: "tcp", 8888: "tcp"}, " --port 8888 --port 8889"),
        ({8888: "pigeon"}, " --carrier pigeon:8888"),
    ],
)
def test_a_command_has_the_ports_that_were_given(
    forced: dict[int, str], options: str
) -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    report = inspected(wire.records).report
    report.forced = forced
    command, reason = _next(report)

    assert command == f"protocol-inspect exchanges 'a b.pcap'{options}"
    assert reason == "each call on a line"
