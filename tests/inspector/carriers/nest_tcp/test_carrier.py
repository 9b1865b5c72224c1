from __future__ import annotations

import pytest

from inspector.carriers.base import Cost, Errand, Taken, Transfer
from inspector.carriers.nest_tcp.carrier import carrier
from protocol import Event, Packet, Request, Response


@pytest.mark.parametrize(("kind", "packets"), [("message", 2), ("event", 1)])
def test_a_message_costs_two_packets_and_an_event_one(kind: str, packets: int) -> None:
    cost = carrier.cost(Taken(kind))

    assert isinstance(cost, Cost)
    assert cost.packets == packets


def test_what_is_neither_has_no_plain_case() -> None:
    assert carrier.cost(Taken("orphan")) is None


@pytest.mark.parametrize(
    ("packet", "words"),
    [(Request("a", "1"), "request"), (Event("a"), "event"), (Response("1"), "reply")],
)
def test_a_unit_is_named_by_its_packet(packet: Packet, words: str) -> None:
    unit = Transfer(side=0, begin=0, end=2, packet=packet, body=b"{}")

    assert carrier.explain(unit) == words


def test_other_units_are_named_by_what_they_do() -> None:
    assert carrier.explain(Errand(side=0, begin=0, end=1, verb="confirm")) == "confirm"


@pytest.mark.parametrize(
    ("body", "words"), [(b"5", "1 unit"), ("é😀".encode(), "3 units"), (b"", "0 units")]
)
def test_a_frame_is_measured_in_what_its_length_counts(body: bytes, words: str) -> None:
    unit = Transfer(side=0, begin=0, end=2, packet=Event("a"), body=body)

    assert carrier.measure(unit) == words
    unit.body = b"x" * 1_234
    assert carrier.measure(unit) == "1,234 units"
