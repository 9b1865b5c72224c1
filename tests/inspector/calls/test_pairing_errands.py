"""What a carrier does for an exchange is counted with it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from inspector import Exchange
from inspector.calls.costs import expected
from inspector.calls.reasons import reasons_of
from inspector.calls.seen import Upkeep
from inspector.calls.settling import MAX_REPLIES
from inspector.carriers.base import Errand, Unit
from inspector.listening import Tap
from inspector.pipeline import Pipeline
from tests.inspector.carriers.pigeons import confirmed, perch, pigeons
from tests.inspector.carriers.plugged import plugged
from tests.inspector.carriers.toy.pigeon_post import Pigeon, PigeonTalk
from tests.inspector.conversation import CLIENT, SERVER, Inspected, Wire, inspected

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from inspector.calls.observing import SightingItem
    from inspector.carriers.base import Concealment, Talk


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    with pigeons():
        yield


def _data(result: Inspected) -> list[tuple[int, int, int]]:
    rows = result.report.packet_rows.values()
    return [(row.packets, row.data, row.acks) for row in rows]


def test_until_it_is_over_an_exchange_takes_the_packets_of_its_errands() -> None:
    wire = Wire()
    confirmed(perch(wire))
    (call,) = (result := inspected(wire.records)).exchanges
    (line,) = result.lines

    assert (call.packets, call.ledger.packets, expected(call)) == (3, 3, 3)
    assert reasons_of(call) == []
    assert (line["packets"], line["errand_packets"]) == (3, [7])
    assert (line["request_packets"], line["reply_packets"]) == ([6], [8])
    assert result.summary["packets_per_message"] == {"3": 1}


def test_what_comes_later_is_counted_in_its_row_with_its_acks() -> None:
    wire = Wire()
    confirmed(perch(wire)).ack(SERVER)

    assert _data(inspected(wire.records)) == [(3, 4, 1)]


def test_the_parts_of_a_late_errand_bring_the_acks_that_they_had() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ask 7 sum [1,2]\n").send(SERVER, b"say 7 3\n")
    call.send(CLIENT, b"hea").ack(SERVER).send(CLIENT, b"rd 7\n").ack(SERVER)
    result = inspected(wire.records)
    ledger = result.exchanges[0].ledger

    assert _data(result) == [(2, 4, 2)]
    assert (ledger.packets, ledger.data_packets, ledger.acks) == (2, 4, 2)


def test_a_packet_with_a_reply_too_counts_once() -> None:
    for both in ((b"heard 7\nsay 7 3\n",), (b"heard 7\nsay", b" 7 3\n")):
        wire = Wire()
        call = perch(wire).send(CLIENT, b"ask 7 sum [1,2]\n")
        for data in both:
            call.send(SERVER, data)
        (call_seen,) = inspected(wire.records).exchanges

        assert call_seen.packets == 1 + len(both)
        assert call_seen.errands is not None
        assert call_seen.errands.packets == []
        assert not call_seen.shared
        assert "shared" not in reasons_of(call_seen)


def test_a_packet_with_a_unit_of_another_exchange_is_shared() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ask 7 sum 1\n").send(CLIENT, b"ask 8 sum 1\n")
    call.send(SERVER, b"heard 7\nsay 8 1\n").send(SERVER, b"say 7 1\n")
    exchanges = inspected(wire.records).exchanges

    assert [each.shared for each in exchanges] == [True, True]
    assert [each.packets for each in exchanges] == [3, 2]


def test_an_errand_in_several_packets_took_them_all() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ask 7 sum 1\n").send(SERVER, b"hea")
    call.send(SERVER, b"rd 7\n").send(SERVER, b"heard 7\n").send(SERVER, b"say 7 1\n")
    (seen,) = inspected(wire.records).exchanges

    assert seen.errands is not None
    assert [each.number for each in seen.errands.packets] == [7, 8, 9]
    assert seen.errands.verbs == ["heard", "heard"]
    assert (seen.packets, expected(seen), reasons_of(seen)) == (5, 4, ["split"])


def test_what_is_about_nothing_that_is_known_belongs_to_nothing() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"heard 1\n").send(CLIENT, b"ask 7 sum 1\n")
    call.send(SERVER, b"heard 8\n").send(SERVER, b"heard %d\n" % 10**400)
    perch(wire, "10.0.0.9:41000").send(CLIENT, b"heard 7\n")
    (seen,) = (result := inspected(wire.records)).exchanges

    assert (seen.packets, seen.errands) == (1, None)
    assert "errand_packets" not in result.lines[0]
    assert _data(result) == [(1, 1, 0)]


class _AboutTalk(PigeonTalk):
    about: tuple[Hashable, ...] = ()

    def _read(self, side: int, begin: int, line: bytes) -> Unit:
        unit = super()._read(side, begin, line)
        if isinstance(unit, Errand):
            unit.about = self.about
        return unit


class _About(Pigeon):
    def __init__(self, *about: Hashable) -> None:
        self._about = about

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:  # noqa: ARG002
        talk = _AboutTalk(conceal)
        talk.about = self._about
        return talk


@pytest.mark.parametrize(
    ("about", "packets"),
    [
        ((7, 8), [3, 3]),
        ((7.0, 9), [3, 2]),
        (("7", None, (7,), True, b"7", float("inf")), [2, 2]),
        ((8, 8), [2, 3]),
    ],
)
def test_one_may_be_about_several(
    about: tuple[Hashable, ...], packets: list[int]
) -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ask 7 sum 1\n").send(CLIENT, b"ask 8 sum 1\n")
    call.send(SERVER, b"heard 0\n").send(SERVER, b"say 7 1\n").send(
        SERVER, b"say 8 1\n"
    )
    with plugged(_About(*about)):
        result = inspected(wire.records)

    assert [each.packets for each in result.exchanges] == packets
    owned = 4 + (max(packets) > 2)
    assert sum(data for _, data, _ in _data(result)) == owned


def test_so_many_are_kept_of_one_exchange() -> None:
    wire = Wire()
    call = perch(wire).send(CLIENT, b"ask 7 sum 1\n")
    for _ in range(11):
        call.send(SERVER, b"heard 7\n" * 1_000)
    (seen,) = inspected(wire.records).exchanges

    assert seen.errands is not None
    assert len(seen.errands.verbs) == MAX_REPLIES
    assert len(seen.errands.packets) == 10


def test_the_row_of_the_report_has_the_words_of_what_it_took() -> None:
    wire = Wire()
    confirmed(confirmed(perch(wire)), 8)
    call = perch(wire, "10.0.0.9:41000").send(CLIENT, b"ask 1 sum 1\n")
    call.send(SERVER, b"say 1 1\n")
    result = inspected(wire.records)
    rows = {row.packets: row for row in result.report.packet_rows.values()}

    assert {row.packets: row.expected for row in rows.values()} == {
        3: {3: 2},
        2: {2: 1},
    }
    assert [rows[packets].as_expected for packets in (2, 3)] == [1, 2]
    assert (rows[3].words, rows[2].words) == ("ask, say, heard", "")


def test_it_is_a_word_of_filters_and_a_value_of_the_library() -> None:
    wire = Wire()
    confirmed(perch(wire)).send(CLIENT, b"tell log 1\n")
    call, told = map(Exchange, inspected(wire.records).exchanges)
    again = pickle.loads(pickle.dumps(call))  # noqa: S301 — our own

    assert (call.errand_packets, told.errand_packets) == ((7,), ())
    assert call.to_dict()["errand_packets"] == [7]
    assert "errand_packets" not in told.to_dict()
    assert again == call
    assert (again.errand_packets, again.packets) == ((7,), 3)


def test_who_listens_learns_which_exchange_it_is_for() -> None:
    heard: list[Upkeep] = []

    class Listener(Tap):
        def sightings(
            self, sightings: Iterator[SightingItem]
        ) -> Iterator[SightingItem]:
            for item in sightings:
                heard.extend([item] if isinstance(item, Upkeep) else [])
                yield item

    wire = Wire()
    confirmed(perch(wire)).send(CLIENT, b"heard 9\n")
    list(Pipeline(taps=[Listener()]).inspect(wire.records))

    assert [each.ledger and each.ledger.number for each in heard] == [
        *(None, None, 1, 1, None)
    ]
    assert [len(each.late) for each in heard] == [0, 0, 0, 1, 0]
