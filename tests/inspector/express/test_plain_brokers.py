"""Plain exchanges over all brokers are figures, as those over NATS are."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks import (
    generate_kafka,
    generate_mqtt,
    generate_rabbitmq,
    generate_redis,
)
from inspector.figures.chaining import TRIES, UNSUCCESSFUL
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.exchanged import CARRIED, Exchanged
from tests.inspector.ways import check_ways, counted, read_by, read_ordinarily

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inspector.sources.records import PacketRecord

_GENERATORS: dict[str, Callable[..., None]] = {
    "kafka": generate_kafka.generate,
    "mqtt": generate_mqtt.generate,
    "rabbitmq": generate_rabbitmq.generate,
    "redis": generate_redis.generate,
}
_CAPTURES = sorted(
    path
    for carrier in ("kafka", "mqtt", "nats", "rabbitmq", "redis")
    for path in (ROOT / "captures" / carrier).glob("*.pcap*")
)
_bounded = settings(max_examples=15, deadline=None)
carriers = pytest.mark.parametrize("carrier", CARRIED)
generators = pytest.mark.parametrize("carrier", _GENERATORS)


def _made(exchanged: Exchanged) -> int:
    """Return how many exchanges were made, and check that all ways say the same."""
    capture = pcap_bytes(exchanged.wire.records)
    check_ways(capture)
    return counted(capture)["made"]


@carriers
def test_a_plain_call_and_a_plain_event_are_figures(carrier: str) -> None:
    exchanged = Exchanged(CARRIED[carrier](), 1, 0)
    exchanged.call()
    if carrier == "kafka":  # whose first commit is of others, too, that another had
        exchanged.event()
    before = _made(exchanged)
    exchanged.call()
    exchanged.event()
    exchanged.call()

    assert _made(exchanged) == before


@generators
def test_nearly_all_of_an_ordinary_capture_is_figures(
    carrier: str, tmp_path: Path
) -> None:
    _GENERATORS[carrier](tmp_path / "plain.pcap", 6_000, 1)
    found = counted(tmp_path / "plain.pcap")

    assert found["all"] == 6_000
    assert found["made"] < 2_400  # the first of each pattern, and the slow ones


def test_chains_that_are_sought_in_vain_make_exchanges_of_the_beginning_alone(
    tmp_path: Path,
) -> None:
    capture = tmp_path / "plain.pcap"
    _GENERATORS["rabbitmq"](capture, 12_000, 1)
    sought, plain = (counted(capture, tries)["made"] for tries in (TRIES, 0))

    assert 0 < sought - plain < 2 * UNSUCCESSFUL


@pytest.mark.parametrize("capture", _CAPTURES, ids=lambda path: path.name)
def test_what_real_peers_said_is_told_alike_by_all_ways(capture: Path) -> None:
    ordinary = read_ordinarily(capture).told
    for way in ("records", "scanned"):
        assert read_by(way, capture, figures_only=True).told == ordinary


@carriers
@_bounded
@given(st.integers(0, 1 << 20), st.sampled_from([0, 10, 100]))
def test_whatever_passes_is_told_alike_by_all_ways(
    carrier: str, seed: int, trouble: int
) -> None:
    exchanged = Exchanged(CARRIED[carrier](), seed, trouble)
    check_ways(pcap_bytes(exchanged.go_on(80).records))


@carriers
def test_from_whatever_record_on_a_capture_is_told_alike(carrier: str) -> None:
    records = Exchanged(CARRIED[carrier](), 3, 10).go_on(60).records
    rng = random.Random(carrier)  # noqa: S311 — the same every time
    for begin in rng.sample(range(len(records)), 20):
        check_ways(pcap_bytes(records[begin:]))


@generators
def test_one_unusual_packet_in_a_thousand_changes_no_more_than_it_does(
    carrier: str, tmp_path: Path
) -> None:
    records = _generated(carrier, tmp_path)
    rng = random.Random(5)  # noqa: S311 — the same every time
    for number, place in enumerate(range(len(records) - 600, 0, -1_000)):
        at = place + rng.randrange(500)
        if number % 3 == 0:
            del records[at]
        elif number % 3 == 1:
            records.insert(at + 7, records[at])
        else:
            records[at - 1], records[at] = records[at], records[at - 1]

    check_ways(pcap_bytes(records, nanoseconds=False))


@generators
def test_damage_is_told_alike_by_all_ways(carrier: str, tmp_path: Path) -> None:
    records = _generated(carrier, tmp_path, 500)
    rng = random.Random(7)  # noqa: S311 — the same every time
    for at in rng.sample(range(len(records)), 20):
        data = bytearray(records[at].data)
        data[rng.randrange(54, len(data)) if len(data) > 54 else -1] ^= 0x11
        records[at] = replace(records[at], data=bytes(data))

    check_ways(pcap_bytes(records, nanoseconds=False))


def _generated(carrier: str, folder: Path, count: int = 1_500) -> list[PacketRecord]:
    _GENERATORS[carrier](folder / "plain.pcap", count, 2)
    return list(read_capture(str(folder / "plain.pcap")))
