"""A connection to a broker is Nest's once a packet of Nest has passed on it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.calls.observing import MAX_WITHHELD
from inspector.calls.seen import Anomaly, Recognised, Sighting, Upkeep
from inspector.carriers.base import Errand, Idle
from inspector.journal import Journal
from inspector.listening import Tap
from inspector.pipeline import Options, Pipeline
from inspector.streams.items import Closed, Gap
from tests.inspector.carriers.pigeons import PORT, perch
from tests.inspector.carriers.plugged import plugged
from tests.inspector.carriers.toy.pigeon_post import Pigeon, PigeonTalk
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.observing import SightingItem
    from inspector.carriers.base import Concealment, Express, Talk, Unit
    from inspector.sources.records import PacketRecord


class Loft(Pigeon):
    """Pigeons that a broker keeps."""

    brokered = True


@pytest.fixture(autouse=True)
def lofts() -> Iterator[None]:
    with plugged(Loft()):
        yield


class _Listener(Tap):
    def __init__(self) -> None:
        self.heard: list[SightingItem] = []

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        for item in sightings:
            self.heard.append(item)
            yield item


def _heard(records: list[PacketRecord]) -> list[SightingItem]:
    tap = _Listener()
    list(Pipeline(taps=[tap]).inspect(records))
    return tap.heard


def _types(items: list[SightingItem]) -> list[str]:
    return [
        type(each).__name__
        for each in items
        if isinstance(each, Sighting | Upkeep | Anomaly | Recognised | Closed | Gap)
    ]


def test_it_is_recognised_with_the_first_packet_of_nest() -> None:
    wire = Wire()
    perch(wire).send(CLIENT, b"ping\n").send(CLIENT, b"ask 7 sum [1,2]\n").close()

    assert _types(_heard(wire.records)) == [
        *("Upkeep", "Upkeep", "Upkeep", "Recognised", "Sighting", "Closed")
    ]


def test_without_one_it_is_another_connection() -> None:
    wire = Wire()
    perch(wire).send(CLIENT, b"ping\nsmudge\n").send(SERVER, b"ping\n").close()
    result = inspected(wire.records)

    assert _types(_heard(wire.records)) == ["Upkeep"] * 4
    assert (result.report.connections, result.report.other_connections) == (0, 1)
    assert (result.summary["carriers"], result.report.units) == ({}, {})
    assert result.findings == []


def test_its_trouble_is_withheld_until_then_and_told_in_its_order() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"smudge 1\n").send(CLIENT, b"smudge 2\nping\n")
    call.send(SERVER, b"smudge 3\n").send(CLIENT, b"smudge 4\nask 7 sum 1\nsmudge 5\n")
    heard = [each for each in _heard(wire.records) if not isinstance(each, Upkeep)]

    assert [type(each).__name__ for each in heard[:1]] == ["Recognised"]
    assert [each.record.number for each in heard if isinstance(each, Anomaly)] == [
        *(6, 7, 8, 9, 9)
    ]
    assert [type(each).__name__ for each in heard[-4:-2]] == ["Sighting", "Anomaly"]


def test_no_more_than_some_of_it_is_withheld() -> None:
    wire = Wire()
    call = perch(wire)
    for _ in range(MAX_WITHHELD + 1):
        call.send(CLIENT, b"smudge\n")
    call.send(CLIENT, b"ask 7 sum 1\nsmudge\n")

    assert _types(_heard(wire.records)).count("Anomaly") == MAX_WITHHELD + 1


def test_what_the_capture_lacks_before_counts_then_and_at_once_after() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"lost 1\n").send(CLIENT, b"tell log")
    call.send(CLIENT, b"lost 02\n").send(CLIENT, b"tell log 1\n")
    call.send(CLIENT, b"lost 003\n").send(CLIENT, b"tell log 2\n")
    records = [each for each in wire.records if each.number not in {6, 8, 10}]
    gaps = [each.size for each in _heard(records) if isinstance(each, Gap)]

    assert gaps == [15, 9]
    assert inspected(records).report.gap_bytes == 24


@pytest.mark.parametrize("asked", [True, False])
def test_the_journal_shows_it_whole_or_not_at_all(*, asked: bool) -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ping\nsmudge 1\n").send(SERVER, b"ping\n")
    if asked:
        call.send(CLIENT, b"ask 7 sum 1\n").send(SERVER, b"say 7 1\n")
    wire.connect().ask("sum", "1").answer("1", 1)
    journal = Journal()
    packets = list(journal.read(Pipeline(taps=[journal]).inspect(wire.records)))
    own = [each for each in packets if each.connection and each.connection.number == 1]

    assert len(own) == (len(wire.records) - 5 if asked else 0)
    assert sum(len(each.upkeep) for each in own) == (4 if asked else 0)
    assert sum(len(each.anomalies) for each in own) == asked


def test_a_connection_that_is_joined_is_nests_with_a_packet_that_is_found() -> None:
    wire = Wire()
    late = wire.join(client="10.0.0.1:41000", server=f"10.0.0.2:{PORT}")
    late.send(CLIENT, b'e"}\n').send(CLIENT, b"ask 7 sum 1\n").send(
        SERVER, b"say 7 1\n"
    )
    result = inspected(wire.records)

    assert [each.carrier for each in result.exchanges] == ["pigeon"]
    assert result.summary["carriers"]["pigeon"]["transfers"] == 2
    assert _types(_heard(wire.records))[:2] == ["Recognised", "Sighting"]


@pytest.mark.parametrize(("line", "unread"), [(b"ping\n", 0), (b"tell log 1\n", 2)])
def test_bytes_that_nothing_was_read_of_count_once_it_is_nests(
    line: bytes, unread: int
) -> None:
    wire, pipeline, counted = Wire(), Pipeline(), list[int]()
    call = perch(wire).send(CLIENT, b"ab").send(CLIENT, b"lost\n")
    call.send(CLIENT, line).ack(SERVER)

    def passing() -> Iterator[PacketRecord]:
        yield from (each for each in wire.records if each.number != 7)
        counted.append(pipeline.report().unread_bytes)

    list(pipeline.inspect(passing()))

    assert [*counted, pipeline.report().unread_bytes] == [unread, unread]


class _Idler(PigeonTalk):
    def express(self, side: int) -> Express | None:
        raise AssertionError(side)


class _IdleLoft(Loft):
    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        return _Idler(conceal)


def test_no_packet_takes_the_express_way_which_says_too_little_of_it() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ping\n").send(CLIENT, b"tell log 1\n")
    call.send(CLIENT, b"tell log 2\n")
    with plugged(_IdleLoft()), warnings.catch_warnings():
        warnings.simplefilter("error")

        assert len(inspected(wire.records).exchanges) == 2


class Listeners(Loft):
    """Pigeons that say by their pings where replies are to go."""

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        """Return a talk whose pings are errands."""
        del whole
        return _ListenerTalk(conceal)


class _ListenerTalk(PigeonTalk):
    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        """Return errands for pings."""
        units = super().receive(side, data, time_ns)
        return [_listening(each) if _is_ping(each) else each for each in units]


def _is_ping(unit: Unit) -> bool:
    return isinstance(unit, Idle) and unit.text == b"ping\n"


def _listening(unit: Unit) -> Errand:
    return Errand(
        side=unit.side,
        begin=unit.begin,
        end=unit.end,
        verb="listen",
        channels=("a.reply",),
        opens=True,
    )


def test_who_listens_where_replies_go_is_nests() -> None:
    with plugged(Listeners()):
        wire = Wire()
        perch(wire).send(CLIENT, b"ping\n").close()
        heard = _types(_heard(wire.records))

    assert heard == ["Upkeep", "Upkeep", "Recognised", "Upkeep", "Closed"]


@pytest.mark.parametrize("first", [True, False])
def test_a_broker_is_foreign_on_a_port_of_something_else(*, first: bool) -> None:
    wire = Wire()
    if first:
        perch(wire).close()
    call = wire.connect(client="10.0.0.1:41001", server=f"10.0.0.2:{PORT}")
    call.ask("sum", "1").answer("1", 1).close()
    if not first:
        perch(wire, "10.0.0.1:41002").close()
    result = inspected(wire.records)

    assert result.codes == ["foreign-protocol"]
    assert result.report.foreign == {f"Pigeon on :{PORT}": 1}


@pytest.mark.parametrize("first", [True, False])
def test_it_is_not_foreign_where_others_speak_it_with_nest(*, first: bool) -> None:
    wire = Wire()
    if first:
        perch(wire).close()
    perch(wire, "10.0.0.1:41001").send(CLIENT, b"ask 7 sum 1\n").close()
    if not first:
        perch(wire, "10.0.0.1:41002").close()

    assert "foreign-protocol" not in inspected(wire.records).codes


def test_one_that_is_said_to_be_a_brokers_may_be_joined_in_its_middle() -> None:
    wire = Wire()
    call = wire.join(client="10.0.0.1:41000", server=f"10.0.0.2:{PORT}")
    call.send(CLIENT, b"half").send(CLIENT, b" a line\nask 7 sum 1\n")
    pipeline = Pipeline(Options(carriers={PORT: "pigeon"}))
    found = [
        each for each in pipeline.inspect(wire.records) if isinstance(each, Exchange)
    ]

    assert [each.route for each in found if each.route] == ["sum"]
