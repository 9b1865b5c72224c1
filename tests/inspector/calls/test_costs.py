from __future__ import annotations

from inspector.calls.costs import cost_of_taken, expected, plain_words
from inspector.calls.exchanges import Kind
from inspector.carriers.base import Cost, Taken
from tests.inspector.carriers.pigeons import pigeons
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, request


def test_a_message_takes_two_packets_and_an_event_one_however_many_it_took() -> None:
    wire = Wire()
    call = wire.connect().split(CLIENT, request("sum", "1"), 9).answer("1", 1)
    call.ask("sum", "2").ack(SERVER).emit("log", 1)
    exchanges = inspected(wire.records).exchanges

    assert [each.packets for each in exchanges] == [3, 1, 1]
    assert [expected(each) for each in exchanges] == [2, 2, 1]


def test_of_a_reply_without_its_request_nothing_is_expected() -> None:
    wire = Wire()
    wire.join().answer("1", 1)
    (orphan,) = inspected(wire.records).exchanges

    assert orphan.kind is Kind.ORPHAN
    assert expected(orphan) is None


def test_the_packets_of_an_exchange_have_the_words_of_its_carrier() -> None:
    assert plain_words("tcp", Kind.MESSAGE) == "request, reply"
    assert plain_words("tcp", Kind.EVENT) == "no reply, ever"
    assert plain_words("tcp", Kind.ORPHAN) == ""
    with pigeons():
        assert plain_words("pigeon", Kind.MESSAGE) == "ask, say"
    assert plain_words("pigeon", Kind.MESSAGE) == ""


def test_what_exchanges_take_follows_from_what_is_seen_of_them() -> None:
    verbs = "SUB", "UNSUB"

    assert cost_of_taken("nats", Taken("message", 4, verbs)) == Cost(
        5, "SUB+PUB, MSG, PUB, MSG, UNSUB"
    )
    assert cost_of_taken("nats", Taken("event", 2)) == Cost(2, "PUB, MSG")
    assert cost_of_taken("nobody", Taken("event", 2)) is None
