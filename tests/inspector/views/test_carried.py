"""What a packet carried, in words."""

from __future__ import annotations

import pytest

from inspector.calls.seen import Upkeep
from inspector.carriers.base import Errand
from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.carried import carried_words, upkeep_words
from tests.inspector.carriers.pigeons import perch, pigeons
from tests.inspector.conversation import CLIENT, SERVER, Wire, event, request, response
from tests.inspector.directions import direction
from tests.inspector.over_nats import Broker, called


def described(wire: Wire) -> list[str]:
    journal = Journal()
    packets = journal.read(Pipeline(taps=[journal]).inspect(wire.records))
    return [
        "".join(word for word, _ in carried_words(packet))
        for packet in packets
        if packet.segment.payload
    ]


def test_requests_events_and_replies() -> None:
    wire = Wire()
    talk = wire.connect().ask({"cmd": "sum"}, "1").emit("log").answer("1", 6)

    assert described(wire) == [
        "request cmd:sum #1",
        "event log #2",
        "reply cmd:sum #1",
    ]
    assert talk.records


def test_several_of_a_kind_are_named_together() -> None:
    wire = Wire()
    talk = wire.connect()
    talk.send(CLIENT, *(request("echo", str(number)) for number in range(5)))
    talk.send(SERVER, *(response(str(number), 1) for number in range(5)))
    talk.ask("s", "9")
    talk.send(SERVER, response("9", 1, last=False))
    talk.send(SERVER, response("9", 2, last=False), response("9", 3))

    assert described(wire) == [
        "5 requests echo #1–#5  shared",
        "5 replies echo #1–#5  shared",
        "request s #6",
        "reply 1 of 3 s #6",
        "replies 2–3 of 3 s #6  shared",
    ]


def test_a_mixture_is_listed_and_a_large_one_counted() -> None:
    wire = Wire()
    talk = wire.connect().send(CLIENT, request("a", "1"), event("b"))
    talk.send(CLIENT, event("a"), event("b"), event("c"), request("d", "2"))

    assert described(wire) == [
        "request a #1, event b #2  shared",
        "3 events #3–#5, 1 request d #6  shared",
    ]


@pytest.mark.parametrize(("cut", "parts"), [((40,), 2), ((30, 60), 3)])
def test_parts_are_numbered(cut: tuple[int, ...], parts: int) -> None:
    wire = Wire()
    wire.connect().split(CLIENT, request("a", "1", "x" * 60), *cut)

    assert described(wire) == [
        f"request a #1  part {part} of {parts}" for part in range(1, parts + 1)
    ]


def test_what_is_no_frame_says_so() -> None:
    wire = Wire()
    wire.connect().emit("a").send(CLIENT, b"x#").emit("b").send(CLIENT, b'90#{"patt')

    assert described(wire) == [
        "event a #1",
        "corrupted length 'x'",
        "event b #2",
        "a piece of a frame that is not complete",
    ]


def test_what_a_carrier_does_besides_is_named_in_its_words() -> None:
    wire = Wire()
    talk = perch(wire).send(CLIENT, b"ask 7 sum 1\nheard 6\nping\n")
    talk.send(CLIENT, b"ping\nsmudge\n").send(CLIENT, b"pi").send(CLIENT, b"ng\n")
    talk.send(CLIENT, b"tell unfinished")

    with pigeons():
        assert described(wire) == [
            "pigeon",
            "perch",
            "request sum #1, heard 6, ping",
            "ping  it begins with 'smudge'",
            "ping",
            "ping",
            "a piece of a frame that is not complete",
        ]


def test_without_its_carrier_it_has_the_word_that_was_read() -> None:
    errand = Errand(side=0, begin=0, end=1, verb="\x07heard")
    upkeep = Upkeep(direction(), errand, [])

    assert upkeep_words(upkeep) == "\\u0007heard"
    upkeep.direction.connection.carrier = "nobody's"
    assert upkeep_words(upkeep) == "\\u0007heard"


def test_over_a_broker_units_have_the_words_of_its_carrier_in_their_order() -> None:
    broker = Broker()
    caller, worker = broker.peer(), broker.worker("sum", group="workers")
    called(caller, worker, value=3)
    refused = caller.ask("nope")
    caller.refused(refused).leave(refused).say(b"PING\r\n")

    assert described(broker.wire)[8:] == [
        "SUB sum",
        "SUB for #1, PUB request sum #1",
        "MSG request sum #1",
        "PUB reply sum #1",
        "MSG reply sum #1",
        "UNSUB for #1",
        "SUB for #2, PUB request nope #2",
        "503 no responders for #2",
        "UNSUB for #2",
        "PING",
    ]


def test_replies_that_do_not_count_say_so() -> None:
    broker = Broker()
    workers = [broker.worker("sum", whole=False) for _ in range(2)]
    caller = broker.peer(whole=False)
    asked = called(caller, *workers, value=3)
    body = workers[0].answer(asked, 4)
    caller.hear(caller.message(asked.inbox or "", body) * 2)

    assert described(broker.wire)[6:] == [
        "PUB reply sum #1",
        "MSG reply sum #1",
        "MSG reply (surplus) sum #1",
        "UNSUB for #1",
        "PUB reply (surplus) sum #1",
        "2 replies sum #1  shared",
    ]
