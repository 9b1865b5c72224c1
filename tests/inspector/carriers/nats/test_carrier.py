from __future__ import annotations

import pytest

from inspector.carriers.base import Cost, Errand, Idle, Remark, Taken, Transfer, Unit
from inspector.carriers.nats.carrier import carrier
from inspector.carriers.registry import carriers, loaded
from protocol import Event, Packet, Request, Response
from tests.inspector.carriers.nats.conversations import CLIENT, INBOX, read

_ONE = ("SUB", "UNSUB")


def test_it_is_registered() -> None:
    assert loaded(carriers()["nats"]) is carrier


@pytest.mark.parametrize(
    ("taken", "cost"),
    [
        (Taken("message"), Cost(5, "SUB+PUB, MSG, PUB, MSG, UNSUB")),
        (Taken("message", 4, _ONE), Cost(5, "SUB+PUB, MSG, PUB, MSG, UNSUB")),
        (Taken("message", 8, _ONE), Cost(9, "SUB+PUB, MSG, 3 × (PUB, MSG), UNSUB")),
        (Taken("message", 1, ("SUB", "503", "UNSUB")), Cost(3, "SUB+PUB, 503, UNSUB")),
        (Taken("message", 4), Cost(4, "PUB, MSG, PUB, MSG")),
        (Taken("message", 3, _ONE), Cost(4, "SUB+PUB, MSG, PUB, UNSUB")),
        (Taken("event"), Cost(2, "PUB, MSG")),
        (Taken("event", 2), Cost(2, "PUB, MSG")),
        (Taken("event", 3), Cost(3, "PUB, MSG, PUB")),
        (Taken("orphan"), None),
    ],
)
def test_a_packet_for_each_hop_and_errand_but_one(
    taken: Taken, cost: Cost | None
) -> None:
    assert carrier.cost(taken) == cost


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (Request("a", "1"), "PUB request"),
        (Event("a"), "PUB event"),
        (Response("1"), "PUB reply"),
    ],
)
def test_a_transfer_is_named_by_its_packet(packet: Packet, words: str) -> None:
    unit = Transfer(side=0, begin=0, end=2, packet=packet, body=b"{}")

    assert carrier.explain(unit) == words
    assert carrier.measure(unit) == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (f"SUB {INBOX} 1", "SUB _INBOX.3QB9lIOY8FFETLhY…"[:27] + "…"),
        ("SUB sum workers 1", "SUB sum"),
        ("PUB sum 2\r\nhi", "PUB sum"),
        ("PUB $JS.API.INFO 0\r\n", "JetStream $JS.API.INFO"),
        (f"HMSG {INBOX} 1 16 16\r\nNATS/1.0 503\r\n\r\n", "503 no responders"),
        ('CONNECT {"pass":"secret"}', "CONNECT"),
        ("INFO {}", "INFO"),
        ("PING", "PING"),
        ("UNSUB 9", "UNSUB"),
    ],
)
def test_other_units_are_named_by_their_words(data: str, words: str) -> None:
    (unit,) = read((CLIENT, f"{data}\r\n".encode()))

    assert isinstance(unit, Errand | Idle)
    assert carrier.explain(unit) == words


def test_what_is_neither_has_no_words() -> None:
    unit: Unit = Remark(side=0, begin=0, end=0, code="x")

    assert carrier.explain(unit) == ""
