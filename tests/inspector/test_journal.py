"""What every packet carried: held against what a conversation remembers it sent."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from inspector.journal import MAX_HELD, CapturedPacket, Journal
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from inspector.streams.packets import PacketKind
from tests.inspector.captures import CAPTURES, name_of
from tests.inspector.carriers.pigeons import flight, perch, pigeons
from tests.inspector.conversation import CLIENT, SERVER, Wire, request, response
from tests.inspector.over_nats import Broker, Passing, body_of, called, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from inspector.calls.exchanges import Exchange
    from inspector.figures.report import Report
    from inspector.sources.records import PacketRecord


def journal_of(
    records: Iterable[PacketRecord],
    where: Callable[[Exchange], bool] | None = None,
    most_held: int = MAX_HELD,
) -> tuple[list[CapturedPacket], Report]:
    journal = Journal(selective=where is not None, most_held=most_held)
    inspection = Pipeline(Options(where=where), taps=[journal])
    packets = list(journal.read(inspection.inspect(records)))
    return packets, inspection.report()


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_packet_of_the_nest_connections_is_told_once_and_counted_alike(
    capture: Path,
) -> None:
    packets, report = journal_of(read_capture(str(capture)))
    kinds = Counter(packet.kind for packet in packets)
    numbers = [packet.number for packet in packets]

    assert numbers == sorted(set(numbers))
    assert len(numbers) == report.counts.packets
    assert kinds[PacketKind.DATA] == report.counts.data_packets
    assert kinds[PacketKind.ACK] == report.counts.pure_acks
    assert kinds[PacketKind.CONTROL] == report.counts.control


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_the_packets_of_an_exchange_are_those_that_carried_its_frames(
    capture: Path,
) -> None:
    packets, _ = journal_of(read_capture(str(capture)))
    carried: dict[int, set[int]] = {}
    exchanges: dict[int, Exchange] = {}
    for packet in packets:
        for share in packet.shares:
            exchange = share.frame.exchange
            assert exchange is not None
            exchanges[exchange.number] = exchange
            carried.setdefault(exchange.number, set()).add(packet.number)
    for number, exchange in exchanges.items():
        records = [*exchange.request_packets, *exchange.reply_packets]
        assert carried[number] == {record.number for record in records}


def test_parts_replies_and_acknowledgements() -> None:
    wire = Wire()
    talk = wire.connect().ask("stream", "1")
    talk.split(SERVER, response("1", "x" * 90, last=False), 40, 80)
    talk.send(SERVER, response("1", 2, last=False), response("1", 3)).ack(
        CLIENT
    ).close()
    packets, _ = journal_of(wire.records)
    shown = [
        [(s.frame.kind, s.frame.reply, s.part, s.parts) for s in packet.shares]
        for packet in packets
        if packet.kind is PacketKind.DATA
    ]

    assert shown == [
        [("request", 0, 1, 1)],
        [("reply", 1, 1, 3)],
        [("reply", 1, 2, 3)],
        [("reply", 1, 3, 3)],
        [("reply", 2, 1, 1), ("reply", 3, 1, 1)],
    ]
    answers = [packet.answers for packet in packets if packet.answers is not None]
    assert [packet.number for packet in answers] == [8]


def test_what_is_no_data_is_told_as_what_it_is() -> None:
    wire = Wire()
    talk = wire.connect().ask("a", "1").answer("1", 1)
    wire.wait(10**9)
    talk.resend(4).keep_alive(CLIENT).reset(SERVER)
    kinds = [packet.kind for packet in journal_of(wire.records)[0]]

    assert kinds[-3:] == [
        PacketKind.RETRANSMISSION,
        PacketKind.KEEP_ALIVE,
        PacketKind.CONTROL,
    ]


def test_gaps_anomalies_and_findings_stand_at_their_packets() -> None:
    wire = Wire()
    talk = wire.connect().ask("a", "1").answer("1", 1)
    talk.send(CLIENT, request("lost", "2"), captured=False)
    talk.send(SERVER, response("2", 2)).ask("b", "3")
    talk.send(CLIENT, b"x#").answer("3", 1)
    packets = {packet.number: packet for packet in journal_of(wire.records)[0]}

    assert packets[7].gap > 0
    assert [each.reason for each in packets[8].anomalies] == ["corrupted length 'x'"]
    codes = {f.code for packet in packets.values() for f in packet.findings}
    assert {"corrupted-length", "orphan-reply", "capture-gap"} <= codes


def test_only_packets_of_chosen_exchanges_are_told_when_some_are_chosen() -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(40):
        talk.ask("a" if number % 20 else "b", str(number)).answer(str(number))
    packets, _ = journal_of(
        wire.records, lambda exchange: exchange.route == "b", most_held=8
    )

    assert [packet.number for packet in packets] == [4, 5, 44, 45]


def test_a_call_that_never_ends_holds_back_no_more_than_the_limit() -> None:
    wire = Wire()
    talk = wire.connect().ask("never", "0")
    for number in range(1, 40):
        talk.ask("a", str(number)).answer(str(number))
    journal = Journal(most_held=8)
    inspection = Pipeline(taps=[journal])
    records = iter(wire.records)
    told = (each.number for each in journal.read(inspection.inspect(records)))
    first = next(told)
    left = [record.number for record in records]

    assert first == 1
    assert left[0] < 20 < left[-1]


def test_a_packet_with_an_errand_does_not_wait_for_the_end() -> None:
    wire = flight()
    journal = Journal()
    with pigeons():
        items = Pipeline(taps=[journal]).inspect(iter(wire.records))
        released = journal.read(items)
        told = [next(released).number for _ in range(8)]

        assert told == list(range(1, 9))
        assert not journal._by_number.keys() & set(told)  # noqa: SLF001
        assert [each.number for each in released] == list(range(9, 13))


def test_a_connection_that_only_greets_is_one_of_its_carrier() -> None:
    wire = Wire()
    perch(wire)
    with pigeons():
        packets, report = journal_of(wire.records)

    assert len(packets) == report.counts.packets == 5


def _refuse(wire: Wire, port: int, client: str = "10.0.0.1") -> None:
    attempt = wire.join(client=f"{client}:{port}", server="10.0.0.2:9")
    attempt.segment(CLIENT, flags="S", seq=1_000).segment(SERVER, flags="RA", seq=0)


def test_of_refused_connections_all_are_told_whose_client_speaks_nest() -> None:
    wire, journal = Wire(), Journal(most_held=10)
    _refuse(wire, 1)
    talk = wire.connect(server="10.0.0.3:8888").ask("never", "1")
    for number in range(20):
        talk.emit("log", number)
        _refuse(wire, 2 + number)
        _refuse(wire, 2 + number, client="10.0.0.9")
    items = Pipeline(taps=[journal]).inspect(wire.records)
    told = Counter(
        packet.connection.client_endpoint.port
        for packet in journal.read(items)
        if packet.connection is not None and not packet.connection.carrier
    )

    assert told == dict.fromkeys(range(1, 22), 2)


def test_errands_of_chosen_exchanges_are_told_and_no_others() -> None:
    broker = Broker()
    worker, caller = broker.worker("a", "b", whole=False), broker.peer(whole=False)
    for number in range(40):
        called(caller, worker, pattern="a" if number % 20 else "b", value=1)
    packets, _ = journal_of(
        broker.wire.records, lambda exchange: exchange.route == "b", most_held=8
    )

    assert [packet.number for packet in packets] == [
        2,
        3,
        4,
        5,
        6,
        102,
        103,
        104,
        105,
        106,
    ]
    words = [upkeep.unit.verb for packet in packets for upkeep in packet.upkeep]
    assert words == ["SUB", "UNSUB"] * 2


def test_a_hop_says_which_way_it_goes() -> None:
    broker = Broker()
    worker, caller = broker.worker("a", whole=False), broker.peer(whole=False)
    called(caller, worker, pattern="a", value=1)
    broker.wire.connect().ask("b", "1")
    packets, _ = journal_of(broker.wire.records)
    frames = [share.frame for packet in packets for share in packet.shares]

    assert [frame.way for frame in frames] == ["in", "out", "in", "out", None]
    assert [frame.hop is not None for frame in frames] == [True] * 4 + [False]


def test_an_errand_waits_until_it_is_known_whether_its_exchange_is_chosen() -> None:
    broker = Broker()
    worker, caller = broker.worker("a", "b", whole=False), broker.peer(whole=False)
    inbox = "_INBOX." + "B" * 22
    asked = Passing("b", body_of(request("b", "id-of-the-one")), "id-of-the-one", inbox)
    caller.say(caller.sub(inbox)).say(publish("b", asked.body, inbox))
    called(caller, worker, pattern="b", value=1)
    worker.take(asked)
    caller.get(asked, worker.answer(asked, 1)).leave(asked)
    packets, _ = journal_of(broker.wire.records, lambda exchange: exchange.route == "b")

    assert [packet.number for packet in packets] == list(range(2, 13))
