"""The same packets in another file format, or after another link header, say the same.

A format in microseconds drops what is below one: there times are compared so far, and
durations are not.
"""

from __future__ import annotations

import gzip
import struct
import subprocess
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import zstandard
from dpkt.ethernet import Ethernet
from dpkt.ip import IP
from dpkt.ip6 import IP6

from inspector.sources.files import read_capture
from inspector.sources.records import ETHERNET, PacketRecord
from tests.inspector.captures import CAPTURES, name_of, pcap_bytes, pcapng_bytes
from tests.inspector.command import run, spawn
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=name_of)


class Link(NamedTuple):
    """A link type, and how an IP packet stands after its header."""

    link_type: int
    wrap: Callable[[bytes], bytes]


def _addressed(prefix: bytes) -> Callable[[bytes], bytes]:
    return lambda ip: prefix + ip


def _ethertype(ip: bytes) -> bytes:
    return b"\x86\xdd" if ip[0] >> 4 == 6 else b"\x08\x00"


def _tagged(*tags: bytes) -> Callable[[bytes], bytes]:
    return lambda ip: bytes(12) + b"".join(tags) + _ethertype(ip) + ip


_VLAN, _SERVICE_VLAN = b"\x81\x00\x00\x64", b"\x88\xa8\x00\xc8"

LINKS = {
    "Ethernet with a VLAN tag": Link(1, _tagged(_VLAN)),
    "Ethernet with two VLAN tags": Link(1, _tagged(_SERVICE_VLAN, _VLAN)),
    "Linux cooked": Link(
        113, lambda ip: b"\x00\x00\x03\x04\x00\x06" + bytes(8) + _ethertype(ip) + ip
    ),
    "Linux cooked 2": Link(
        276, lambda ip: _ethertype(ip) + bytes(2) + b"\x00\x00\x00\x01" + bytes(12) + ip
    ),
    "BSD loopback, little-endian": Link(0, _addressed(b"\x02\x00\x00\x00")),
    "BSD loopback, big-endian": Link(0, _addressed(b"\x00\x00\x00\x02")),
    "OpenBSD loopback": Link(108, _addressed(b"\x00\x00\x00\x02")),
    "raw IP": Link(101, _addressed(b"")),
    "raw IP as BSD numbers it": Link(12, _addressed(b"")),
    "raw IPv4": Link(228, _addressed(b"")),
}


_ETHER = bytes(12)
_LARGEST = 65_000  # bytes that the headers of any tunnel can measure
_INSTANCE = b"\x08\x00\x00\x00\x00\x00\x07\x00"
_GENEVE = b"\x00\x00\x65\x58\x00\x00\x07\x00"


def _length(size: int) -> int:
    """Return what a header says of a packet that offloading left whole: nothing."""
    return size if size <= 65_535 else 0


def _outer(protocol: int, payload: bytes) -> bytes:
    """Return an Ethernet packet with an IP packet of a tunnel's ends."""
    header = IP(src=b"\xac\x10\x00\x01", dst=b"\xac\x10\x00\x02", p=protocol)
    header.len = _length(20 + len(payload))
    return _ETHER + b"\x08\x00" + bytes(header.pack_hdr()) + payload


def _outer_udp(port: int, payload: bytes) -> bytes:
    udp = struct.pack(">HHHH", 50_000, port, _length(8 + len(payload)), 0)
    return _outer(17, udp + payload)


TUNNELS = {
    "IP in IP": Link(1, lambda ip: _outer(4, ip)),
    "GRE": Link(1, lambda ip: _outer(47, b"\x00\x00\x08\x00" + ip)),
    "GRE with a key and Ethernet": Link(
        1, lambda ip: _outer(47, b"\x20\x00\x65\x58\x00\x00\x00\x07" + _inner(ip))
    ),
    "VXLAN": Link(1, lambda ip: _outer_udp(4789, _INSTANCE + _inner(ip))),
    "VXLAN as Linux sends it": Link(
        1, lambda ip: _outer_udp(8472, _INSTANCE + _inner(ip))
    ),
    "Geneve": Link(1, lambda ip: _outer_udp(6081, _GENEVE + _inner(ip))),
    "6in4": Link(1, lambda ip: _outer(41, _as_ipv6(ip))),
}


def _inner(ip: bytes) -> bytes:
    return _ETHER + _ethertype(ip) + ip


_COUNTED = {"verdict", "clauses", "calls", "failed", "refused", "unanswered", "slow"}
"""Of the health of services; the rest speaks of times, and of addresses."""


