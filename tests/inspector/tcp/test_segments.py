from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption, fragment
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
)
from scapy.layers.ipsec import AH
from scapy.layers.l2 import ARP, Ether

from inspector.headers.links import NotTcpError
from inspector.sources.records import ETHERNET, PacketRecord
from inspector.streams.flags import TcpFlag
from inspector.streams.items import End
from inspector.streams.packets import PacketKind
from inspector.tcp.segments import (
    Segment,
    SegmentDecoder,
    concerning,
    decode_segment,
    endpoints,
    reverse_flow,
)

if TYPE_CHECKING:
    from scapy.packet import Packet

# With both addresses given scapy asks no network for them.
_ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
_TCP = TCP(sport=40_000, dport=8888, seq=7, ack=9, flags="PA")
_V4, _V6 = (
    IP(src="10.0.0.1", dst="10.0.0.2"),
    IPv6(src="2001:db8::1", dst="2001:db8::2"),
)


def record(packet: Packet, *, link_type: int = ETHERNET) -> PacketRecord:
    data = bytes(packet)
    return PacketRecord(3, 12_345, link_type, data, len(data))


@pytest.mark.parametrize(
    "packet",
    [
        _ETHER / _V4 / _TCP / b"12#abc",
        _ETHER / _V6 / _TCP / b"12#abc",
        _ETHER / IP(src="10.0.0.1", dst="10.0.0.2", options=[IPOption(b"\x01")]) / _TCP
        / b"12#abc",
        _ETHER / _V4 / TCP(
            sport=40_000, dport=8888, seq=7, ack=9, flags="PA",
            options=[("NOP", None), ("NOP", None), ("Timestamp", (1, 2))],
        ) / b"12#abc",
        _ETHER / _V6 / IPv6ExtHdrHopByHop() / _TCP / b"12#abc",
        _ETHER / _V6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / _TCP / b"12#abc",
        _ETHER / _V6 / IPv6ExtHdrRouting() / _TCP / b"12#abc",
        _ETHER / _V6 / AH(nh=6, payloadlen=4, icv=b"\x00" * 12) / _TCP / b"12#abc",
    ],
    ids=["IPv4", "IPv6", "IP options", "TCP options", "hop by hop", "two", "routing",
         "authentication"],
)  # fmt: skip
def test_a_segment_is_read_behind_any_headers(packet: Packet) -> None:
    segment = decode_segment(record(packet))

    assert (segment.number, segment.time_ns) == (3, 12_345)
    assert (segment.seq, segment.ack) == (7, 9)
    assert segment.flags & (TcpFlag.PSH | TcpFlag.ACK) == TcpFlag.PSH | TcpFlag.ACK
    assert segment.payload == b"12#abc"
    assert segment.missing == 0
    source, target = endpoints(segment.flow)
    assert str(source) in {"10.0.0.1:40000", "[2001:db8::1]:40000"}
    assert str(target) in {"10.0.0.2:8888", "[2001:db8::2]:8888"}


def test_the_padding_of_a_short_ethernet_packet_is_no_payload() -> None:
    padded = bytes(_ETHER / _V4 / _TCP) + bytes(6)

    assert decode_segment(PacketRecord(1, 0, 1, padded, 60)).payload == b""


def test_a_packet_that_the_card_splits_later_has_no_length_yet() -> None:
    data = bytearray(bytes(_ETHER / _V4 / _TCP / b"12#abc"))
    data[16:18] = b"\x00\x00"

    segment = decode_segment(PacketRecord(1, 0, 1, bytes(data), len(data)))

    assert segment.payload == b"12#abc"


def test_what_the_snap_length_cut_off_is_missing() -> None:
    data = bytes(_ETHER / _V4 / _TCP / (b"x" * 100))

    segment = decode_segment(PacketRecord(1, 0, 1, data[:-40], len(data)))

    assert (len(segment.payload), segment.missing) == (60, 40)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (_ETHER / _V4 / UDP() / b"x", "not TCP"),
        (_ETHER / _V6 / UDP() / b"x", "not TCP"),
        (_ETHER / _V4 / ICMP(), "not TCP"),
        (_ETHER / ARP(), "not IP"),
        (_ETHER / IP(frag=5) / (b"x" * 40), "IP fragment"),
        (_ETHER / IP(flags="MF") / _TCP, "IP fragment"),
        (_ETHER / _V6 / IPv6ExtHdrFragment(m=1) / _TCP, "IP fragment"),
    ],
)
def test_a_packet_without_a_segment_says_why(packet: Packet, reason: str) -> None:
    with pytest.raises(NotTcpError, match=reason):
        decode_segment(record(packet))


