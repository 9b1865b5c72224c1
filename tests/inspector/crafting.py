"""Ethernet packets with TCP, as bytes.

scapy would take as long for them as all the rest of a test; ``test_crafting.py`` holds
them equal to its own, checksums included.
"""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import NamedTuple

from inspector.streams.flags import TcpFlag

_MACS = bytes.fromhex("020000000002020000000001")  # of the target, of the source
_ETHERTYPES = {4: b"\x08\x00", 6: b"\x86\xdd"}
_IPV4 = struct.Struct(">BBHHHBBH4s4s")
_IPV6 = struct.Struct(">IHBB16s16s")
_TCP = struct.Struct(">HHIIBBHHH")
_ETHERNET = 14  # bytes of its header
_TTL, _PROTOCOL = 64, 6
_FLAGS = {
    "F": TcpFlag.FIN,
    "S": TcpFlag.SYN,
    "R": TcpFlag.RST,
    "P": TcpFlag.PSH,
    "A": TcpFlag.ACK,
}


class Header(NamedTuple):
    """The fields of a TCP header that tests choose; flags are letters, as ``SA``."""

    source: tuple[str, int]
    target: tuple[str, int]
    seq: int
    ack: int
    flags: str
    window: int


def packet(header: Header, payload: bytes, identification: int) -> bytes:
    """Return a packet; its identification is that of IPv4."""
    source, target = (
        ip_address(end[0]).packed for end in (header.source, header.target)
    )
    segment = _segment(header, payload, source + target)
    if len(source) == 4:
        ip = _ipv4(source, target, len(segment), identification)
        return _MACS + _ETHERTYPES[4] + ip + segment
    ip = _IPV6.pack(6 << 28, len(segment), _PROTOCOL, _TTL, source, target)
    return _MACS + _ETHERTYPES[6] + ip + segment


def with_identification(data: bytes, identification: int) -> bytes:
    """Return a packet of IPv4 with another identification; one of IPv6 has none."""
    if data[12:14] != _ETHERTYPES[4]:
        return data
    end = _ETHERNET + _IPV4.size
    *_, source, target = _IPV4.unpack_from(data, _ETHERNET)
    ip = _ipv4(source, target, len(data) - end, identification)
    return data[:_ETHERNET] + ip + data[end:]


def _ipv4(source: bytes, target: bytes, size: int, identification: int) -> bytes:
    fields = [0x45, 0, _IPV4.size + size, identification, 0, _TTL, _PROTOCOL, 0]
    fields[-1] = _checksum(_IPV4.pack(*fields, source, target))
    return _IPV4.pack(*fields, source, target)


def _segment(header: Header, payload: bytes, addresses: bytes) -> bytes:
    flags = sum(_FLAGS[letter] for letter in header.flags)
    fields = [header.source[1], header.target[1], header.seq, header.ack, 5 << 4]
    fields += [flags, header.window, 0, 0]
    size = _TCP.size + len(payload)
    pseudo = addresses + struct.pack(">II", size, _PROTOCOL)
    fields[-2] = _checksum(pseudo + _TCP.pack(*fields) + payload)
    return _TCP.pack(*fields) + payload


def _checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 2}H", padded)
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
