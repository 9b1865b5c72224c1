"""Connections that hosts see with other addresses, and what only resembles them."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from benchmarks.generate_fleet import Shape, generate
from inspector.fleet.crews import Crew, processes
from inspector.fleet.saving import encoded
from inspector.fleet.sightings import possible_pairs
from inspector.fleet.trails import Trail
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT
from tests.inspector.fleets import (
    calls,
    calls_in,
    interrupting,
    moved,
    packets,
    ran,
    rows_in,
)
from tests.inspector.translated import (
    TRANSLATED,
    in_order,
    in_vxlan,
    sources,
    talk,
    translated,
)

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.fleet.report import FleetReport
    from inspector.sources.records import PacketRecord

_NATS = ROOT / "captures" / "nats" / "nats-queue-nest12.pcap"
_BROKER = 44_729
_SECOND_NS = 1_000_000_000
_SHAPE = Shape(hosts=4, exchanges=400, shared=0.7, translated=12, seconds=4, seed=2)


def _report(folder: Path, *captures: list[PacketRecord]) -> FleetReport:
    names = sources(folder, *captures)
    return ran(folder / "work", names).report


def test_what_hosts_see_with_other_addresses_counts_once(tmp_path: Path) -> None:
    truth = generate(tmp_path / "fleet", _SHAPE)
    whole = [tmp_path / "fleet" / "sources.toml"]
    written = tmp_path / "rows"
    report = ran(tmp_path / "one", whole, rows=written).report
    two = Crew(lambda: processes(2))
    other = ran(tmp_path / "two", whole, two, keep=True)
    resumed = ran(tmp_path / "two", whole, keep=True)

    assert calls(report) == Counter(truth.calls)  # with the addresses of the clients
    assert calls_in(rows_in(written)) == Counter(truth.calls)
    assert packets(report) == truth.packets
    assert report.readdressed == truth.translated == 12
    rows = [row for view in report.views for row in view.rows]
    assert not any(row.unanswered or row.errors for row in rows)
    shared = {
        (each.seen_as, each.end.startswith("10.1.")) for each in report.translated
    }
    assert ("192.0.2.1", True) in shared  # clients that share an address
    assert any(each.end.startswith("10.96.") for each in report.translated)
    # Clocks are aligned by packets with different addresses.
    for each in report.shared:
        (ahead, _), (leading, _) = truth.clocks[each.source], truth.clocks[each.leading]
        assert abs(each.offset_ns - (ahead - leading)) < 5_000_000
    assert encoded(other.report) == encoded(resumed.report) == encoded(report)


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (slice(None), slice(None)),
        (slice(0, 20), slice(8, None)),
        (slice(9, -4), slice(4, 19)),
    ],
    ids=["whole", "parts", "the middle"],
)
@pytest.mark.parametrize("hosts", [1, 2])
def test_two_views_are_one_connection(
    tmp_path: Path, near: slice, far: slice, hosts: int
) -> None:
    own = talk()
    other = translated(own, later_ns=20_000)
    parts = [own[near], other[far]] if hosts > 1 else [in_order(own[near], other[far])]
    report = _report(tmp_path, *parts)

    both = {each.number for each in (*own[near], *other[far])}
    asked = {number for number in range(4, 28, 4) if {number, number + 2} <= both}
    assert calls(report) == {("10.1.0.1", "10.96.0.1", "sum"): len(asked)}
    # On one host, what is captured twice is a copy, unless both handshakes tell.
    copies = sum(e.packets.get("copies", 0) for v in report.views for e in v.scopes)
    assert packets(report) - copies == len(both)
    ends = {(each.end, each.seen_as) for each in report.translated}
    assert ends in (
        set(),
        {("10.1.0.1", "192.0.2.1"), ("10.96.0.1:80", "10.244.1.7:8888")},
    )


def test_a_node_that_has_both_addresses_and_a_pod_that_has_one(tmp_path: Path) -> None:
    own = talk()
    other = translated(own, later_ns=20_000)
    pod = translated(own, later_ns=60_000)
    report = _report(tmp_path, in_order(own, other), pod)

    assert calls(report) == {("10.1.0.1", "10.96.0.1", "sum"): 6}
    copies = sum(e.packets.get("copies", 0) for v in report.views for e in v.scopes)
    assert packets(report) - copies == len(own)


def test_a_proxy_has_a_connection_of_its_own(tmp_path: Path) -> None:
    near = talk()
    far = translated(
        talk(isns=(7_001, 91_000)), later_ns=20_000
    )  # with the same frames
    report = _report(tmp_path, near, far)

    assert calls(report).total() == 12
    assert report.readdressed == 0


def test_equal_numbers_with_other_bytes_are_no_sign(tmp_path: Path) -> None:
    far = translated(talk(text="none"), later_ns=20_000)
    report = _report(tmp_path, talk(), far)

    assert calls(report).total() == 12
    assert report.readdressed == 0


def test_ports_that_are_used_again_are_other_connections(tmp_path: Path) -> None:
    first, second = talk(), talk(isns=(1 << 31, 1 << 30), text="later")
    for each in second:
        each.time_ns += 60 * _SECOND_NS
    again = {**TRANSLATED, "10.96.0.1:80": "10.244.1.8:8888"}
    far = [*translated(first, again), *translated(second)]
    report = _report(tmp_path, [*first, *second], far)

    assert calls(report) == {("10.1.0.1", "10.96.0.1", "sum"): 12}
    ends = {each.seen_as: each.connections for each in report.translated}
    assert ends == {"10.244.1.7:8888": 1, "10.244.1.8:8888": 1, "192.0.2.1": 2}


@pytest.mark.parametrize("hosts", [1, 2])
def test_inside_and_outside_of_an_overlay_is_one(tmp_path: Path, hosts: int) -> None:
    own = talk()
    parts = [own, in_vxlan(own)] if hosts > 1 else [in_order(own, in_vxlan(own))]
    report = _report(tmp_path, *parts)

    assert calls(report) == {("10.1.0.1", "10.96.0.1", "sum"): 6}
    translated_too = translated(own)
    report = _report(tmp_path / "more", own, in_vxlan(translated_too))
    assert calls(report) == {("10.1.0.1", "10.96.0.1", "sum"): 6}


def test_a_broker_with_two_addresses_is_one(tmp_path: Path) -> None:
    records = list(read_capture(str(_NATS)))
    ports = sorted({int.from_bytes(each.data[34:36], "big") for each in records})
    hosts = {port: bytes([10, 9, 0, number]) for number, port in enumerate(ports, 1)}
    for record in records:
        record.data = moved(record, hosts)
    broker = hosts[_BROKER]
    end = f"{'.'.join(map(str, broker))}:{_BROKER}"
    # Each peer knows the address of a service, the broker captures its own.
    peers = translated(records, {end: "10.96.0.9:4222"}, later_ns=-20_000)
    whole = ran(tmp_path / "whole", sources(tmp_path / "1", records)).report
    report = ran(tmp_path / "work", sources(tmp_path / "2", peers, records)).report

    def counted(of: FleetReport) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for view in of.views:
            for row in view.rows:
                found[row.route, row.kind] += row.count
        return found

    assert counted(report) == counted(whole)
    assert {view.scopes[0].first for view in report.views} == {"10.96.0.9:4222"}


def test_who_stops_before_they_count_once_is_not_told_that_they_do(
    tmp_path: Path,
) -> None:
    own = talk()
    names = sources(tmp_path, own, translated(own))
    whole = ran(tmp_path / "whole", names).report
    assert (whole.readdressed, calls(whole).total()) == (1, 6)
    crew = Crew(interrupting(4))  # both are read, and compared
    outcome = ran(tmp_path / "work", names, crew)

    assert outcome.interrupted
    assert (outcome.report.readdressed, outcome.report.translated) == (0, [])
    assert calls(outcome.report).total() == 12


def test_chance_does_not_crowd_out_what_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inspector.fleet.sightings.MOST_PAIRS", 8)
    chance, near, far = Random(5), [], []  # noqa: S311
    for number in range(40):
        starts = chance.randrange(1 << 32), chance.randrange(1 << 32)
        sizes = (1 << 30, 1 << 30)  # so large that many have some in common
        flow = bytes(10) + number.to_bytes(2, "big")
        near.append(Trail(flow, starts, sizes, 0, 1))
        if number < 8:
            begun_late = tuple(each + 700 for each in starts)
            left = tuple(each - 700 for each in sizes)
            far.append(Trail(b"\1" + flow[1:], begun_late, left, 0, 1))  # type: ignore[arg-type]
    found = possible_pairs({"a": near, "b": far})

    assert len(found) == 8
    assert {each.one.trail.flow[1:] for each in found} == {e.flow[1:] for e in far}
    assert all(e.one.trail.flow[1:] == e.other.trail.flow[1:] for e in found)


def test_possible_are_pairs_with_bytes_in_common_in_both_directions() -> None:
    trail = Trail(bytes(12), (2**32 - 10, 5), (100, 50), 0, 1)
    far = Trail(bytes(11) + b"\1", (40, 20), (100, 50), 0, 1)
    (pair,) = possible_pairs({"a": [trail], "b": [far]})

    assert (pair.starts, pair.sizes) == ((40, 20), (50, 35))
    for other in (
        Trail(far.flow, (91, 20), (100, 50), 0, 1),
        Trail(far.flow, (40, 56), (100, 50), 0, 1),
        Trail(far.flow, (40, 20), (100, 50), 3_602 * _SECOND_NS, 3_603 * _SECOND_NS),
        Trail(trail.flow, (40, 20), (100, 50), 0, 1),
        Trail(bytes(36), (40, 20), (100, 50), 0, 1),
    ):
        assert possible_pairs({"a": [trail], "b": [other]}) == []