def test_an_ip_version_that_there_is_not_is_not_ip() -> None:
    with pytest.raises(NotTcpError, match="not IP"):
        decode_segment(PacketRecord(1, 0, 101, b"\x55" + bytes(60), 61))


def test_the_decoder_counts_what_it_passes_over() -> None:
    decoder = SegmentDecoder()
    packets = [
        _ETHER / _V4 / _TCP,
        _ETHER / ARP(),
        _ETHER / _V4 / UDP(),
        _ETHER / ARP(),
    ]
    records = [record(packet) for packet in packets]
    records.append(PacketRecord(9, 99_999, 9_999, b"x" * 60, 60))
    records.append(PacketRecord(10, 100_000, 1, bytes(_ETHER / _V4 / _TCP)[:40], 54))

    segments = list(decoder.decode(records))

    assert len(segments) == 1
    assert decoder.records == 6
    assert (decoder.first_ns, decoder.last_ns) == (12_345, 100_000)
    assert decoder.skipped == {
        "not IP": 2,
        "not TCP": 1,
    }
    assert decoder.not_understood == {"link type 9999": 1, "cut short": 1}


@pytest.mark.parametrize("network", [_V4, _V6], ids=["IPv4", "IPv6"])
def test_a_packet_cut_anywhere_is_read_or_counted(network: Packet) -> None:
    data = bytes(_ETHER / network / _TCP / b"12#abc")
    decoder = SegmentDecoder()
    records = [
        PacketRecord(size, 0, 1, data[:size], len(data)) for size in range(len(data))
    ]

    segments = list(decoder.decode(records))

    headers = len(data) - 6
    assert [segment.number for segment in segments] == list(range(headers, len(data)))
    assert all(len(segment.payload) + segment.missing == 6 for segment in segments)
    assert decoder.not_understood == {"cut short": headers}
    assert not decoder.skipped


@given(st.binary(max_size=120), st.sampled_from([0, 1, 12, 101, 113, 276, 228, 229]))
def test_no_bytes_stop_the_decoder(data: bytes, link_type: int) -> None:
    decoder = SegmentDecoder()
    segments = list(decoder.decode([PacketRecord(1, 0, link_type, data, len(data))]))

    passed = decoder.skipped.total() + sum(decoder.not_understood.values())
    assert len(segments) + passed == 1


@pytest.mark.parametrize("network", [_V4, _V6], ids=["IPv4", "IPv6"])
def test_a_tcp_header_smaller_than_it_can_be_is_damage(network: Packet) -> None:
    packet = _ETHER / network / TCP(sport=40_000, dport=8888, dataofs=4) / b"12#abc"
    decoder = SegmentDecoder()

    assert list(decoder.decode([record(packet)])) == []
    assert decoder.not_understood == {"damaged TCP header": 1}


@pytest.mark.parametrize("network", [_V4, _V6], ids=["IPv4", "IPv6"])
def test_what_is_ignored_is_passed_over_but_for_its_beginning_and_end(
    network: Packet,
) -> None:
    packets = [
        _ETHER / network / TCP(sport=40_000, dport=port, flags=flags) / b"12#abc"
        for port in (8888, 8889)
        for flags in ("PA", "S", "F", "R")
    ]
    ignored = decode_segment(record(packets[0])).flow
    decoder = SegmentDecoder({ignored})
    found = list(decoder.decode(map(record, packets)))

    assert [each.flags for each in found if each.flow == ignored] == [2, 1, 4]
    assert len(found) == 7
    assert decoder.records == 8


@pytest.mark.parametrize("link_type", [113, 276])
def test_the_usual_links_are_read_in_one_step_as_in_many(link_type: int) -> None:
    ip = bytes(_V4 / _TCP / b"12#abc")
    header = bytes(14) + b"\x08\x00" if link_type == 113 else b"\x08\x00" + bytes(18)
    packet = PacketRecord(3, 12_345, link_type, header + ip, len(header + ip))

    (segment,) = SegmentDecoder().decode([packet])

    assert segment == decode_segment(packet)
    assert segment.payload == b"12#abc"


def test_the_flow_of_the_other_direction_has_its_ends_exchanged() -> None:
    for packet in (_ETHER / _V4 / _TCP, _ETHER / _V6 / _TCP):
        flow = decode_segment(record(packet)).flow

        assert endpoints(reverse_flow(flow)) == tuple(reversed(endpoints(flow)))
        assert reverse_flow(reverse_flow(flow)) == flow


