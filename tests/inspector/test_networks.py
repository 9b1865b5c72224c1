"""Equal addresses in several virtual networks, and one connection in several."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import GRE, Ether
from scapy.layers.vxlan import VXLAN

from inspector.sources.records import PacketRecord
from inspector.tcp.connections import Direction
from inspector.tcp.flows import MOST_NETWORKS
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inspector.tcp.segments import Segment

    Wrap = Callable[[bytes], bytes]


# With addresses of its own: scapy would ask the network for them.
_OUTER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")


def _vlan(number: int) -> Wrap:
    return lambda data: data[:12] + b"\x81\x00" + number.to_bytes(2) + data[12:]


def _vni(number: int) -> Wrap:
    @cache
    def wrap(data: bytes) -> bytes:
        udp = UDP(sport=5, dport=4789)
        outer = _OUTER / IP(src="192.0.2.1", dst="192.0.2.2") / udp
        return bytes(outer / VXLAN(vni=number, flags="Instance") / data)

    return wrap


def _gre(key: int) -> Wrap:
    @cache
    def wrap(data: bytes) -> bytes:
        header = GRE(key_present=1, key=key, proto=0x6558)
        return bytes(_OUTER / IP(src="192.0.2.1", dst="192.0.2.2") / header / data)

    return wrap


def _plain(data: bytes) -> bytes:
    return data


def _talk(isns: tuple[int, int], name: str, wire: Wire | None = None) -> Wire:
    """Return a connection from and to the same addresses and ports, each time."""
    wire = wire or Wire()
    call = wire.connect(isns=isns)
    for number in range(3):
        call.ask(name, f"{name} {number}").ack(SERVER)
        call.answer(f"{name} {number}", number).ack(CLIENT)
    call.finish(CLIENT).finish(SERVER).ack(CLIENT)
    return wire


def _wrapped(record: PacketRecord, wrap: Wrap) -> PacketRecord:
    data = wrap(record.data)
    return PacketRecord(
        record.number, record.time_ns, record.link_type, data, len(data)
    )


def _numbered(records: list[PacketRecord]) -> list[PacketRecord]:
    for number, record in enumerate(records, start=1):
        record.number = number
    return records


_NETWORKS = [
    (_vlan(12), _vlan(13)),
    (_vlan(12), _plain),
    (_vni(7), _vni(8)),
    (_gre(7), _gre(8)),
    (_vni(7), _vlan(7)),
]


def _two(one: Wrap, other: Wrap, order: list[bool]) -> list[PacketRecord]:
    """Return two connections with equal addresses, each in its network."""
    left = [_wrapped(each, one) for each in _talk((10, 20), "a").records]
    right = [_wrapped(each, other) for each in _talk((2**31, 2**30), "b").records]
    mixed = []
    for first in order:
        queue = (left if first else right) or left or right
        mixed.append(queue.pop(0))
    return _numbered([*mixed, *left, *right])


@pytest.mark.parametrize(("one", "other"), _NETWORKS)
@settings(max_examples=25)
@given(order=st.lists(st.booleans(), max_size=36))
def test_equal_addresses_in_two_networks_are_two_connections(
    one: Wrap, other: Wrap, order: list[bool]
) -> None:
    seen = inspected(_two(one, other, order))

    assert seen.summary["connections"] == 2
    assert seen.summary["completed"] == seen.summary["messages"] == 6
    assert seen.summary["retransmissions"] == seen.summary["copies"] == 0
    assert seen.codes == []


@pytest.mark.parametrize(("one", "other"), _NETWORKS)
def test_each_direction_may_have_a_network_of_its_own(one: Wrap, other: Wrap) -> None:
    records = _talk((10, 20), "a").records
    port = (8888).to_bytes(2)
    tagged = [
        _wrapped(each, one if each.data[36:38] == port else other) for each in records
    ]
    seen = inspected(tagged)

    assert seen.summary["connections"] == 1
    assert seen.summary == inspected(records).summary


@pytest.mark.parametrize(("one", "other"), _NETWORKS)
def test_a_packet_in_two_networks_is_a_copy(one: Wrap, other: Wrap) -> None:
    records = _talk((10, 20), "a").records
    twice = [_wrapped(each, wrap) for each in records for wrap in (one, other)]
    seen = inspected(_numbered(twice))

    assert seen.summary["connections"] == 1
    assert seen.summary["copies"] == len(records)
    assert seen.summary["completed"] == 3


def test_a_connection_joined_in_its_middle_is_told_apart_too() -> None:
    first, second = _talk((10, 20), "a").records, _talk((2**31, 2**30), "b").records
    records = [
        _wrapped(each, wrap)
        for pair in zip(first[3:], second[3:], strict=True)
        for each, wrap in zip(pair, (_vlan(2), _vlan(3)), strict=True)
    ]
    seen = inspected(_numbered(records))

    assert (seen.summary["connections"], seen.summary["completed"]) == (2, 6)


def test_ports_that_are_used_anew_in_a_network_are_a_new_connection() -> None:
    wire = _talk((2**31, 2**30), "b", _talk((10, 20), "a"))
    seen = inspected([_wrapped(each, _vlan(9)) for each in wire.records])

    assert (seen.summary["connections"], seen.summary["completed"]) == (2, 6)


def test_follow_names_the_network(tmp_path: Path) -> None:
    file = tmp_path / "two.pcap"
    file.write_bytes(pcap_bytes(_two(_vlan(12), _vni(7), [])))

    assert "10.0.0.1:40000 → server 10.0.0.2:8888   vlan 12" in run("follow", file).out
    assert "VNI 7" in run("follow", file, "2").out


@pytest.mark.parametrize("goes_on", [False, True])
def test_very_many_networks_with_equal_addresses_cost_no_more_each(
    monkeypatch: pytest.MonkeyPatch, *, goes_on: bool
) -> None:
    asked: list[bool] = []
    continues = Direction.continues

    def counted(direction: Direction, segment: Segment) -> bool:
        asked.append(True)
        return continues(direction, segment)

    monkeypatch.setattr(Direction, "continues", counted)
    networks, records = 80, []
    for number in range(networks):
        isns = (1, 1) if goes_on else (number << 24, number << 25 & 0xFFFFFFFF)
        request = _talk(isns, "sum").records[3]
        records.append(_wrapped(request, _vni(number)))
    found = inspected(_numbered(records))

    assert len(asked) <= networks * (MOST_NETWORKS + 1)
    assert len(found.exchanges) == (1 if goes_on else networks)
