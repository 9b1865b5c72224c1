from __future__ import annotations

from inspector.page.hops import arrows
from tests.inspector.captures import ROOT
from tests.inspector.conversation import SERVER, Wire, inspected, response
from tests.inspector.page.pages import calls, made_of


def test_a_plain_call_needs_no_arrows_of_its_own() -> None:
    (exchange,) = inspected(calls(1).records).exchanges

    assert arrows(exchange, 0) == []


def test_replies_of_a_stream_are_arrows_and_of_many_the_first_and_the_last() -> None:
    wire = Wire()
    call = wire.connect().ask("many", "1")
    for number in range(40):
        call.send(SERVER, response("1", number, last=number == 39))
    (exchange,) = inspected(wire.records).exchanges

    found = arrows(exchange, exchange.time_ns)

    client, server = "10.0.0.1:40000", "10.0.0.2:8888"
    assert len(found) == 24
    assert found[0][:4] == [0, client, server, "request"]
    assert found[1][1:4] == [server, client, "reply 1 of 40"]
    assert found[-1][1:4] == [server, client, "reply 40 of 40"]
    assert found[-1][4] == [wire.records[-1].number]


def test_over_a_broker_each_hop_is_an_arrow_between_it_and_a_peer() -> None:
    made = made_of(ROOT / "captures" / "nats" / "nats-nest12.pcap")
    plain = next(
        each.exchange
        for each in made.gathered.exchanges()
        if each.exchange.kind == "message" and each.exchange.packets == 5
    )

    found = arrows(plain, made.report.first_ns or 0)

    ends = [
        (one.startswith("NATS "), other.startswith("NATS "))
        for _, one, other, *_ in found
    ]
    assert ends == [(False, True), (True, False), (False, True), (True, False)]
    assert found[0][1] == found[3][2]  # the caller
    assert [words.split()[0] for *_, words, _ in found] == ["request"] * 2 + [
        "reply"
    ] * 2