@pytest.mark.parametrize(
    ("packet", "header"),
    [
        (_ETHER / _V4 / _TCP / b"12#abc", 34),
        (_ETHER / _V6 / _TCP / b"12#abc", 54),
        (_ETHER / IP(options=[IPOption(b"\x01")]) / _TCP / b"12#abc", 38),
    ],
    ids=["IPv4", "IPv6", "IP options"],
)
def test_a_segment_knows_where_its_header_stands_in_the_record(
    packet: Packet, header: int
) -> None:
    single, (decoded,) = (
        decode_segment(record(packet)),
        SegmentDecoder().decode([record(packet)]),
    )

    assert single == decoded
    assert decoded.header == header
    ports = bytes(packet)[header : header + 4]
    assert ports == decoded.flow[-4:]


def test_a_segment_that_came_in_fragments_stands_in_no_record() -> None:
    whole = _ETHER / IP(src="10.0.0.1", dst="10.0.0.2", id=7) / _TCP / (b"x" * 60)
    pieces = [bytes(whole)[:14] + bytes(each) for each in fragment(whole[IP], 48)]  # type: ignore[no-untyped-call]
    records = [
        PacketRecord(number, 0, ETHERNET, data, len(data))
        for number, data in enumerate(pieces, start=1)
    ]
    (segment,) = SegmentDecoder().decode(records)

    assert len(pieces) > 1
    assert (segment.number, segment.header) == (len(pieces), -1)
    assert segment.payload == b"x" * 60


def test_a_decoder_knows_the_first_record_and_the_last() -> None:
    decoder = SegmentDecoder()
    assert (decoder.first_ns, decoder.last_ns, decoder.end) == (None, 0, End(0, 0))
    data = bytes(_ETHER / ARP())
    list(decoder.decode(PacketRecord(n, 10 * n, 1, data, 42) for n in (1, 2, 3)))

    assert (decoder.first_ns, decoder.last_ns) == (10, 30)
    assert decoder.end == End(3, 30)
    assert decoder.records == 3


@pytest.mark.parametrize(
    ("ports", "concerns"),
    [((), True), ((8888,), True), ((40_000, 1), True), ((8889,), False)],
)
def test_a_record_concerns_the_ports_of_its_segment(
    ports: tuple[int, ...], *, concerns: bool
) -> None:
    concerning_ports = concerning(ports)

    assert concerning_ports(record(_ETHER / _V4 / _TCP)) == concerns
    assert not concerning_ports(record(_ETHER / ARP()))
    assert not concerning_ports(PacketRecord(1, 0, 1, bytes(_ETHER / _V4)[:20], 54))


@pytest.mark.parametrize(
    ("payload", "unusual", "kind"),
    [
        (b"x", None, PacketKind.DATA),
        (b"", None, PacketKind.ACK),
        (b"x", PacketKind.COPY, PacketKind.COPY),
        (b"", PacketKind.CONTROL, PacketKind.CONTROL),
    ],
)
def test_a_segment_is_data_or_an_ack_unless_it_is_unusual(
    payload: bytes, unusual: PacketKind | None, kind: PacketKind
) -> None:
    segment = Segment(1, 0, b"flow", 0, 0, 16, payload)
    segment.unusual = unusual

    assert segment.kind is kind
    assert (segment.missing, segment.window, segment.identification) == (0, 1, 0)


def test_the_fields_of_a_header_are_read_as_they_stand() -> None:
    tcp = TCP(sport=1, dport=2, seq=2**32 - 1, ack=2**31, flags="SA", window=517)
    for network in (IP(id=4_711), IPv6()):
        (segment,) = SegmentDecoder().decode([record(_ETHER / network / tcp)])

        assert (segment.seq, segment.ack) == (2**32 - 1, 2**31)
        assert (segment.flags, segment.window) == (0x12, 517)
        assert segment.identification == (4_711 if IP in network else 0)
        assert (segment.number, segment.time_ns) == (3, 12_345)


def test_fragments_without_the_others_are_counted_once_it_is_known() -> None:
    decoder = SegmentDecoder()
    packet = _ETHER / IP(src="10.0.0.1", dst="10.0.0.2", flags="MF") / _TCP
    list(decoder.decode([record(packet)]))

    assert decoder.not_understood == {"IP fragment without the others": 1}
    assert not decoder.skipped
