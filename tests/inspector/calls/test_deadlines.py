from __future__ import annotations

import pytest

from inspector.calls.deadlines import deadline_ns, is_past
from tests.inspector.carriers.grpc.written import SUM, reset
from tests.inspector.conversation import CLIENT, MILLISECOND, Wire, inspected
from tests.inspector.over_grpc import answered, asked, service


@pytest.mark.parametrize(
    ("said", "limit_ns"),
    [
        ("150m", 150_000_000),
        ("1S", 1_000_000_000),
        ("2H", 7_200_000_000_000),
        ("7u", 7_000),
        ("1", None),
        ("soon", None),
    ],
)
def test_a_caller_says_how_long_it_waits(said: str, limit_ns: int | None) -> None:
    wire = Wire()
    asked(service(wire), 1, SUM, ("grpc-timeout", said))
    (call,) = inspected(wire.linger().records).exchanges
    assert deadline_ns(call) == limit_ns
    assert not is_past(call)


@pytest.mark.parametrize(("waited", "past"), [(100, True), (96, True), (40, False)])
def test_it_leaves_when_that_is_over(waited: int, past: bool) -> None:  # noqa: FBT001
    wire = Wire()
    link = service(wire)
    asked(link, 1, SUM, ("grpc-timeout", "100m"))
    wire.wait(waited * MILLISECOND)
    link.send(CLIENT, reset(1))
    (call,) = inspected(wire.records).exchanges
    assert is_past(call) is past


def test_most_say_nothing_of_it() -> None:
    wire = Wire()
    link = service(wire)
    asked(link)
    answered(link)
    (call,) = inspected(wire.records).exchanges
    assert deadline_ns(call) is None
