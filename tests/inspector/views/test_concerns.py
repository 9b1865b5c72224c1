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


@pytest.mark.parametrize(
    ("scene", "code", "about", "others"),
    [
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
