"""Findings about many exchanges stand above each of them, and above no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.conversation import (
    MILLISECOND,
    SECOND,
    SERVER,
    Conversation,
    Wire,
    failure,
)
from tests.inspector.scenes import blocked
from tests.inspector.views.closeups import closeup

if TYPE_CHECKING:
    from collections.abc import Callable


def _calls(call: Conversation, count: int, took_ns: int = MILLISECOND) -> None:
    for number in range(count):
        call.ask("sum", str(number))
        call.wire.wait(took_ns)
        call.answer(str(number), 1)


def _throw(call: Conversation, error: object) -> None:
    call.ask("sum", "x").send(SERVER, failure("x", error))


def _failing(wire: Wire) -> None:
    call = wire.connect()
    _calls(call, 1)
    for _ in range(3):
        _throw(call, "no such user")
    _throw(call, {"statusCode": 404, "message": "no"})
    other = wire.connect(server="10.0.0.3:8888", client="10.0.0.1:2")
    _calls(other, 40)
    _throw(other, "by chance")


def _slow(wire: Wire) -> None:
    call = wire.connect()
    _calls(call, 20)
    _calls(call, 2, took_ns=SECOND)


def _slow_pattern(wire: Wire) -> None:
    _calls(wire.connect(), 3, took_ns=2 * SECOND)


def _slow_server(wire: Wire) -> None:
    slow = wire.connect()
    other = wire.connect(server="10.0.0.3:8888", client="10.0.0.1:2")
    _calls(slow, 20, took_ns=60 * MILLISECOND)
    _calls(slow, 1)
    _calls(other, 21)
    other.ask("other", "o").answer("o", 1)


def _silent(wire: Wire) -> None:
    call = wire.connect()
    lost = wire.connect(server="10.0.0.3:8888", client="10.0.0.1:2").ask("a", "lost")
    _calls(call, 20)
    for number in range(12):
        call.ask("ab"[number % 2], f"silent {number}")
        wire.wait(50 * MILLISECOND)
    wire.linger()
    assert lost.records


def _burst(wire: Wire) -> None:
    call = wire.connect()
    _throw(call, "by chance")
    _calls(call, 130)
    for _ in range(10):
        _throw(call, "no such user")
    _calls(call, 1)


def _sharing(wire: Wire) -> None:
    call = wire.connect()
    for number in range(30):
        failed = number % 10 == 0
        call.ask("pay"[number % 3 :], str(number), {"card": 1} if failed else {})
        if failed:
            call.send(SERVER, failure(str(number), "declined"))
        else:
            call.answer(str(number), 1)
    _throw(call, "declined otherwise")


def _thrown(wire: Wire) -> None:
    call = wire.connect()
    _calls(call, 60)
    _throw(call, "user 5 is unknown")
    _throw(call, "user 77 is unknown")
    _throw(call, "no")
    _throw(call, {"statusCode": 503, "message": "user 5 is unknown"})


def _stepped(wire: Wire) -> None:
    call = wire.connect()
    slow = wire.connect(client="10.0.0.1:2").ask("slow", "slow")
    _calls(call, 1)
    call.ask("sum", "b")
    wire.wait(-SECOND)
    call.answer("b", 1).close()  # by when the finding comes, before the slow call ends
    wire.wait(SECOND)
    slow.answer("slow", 1)


@pytest.mark.parametrize(
    ("scene", "code", "about", "others"),
    [
        (_slow_server, "slow-server", [1, 20], [21, 22, 42, 43]),
        (_silent, "silent-server", [22, 33], [1, 2, 21]),
        (_burst, "error-burst", [132, 141], [1, 2, 131, 142]),
        (_sharing, "failures-share", [1, 11, 21], [2, 30, 31]),
        (_thrown, "thrown-error", [61, 62, 63], [1, 60, 64]),
        (_thrown, "server-error", [64], [1, 61, 62, 63]),
        (_stepped, "clock-step", [1, 3], [2]),
        (_failing, "failing-pattern", [2, 3, 4], [1, 5, 6, 46]),
        (_slow, "slow-call", [21, 22], [1, 20]),
        (_slow_pattern, "slow-pattern", [1, 2], []),
        (blocked, "blocked-loop", [46, 47, 54], [1, 45]),
    ],
)
def test_it_stands_above_each_exchange_that_it_is_about(
    scene: Callable[[Wire], None], code: str, about: list[int], others: list[int]
) -> None:
    wire = Wire()
    scene(wire)

    def codes(number: int) -> list[str]:
        return [each.code for each in closeup(wire, number).findings]

    assert [number for number in about if code in codes(number)] == about
    assert [number for number in others if code in codes(number)] == []
