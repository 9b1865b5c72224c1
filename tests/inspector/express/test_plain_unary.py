"""Plain unary calls over gRPC are figures, as plain exchanges elsewhere are."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks.generate_grpc import generate
from inspector.sources.files import read_capture
from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.grpc.written import words
from tests.inspector.evidence import name_of
from tests.inspector.grpc_evidence import GRPC
from tests.inspector.stepped import BINARY, Stepped
from tests.inspector.ways import check_ways, counted, read_by, read_ordinarily

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.sources.records import PacketRecord


def _made(stepped: Stepped) -> int:
    """Return how many exchanges were made, and check that all ways say the same."""
    capture = pcap_bytes(stepped.wire.records)
    check_ways(capture)
    return counted(capture)["made"]


def test_a_plain_call_is_figures() -> None:
    stepped = Stepped(1, 0)
    stepped.call()  # whose header blocks are all of the table, and were not seen before
    before = _made(stepped)
    for _ in range(3):
        stepped.call()

    assert _made(stepped) == before


@pytest.mark.parametrize(
    ("said", "made"), [(BINARY, 1), (words('{"password":"hunter2"}'), 0)]
)
def test_a_message_that_a_finding_may_be_about_is_looked_at(
    said: bytes, made: int
) -> None:
    """By numbers no field is a password's, though a word of a text may be one."""
    stepped = Stepped(1, 0)
    stepped.call()
    before = _made(stepped)
    stepped.said = said
    stepped.call()
    found = read_ordinarily(pcap_bytes(stepped.wire.records)).told.findings

    assert _made(stepped) - before >= made
    assert sum(b"bloated-payload" in each for each in found) == 2 * made
    assert not any(b'"credentials"' in each for each in found)


def test_nearly_all_of_an_ordinary_capture_is_figures(tmp_path: Path) -> None:
    generate(tmp_path / "plain.pcap", 1_000, 1)
    found = counted(tmp_path / "plain.pcap")

    assert found["all"] == 1_000
    assert found["made"] < 100  # the first of each pattern, and the slow ones


@pytest.mark.parametrize("capture", GRPC, ids=name_of)
def test_what_real_peers_said_is_told_alike_by_all_ways(capture: Path) -> None:
    ordinary = read_ordinarily(capture).told
    for way in ("records", "scanned"):
        assert read_by(way, capture, figures_only=True).told == ordinary


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1 << 20), st.sampled_from([0, 10, 60]))
def test_whatever_passes_is_told_alike_by_all_ways(seed: int, trouble: int) -> None:
    check_ways(pcap_bytes(Stepped(seed, trouble).go_on(40).records))


def test_from_whatever_record_on_a_capture_is_told_alike() -> None:
    records = Stepped(3, 10).go_on(30).records
    rng = random.Random("grpc")  # noqa: S311 — the same every time
    for begin in rng.sample(range(len(records)), 4):
        check_ways(pcap_bytes(records[begin:]))


def test_one_unusual_packet_in_a_hundred_changes_no_more_than_it_does(
    tmp_path: Path,
) -> None:
    records = _generated(tmp_path)
    rng = random.Random(5)  # noqa: S311 — the same every time
    for number, place in enumerate(range(len(records) - 100, 0, -100)):
        at = place + rng.randrange(80)
        if number % 3 == 0:
            del records[at]
        elif number % 3 == 1:
            records.insert(at + 7, records[at])
        else:
            records[at - 1], records[at] = records[at], records[at - 1]

    check_ways(pcap_bytes(records, nanoseconds=False))


def test_damage_is_told_alike_by_all_ways(tmp_path: Path) -> None:
    records = _generated(tmp_path)
    rng = random.Random(7)  # noqa: S311 — the same every time
    for at in rng.sample(range(len(records)), 15):
        data = bytearray(records[at].data)
        data[rng.randrange(54, len(data)) if len(data) > 54 else -1] ^= 0x11
        records[at] = replace(records[at], data=bytes(data))

    check_ways(pcap_bytes(records, nanoseconds=False))


def _generated(folder: Path) -> list[PacketRecord]:
    generate(folder / "plain.pcap", 150, 2)
    return list(read_capture(str(folder / "plain.pcap")))
