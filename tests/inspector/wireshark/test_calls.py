"""tshark, with our dissector, links the packets of a call across a broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.dissected import tshark_layers
from tests.inspector.wireshark.nats_units import (
    answered,
    asked,
    called,
    msg,
    nest,
    nobody,
    opened,
    parties,
    pub,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_call_is_linked_on_both_sides_of_the_broker(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    called(wire, *parties(wire), "a1")
    first = len(wire.records) - 4
    hops = nest(tshark_layers(script, written(wire, tmp_path), "-2"))
    names = ("leg", "way", "channel", "request_in", "response_in")
    times = ("nest.time", "nest.handler_time")

    assert [[hop.field(f"nest.{name}") for name in names] for hop in hops] == [
        ["request", "in", "sum", "", str(first + 3)],
        ["request", "out", "sum", "", str(first + 2)],
        ["reply", "in", "_INBOX.a1", str(first + 1), ""],
        ["reply", "out", "_INBOX.a1", str(first), ""],
    ]
    assert [[hop.field(name) for name in times] for hop in hops[2:]] == [
        ["", "0.003100000"],
        ["0.003300000", ""],
    ]


@pytest.mark.parametrize("missing", ["caller", "handler"])
def test_one_side_of_the_broker_is_enough(
    missing: str, script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    caller, handler = parties(wire)
    called(wire, caller, handler, "a1")
    lost = caller if missing == "caller" else handler
    wire.records = [each for each in wire.records if each.number not in lost.records]
    asked_hop, answered_hop = nest(tshark_layers(script, written(wire, tmp_path), "-2"))

    assert asked_hop.field("nest.response_in") == str(answered_hop.number)
    assert answered_hop.field("nest.request_in") == str(asked_hop.number)
    assert answered_hop.field("nest.route") == "sum"
    assert answered_hop.field("nest.time") == (
        "0.003100000" if missing == "caller" else "0.003300000"
    )


def test_each_of_several_handlers_answers_its_own_delivery(
    script: Path, tmp_path: Path
) -> None:
    wire = Wire()
    caller, *handlers = (opened(wire, 40_001 + index) for index in range(4))
    caller.send(CLIENT, pub("sum", asked("1"), "_INBOX.x"))
    for handler in handlers:
        handler.send(SERVER, msg("sum", "1", asked("1"), "_INBOX.x"))
    for handler in reversed(handlers):
        handler.send(CLIENT, pub("_INBOX.x", answered("1")))
    caller.send(SERVER, *[msg("_INBOX.x", "1", answered("1"))] * 3)
    hops = nest(tshark_layers(script, written(wire, tmp_path), "-2"))
    first = hops[0].number
    replies = [each for each in hops if each.field("nest.leg") == "reply"]

    assert [int(each.field("nest.request_in")) - first for each in replies] == [
        *(3, 2, 1),
        *(0, 0, 0),
    ]
    assert [int(each.field("nest.response_in")) - first for each in hops[:4]] == [
        *(7, 6, 5, 4)
    ]


def test_what_is_wrong_is_an_expert_item(script: Path, tmp_path: Path) -> None:
    wire = Wire()
    talk = opened(wire, 40_001)
    talk.send(CLIENT, pub("nope", asked("1", "nope"), "_INBOX.x"))
    ask = len(wire.records)
    talk.send(SERVER, nobody("_INBOX.x", "1"))
    talk.send(SERVER, b"-ERR 'Authorization Violation'\r\n")
    for bad in (b"PUB a b 1 2\r\n", b"PUB a x\r\n", b"HPUB a 9 1\r\nx\r\n"):
        talk.send(CLIENT, bad)
    talk.send(CLIENT, b"PUB a 3\r\nabcd\r\nPING\r\n")
    talk.send(SERVER, msg("_INBOX.none", "1", answered("9")))
    layers = tshark_layers(script, written(wire, tmp_path), "-2")
    wrong = {each.number - ask: each for each in layers if each.experts}
    arguments = "Wrong arguments, such as a subject with a space: the broker closes"

    assert {number: " ".join(each.experts) for number, each in wrong.items()} == {
        1: "Nobody has subscribed to the subject of the request",
        2: "The broker objects",
        **dict.fromkeys((3, 4, 5), f"{arguments} the connection"),
        6: "Not a control line of NATS",
        7: "A reply without its request",
    }
    assert wrong[1].field("nest.nats.status") == "503"
    assert wrong[1].field("nest.request_in") == str(ask)
    assert wrong[1].field("nest.route") == "nope"
    assert wrong[1].field("nest.time") == "0.000100000"
    assert wrong[2].field("nest.nats.error") == "'Authorization Violation'"
    assert [each.field("nest.nats.verb") for each in layers][-4:-2] == ["", "PING"]
    answers = [each.field("nest.response_in") for each in nest(layers)]
    assert answers == [str(ask + 1), ""]