def _said(capture: Path, *, microseconds: bool = False) -> list[dict[str, Any]]:
    """Return what the command says of a capture, without addresses."""
    outcome = run(capture, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.lines
    for line in lines:
        for end in {"client", "server"} & line.keys():
            line[end] = line[end].rpartition(":")[2]
        if microseconds and "time_ns" in line:
            line["time_ns"] //= 1000
            del line["latency_ns"], line["duration_ns"]
        line.pop("message", None)
        for key in ("parent", "parent_evidence", "possible_parents", "chains"):
            line.pop(key, None)  # of which addresses say more or less
        health = line.pop("health", {})
        line |= {name: health[name] for name in health.keys() & _COUNTED}
    return lines


def _ip_of(record: PacketRecord) -> bytes:
    assert record.link_type == ETHERNET
    return record.data[14:]


def _relinked(records: list[PacketRecord], link: Link) -> list[PacketRecord]:
    return [
        PacketRecord(record.number, record.time_ns, link.link_type, packet, len(packet))
        for record in records
        for packet in [link.wrap(_ip_of(record))]
    ]


@each_capture
@pytest.mark.parametrize("file_format", ["pcapng", "nsecpcap", "pcap"])
def test_editcap_changes_nothing(
    capture: Path, file_format: str, tmp_path: Path
) -> None:
    converted = tmp_path / f"converted.{file_format}"
    subprocess.run(
        ["editcap", "-F", file_format, capture, converted],  # noqa: S607
        check=True,
        timeout=PATIENCE,
    )

    assert _said(converted, microseconds=True) == _said(capture, microseconds=True)


@each_capture
@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("nanoseconds", [True, False], ids=["ns", "us"])
def test_a_pcap_file_of_any_byte_order_and_resolution_says_the_same(
    capture: Path, order: str, tmp_path: Path, *, nanoseconds: bool
) -> None:
    records = list(read_capture(str(capture)))
    written = tmp_path / "written.pcap"
    written.write_bytes(pcap_bytes(records, order=order, nanoseconds=nanoseconds))

    rough = not nanoseconds
    assert _said(written, microseconds=rough) == _said(capture, microseconds=rough)


@each_capture
@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
def test_a_pcapng_file_of_any_byte_order_says_the_same(
    capture: Path, order: str, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    written.write_bytes(pcapng_bytes(read_capture(str(capture)), order=order))

    assert _said(written) == _said(capture)


@each_capture
@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS.keys())
def test_any_link_header_says_the_same(
    capture: Path, link: Link, tmp_path: Path
) -> None:
    records = _relinked(list(read_capture(str(capture))), link)
    written = tmp_path / "relinked.pcap"
    written.write_bytes(pcap_bytes(records, link_type=link.link_type))

    assert _said(written) == _said(capture)


@each_capture
@pytest.mark.parametrize("tunnel", TUNNELS.values(), ids=TUNNELS.keys())
def test_any_tunnel_says_the_same(capture: Path, tunnel: Link, tmp_path: Path) -> None:
    records = _relinked(list(read_capture(str(capture))), tunnel)
    written = tmp_path / "tunnel.pcap"
    written.write_bytes(pcap_bytes(records))

    assert _said(written) == _said(capture)


@pytest.mark.parametrize("tunnel", TUNNELS.values(), ids=TUNNELS.keys())
def test_tshark_finds_the_same_segments_in_our_tunnels(
    tunnel: Link, tmp_path: Path
) -> None:
    # Of a UDP length that offloading left out, tshark makes nothing.
    records = [each for each in _all_records() if len(each.data) < _LARGEST]
    written = tmp_path / "tunnel.pcap"
    written.write_bytes(pcap_bytes(_relinked(records, tunnel)))

    assert len(_tcp_packets(written, "tcp && !icmp")) == len(records)


@each_capture
@pytest.mark.parametrize("last_first", [False, True], ids=["in order", "reversed"])
def test_fragments_of_ip_packets_say_the_same(
    capture: Path, tmp_path: Path, *, last_first: bool
) -> None:
    records = list(read_capture(str(capture)))
    pieces = [_fragments(_ip_of(each), each.number % 65_536) for each in records]
    written = tmp_path / "fragments.pcap"
    fragmented = [
        PacketRecord(0, record.time_ns, 1, packet, len(packet))
        for record, parts in zip(records, pieces, strict=True)
        for packet in (reversed(parts) if last_first else parts)
    ]
    written.write_bytes(pcap_bytes(fragmented))

    assert len(fragmented) > len(records)
    assert _exchanged(written) == _exchanged(capture)


def _exchanged(capture: Path) -> list[dict[str, Any]]:
    """Return the exchanges of a capture, without the numbers of their packets."""
    lines = [line for line in _said(capture) if line["type"] == "exchange"]
    for line in lines:
        for packets in ("request_packets", "reply_packets", "shared_packets"):
            line[packets] = len(line[packets])
    return lines


def _fragments(packet: bytes, number: int, size: int = 64) -> list[bytes]:
    """Cut an IPv4 packet into fragments, each after an Ethernet header."""
    ip = IP(packet)
    payload = packet[ip.hl * 4 : ip.len]
    size = max(size, -(-len(payload) // 64) * 8)
    pieces = []
    for start in range(0, len(payload), size):
        piece = payload[start : start + size]
        more = 0x2000 if start + size < len(payload) else 0
        header = IP(src=ip.src, dst=ip.dst, p=ip.p, id=number)
        header.len = 20 + len(piece)
        head = bytearray(header.pack_hdr())
        struct.pack_into(">H", head, 6, more | start // 8)
        pieces.append(_ETHER + b"\x08\x00" + bytes(head) + piece)
    return pieces


@each_capture
@pytest.mark.parametrize(
    "link_type_and_header",
    [(1, bytes(12) + b"\x86\xdd"), (0, b"\x1e\x00\x00\x00"), (101, b""), (229, b"")],
    ids=["Ethernet", "macOS loopback", "raw IP", "raw IPv6"],
)
def test_ipv6_says_the_same(
    capture: Path, link_type_and_header: tuple[int, bytes], tmp_path: Path
) -> None:
    link_type, header = link_type_and_header
    link = Link(link_type, lambda ip: header + _as_ipv6(ip))
    records = _relinked(list(read_capture(str(capture))), link)
    written = tmp_path / "ipv6.pcap"
    written.write_bytes(pcap_bytes(records, link_type=link_type))

    assert _said(written) == _said(capture)
    servers = {each["server"] for each in run(written, "--json").lines if "id" in each}
    assert all(server.startswith("[2001:db8::") for server in servers)


def test_tshark_reads_our_ipv6_packets_as_tcp(tmp_path: Path) -> None:
    link = Link(1, lambda ip: bytes(12) + b"\x86\xdd" + _as_ipv6(ip))
    records = _all_records()
    written = tmp_path / "ipv6.pcap"
    written.write_bytes(pcap_bytes(_relinked(records, link)))

    assert len(_tcp_packets(written, "ipv6 and tcp")) == len(records)


def _all_records() -> list[PacketRecord]:
    """Return the packets of all captures, one capture after the other."""
    return [each for capture in CAPTURES for each in read_capture(str(capture))]


def _tcp_packets(capture: Path, display_filter: str) -> list[str]:
    """Return the numbers of the packets in which tshark finds what is asked for."""
    command = ["tshark", "-n", "-r", str(capture), "-d", "udp.port==8472,vxlan"]
    read = subprocess.run(
        [*command, "-Y", display_filter, "-T", "fields", "-e", "frame.number"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    return read.stdout.split()


def _as_ipv6(packet: bytes) -> bytes:
    """Return an IPv4 packet's TCP segment in an IPv6 packet, with an extension."""
    ip = IP(packet)
    segment = packet[ip.hl * 4 : ip.len]
    options = struct.pack(">BB6s", ip.p, 0, b"\x01\x04\x00\x00\x00\x00")
    header = IP6(
        src=IPv6Address("2001:db8::").packed[:12] + ip.src,
        dst=IPv6Address("2001:db8::").packed[:12] + ip.dst,
        nxt=60,
        plen=len(options) + len(segment),
    )
    return bytes(header.pack_hdr()) + options + segment


def test_the_captures_are_ethernet_with_ipv4_to_begin_with() -> None:
    for capture in CAPTURES:
        for record in read_capture(str(capture)):
            assert isinstance(Ethernet(record.data).data, IP)


def _parts(capture: Path, folder: Path, file_format: str) -> list[Path]:
    """Cut a capture into files of 20 packets, as a ring buffer does."""
    subprocess.run(
        ["editcap", "-F", file_format, "-c", "20", capture, folder / "part.pcap"],  # noqa: S607
        check=True,
        timeout=PATIENCE,
    )
    return sorted(folder.glob("part*.pcap"))


@each_capture
def test_the_files_of_a_ring_buffer_say_what_one_file_says(
    capture: Path, tmp_path: Path
) -> None:
    parts = _parts(capture, tmp_path, "pcap")
    outcome = run(*reversed(parts), "--json")
    whole = run(capture, "--json")

    assert len(parts) >= 2
    assert (outcome.code, outcome.err) == (0, "")
    assert len(outcome.lines) == len(whole.lines)
    for line, expected in zip(outcome.lines, whole.lines, strict=True):
        for key in ("request_packets", "reply_packets", "pattern", "replies", "packet"):
            assert line.get(key) == expected.get(key)


@each_capture
def test_sections_one_behind_the_other_go_on(capture: Path, tmp_path: Path) -> None:
    parts = _parts(capture, tmp_path, "pcapng")
    sections = tmp_path / "sections.pcapng"
    sections.write_bytes(b"".join(part.read_bytes() for part in parts))

    assert _said(sections, microseconds=True) == _said(capture, microseconds=True)


_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
}
each_compression = pytest.mark.parametrize("name", _COMPRESS)


@each_capture
@each_compression
def test_a_compressed_capture_says_the_same(
    capture: Path, name: str, tmp_path: Path
) -> None:
    compressed = tmp_path / "compressed.pcap"
    compressed.write_bytes(_COMPRESS[name](capture.read_bytes()))

    assert _said(compressed) == _said(capture)


@each_compression
def test_a_compressed_capture_says_the_same_through_a_pipe(name: str) -> None:
    for capture in CAPTURES[::6]:
        compressed = _COMPRESS[name](capture.read_bytes())
        piped = spawn("-", "--json", stdin=compressed)
        assert (piped.returncode, piped.stderr) == (0, b"")
        assert piped.stdout.decode() == run(capture, "--json").out
