"""Whichever way packets take, what is told of them is the same."""

from __future__ import annotations

import random
import struct
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from benchmarks.generate_capture import generate, generate_objects, generate_other
from inspector.sources.files import read_capture
from inspector.sources.records import PacketRecord
from tests.inspector.captures import (
    CAPTURES,
    name_of,
    pcap_bytes,
    pcapng_bytes,
    pcapng_interface,
    pcapng_packet,
    pcapng_section,
)
from tests.inspector.scrambled import damage, scramble
from tests.inspector.traces import TRACES
from tests.inspector.traffic import Traffic, traffic
from tests.inspector.ways import WAYS, check_ways, read_by, read_ordinarily

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.conversation import Wire

_bounded = settings(max_examples=60, deadline=None)
_MILLISECOND = 1_000_000


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_all_captures_are_told_alike_by_all_ways(capture: Path) -> None:
    check_ways(capture)


@pytest.mark.parametrize("code", TRACES)
@pytest.mark.parametrize("which", ["triggers", "passes"])
def test_all_traces_are_told_alike_by_all_ways(code: str, which: str) -> None:
    wire: Wire = getattr(TRACES[code], which)()

    check_ways(pcap_bytes(wire.records))


def test_all_traces_at_once_are_told_alike_by_all_ways() -> None:
    records = [each for code in TRACES for each in TRACES[code].triggers().records]

    check_ways(pcap_bytes(records))


@_bounded
@given(traffic(loss=True))
def test_whatever_passes_is_told_alike_by_all_ways(made: Traffic) -> None:
    check_ways(pcap_bytes(made.wire.records))


@pytest.mark.parametrize("seed", range(6))
def test_disordered_conversations_are_told_alike_by_all_ways(seed: int) -> None:
    records = list(scramble(2_000 + seed, 20)[0].records)
    damage(records, seed, every=60)

    check_ways(pcap_bytes(records))


def _drop(records: list[PacketRecord], at: int) -> None:
    del records[at]


def _repeat(records: list[PacketRecord], at: int) -> None:
    records.insert(min(at + 7, len(records)), records[at])


def _swap(records: list[PacketRecord], at: int) -> None:
    records[at - 1], records[at] = records[at], records[at - 1]


def _damage(records: list[PacketRecord], at: int) -> None:
    old = records[at]
    data = bytearray(old.data)
    data[at % len(data)] ^= 1 << at % 8
    records[at] = PacketRecord(
        old.number, old.time_ns, old.link_type, bytes(data), old.length
    )


def _cut(records: list[PacketRecord], at: int) -> None:
    old = records[at]
    records[at] = PacketRecord(
        old.number, old.time_ns, old.link_type, old.data[:60], old.length
    )


def _delay(records: list[PacketRecord], at: int) -> None:
    for each in records[at:]:
        each.time_ns += 45 * _MILLISECOND


def _turn_back(records: list[PacketRecord], at: int) -> None:
    for each in records[at:]:
        each.time_ns -= 3_000 * _MILLISECOND


@pytest.mark.parametrize(
    "disturb",
    [_drop, _repeat, _swap, _damage, _cut, _delay, _turn_back],
    ids=lambda each: each.__name__[1:],
)
@pytest.mark.parametrize("write", [generate, generate_objects])
def test_one_unusual_packet_in_a_thousand_changes_no_more_than_it_does(
    tmp_path: Path,
    write: Callable[[Path, int], None],
    disturb: Callable[[list[PacketRecord], int], None],
) -> None:
    write(tmp_path / "plain.pcap", 2_000)
    records = list(read_capture(str(tmp_path / "plain.pcap")))
    rng = random.Random(disturb.__name__)  # noqa: S311 — the same every time
    for place in range(len(records) - 600, 0, -1_000):
        disturb(records, place + rng.randrange(500))

    check_ways(pcap_bytes(records, nanoseconds=False))


def test_traffic_that_is_not_nests_is_passed_over_by_all_ways(tmp_path: Path) -> None:
    generate_other(tmp_path / "other.pcap", 4_000)

    check_ways(tmp_path / "other.pcap")


class _Dribble(BytesIO):
    """A file that has some bytes now and more later, however many are wanted."""

    def __init__(self, data: bytes, seed: int) -> None:
        super().__init__(data)
        self._rng = random.Random(seed)  # noqa: S311 — the same pieces every time

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(self._rng.choice([1, 7, 16, 100, 3_000, size or -1]))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("way", WAYS)
def test_it_does_not_matter_in_which_blocks_a_capture_comes(
    tmp_path: Path, way: str, seed: int
) -> None:
    generate(tmp_path / "plain.pcap", 400)
    whole = (tmp_path / "plain.pcap").read_bytes()
    told = read_by(way, _Dribble(whole, seed), figures_only=True).told

    assert told == read_ordinarily(whole).told


def test_a_file_that_ends_in_a_record_is_told_up_to_there(tmp_path: Path) -> None:
    generate(tmp_path / "plain.pcap", 300)
    whole = (tmp_path / "plain.pcap").read_bytes()
    for size in (len(whole) - 1, len(whole) // 2, len(whole) // 3, 24 + 16, 24 + 17):
        check_ways(whole[:size])


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_is_told_alike_by_all_ways(capture: Path, order: str) -> None:
    check_ways(pcapng_bytes(read_capture(str(capture)), order=order))


@pytest.mark.parametrize(
    "options",
    [
        [],  # microseconds
        [(9, b"\x03")],
        [(9, b"\x8a")],  # 2^-10 s, of which no number of nanoseconds is whole
        [(14, struct.pack("<q", 3_600))],
        [(14, struct.pack("<q", -3_600))],
    ],
)
def test_whatever_the_ticks_pcapng_is_told_alike_by_all_ways(
    options: list[tuple[int, bytes]],
) -> None:
    records = list(read_capture(str(CAPTURES[0])))
    interface = pcapng_interface(options=options)
    packets = [
        pcapng_packet(each.data, 10_000_000 + each.number * 7) for each in records
    ]
    again = pcapng_packet(records[-1].data, 9, interface=1)  # which is not described
    for end in (b"", again, pcapng_section() + interface + packets[0]):
        check_ways(pcapng_section() + interface + b"".join(packets) + end)


def test_packets_of_two_interfaces_are_told_alike_by_all_ways() -> None:
    records = list(read_capture(str(CAPTURES[0])))
    packets = [
        pcapng_packet(each.data, each.time_ns // 1_000, interface=each.number % 2)
        for each in records
    ]
    interfaces = pcapng_interface() + pcapng_interface()

    check_ways(pcapng_section() + interfaces + b"".join(packets))


@pytest.mark.parametrize("order", ["<", ">"])
def test_files_that_were_joined_are_scanned_one_after_the_other(order: str) -> None:
    records = list(read_capture(str(CAPTURES[0])))
    whole = pcap_bytes(records, order=order)

    assert read_by("scanned", whole + pcap_bytes(records)) == read_ordinarily(
        whole + pcap_bytes(records)
    )
