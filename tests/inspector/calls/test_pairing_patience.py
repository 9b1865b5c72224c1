"""Calls that are in flight when a capture ends, by how long replies have taken."""

from __future__ import annotations

import pytest

from tests.inspector.conversation import SECOND, Wire, inspected


def _in_flight(waited_s: float, *, before_s: float, route: str = "slow") -> bool:
    """Say whether a call is in flight after some time, a reply having taken some."""
    wire = Wire()
    call = wire.connect().ask("slow", "1")
    wire.wait(int(before_s * SECOND))
    call.answer("1", 1).ask(route, "2")
    wire.linger(int(waited_s * SECOND))
    return inspected(wire.records).exchanges[1].in_flight


@pytest.mark.parametrize(
    ("waited_s", "before_s", "in_flight"),
    [(0.9, 0.1, True), (1.1, 0.1, False), (2.9, 3, True), (3.1, 3, False)],
)
def test_a_call_waits_as_long_as_a_reply_of_its_pattern_ever_took(
    waited_s: float, before_s: float, *, in_flight: bool
) -> None:
    assert _in_flight(waited_s, before_s=before_s) is in_flight


def test_it_does_not_wait_as_long_as_those_of_others() -> None:
    assert not _in_flight(2.9, before_s=3, route="other")
