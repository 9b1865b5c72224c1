"""Tunnels: where the IP header of a packet within a packet begins.

=========  ====================================  ===========================
tunnel     recognised by                         holds
=========  ====================================  ===========================
IP in IP   IP protocol 4, 41 (6in4)              IP
GRE        IP protocol 47                        IP or Ethernet
ERSPAN     GRE of 0x88be or 0x22eb               Ethernet
VXLAN      UDP to port 4789 (8472 in Linux)      Ethernet
Geneve     UDP to port 6081                      IP or Ethernet
=========  ====================================  ===========================

Source: RFC 2003; RFC 4213; RFC 2784 and 2890; RFC 7348, section 5; RFC 8926,
section 3.4.
"""

from __future__ import annotations

import struct

from .links import (
    ETHERNET_HEADER,
    NotTcpError,
    NotUnderstoodError,
    after_ethertype,
)
from .virtual import network_of

_IP_IN_IP = {4, 41}
_GRE, _UDP, _ESP = 47, 17, 50
_VXLAN_PORTS, _GENEVE_PORT = {4789, 8472}, 6081
_VXLAN_HAS_NETWORK = 0x08
_ETHERNET_IN_IP = b"\x65\x58"  # transparent Ethernet bridging
_GRE_OPTIONS = (0x8000, 0x2000, 0x1000)  # checksum, key, sequence number: 4 bytes each
_GRE_CHECKSUM, _GRE_KEY = 0x8000, 0x2000
_GRE_ROUTING, _GRE_VERSION = 0x4000, 0x0007
_GRE_SEQUENCE = 0x1000
_ERSPAN_2, _ERSPAN_3 = b"\x88\xbe", b"\x22\xeb"
_ERSPAN = {_ERSPAN_2, _ERSPAN_3}
_ERSPAN_FLAGS = struct.Struct(">11xB")
_ERSPAN_HAS_MORE = 0x01  # a subheader of 8 bytes
_UDP_HEADER = struct.Struct(">2xH4x")
_GRE_HEADER = struct.Struct(">H2s")
_VXLAN_HEADER = struct.Struct(">B7x")
_GENEVE_HEADER = struct.Struct(">Bx2s4x")
_NUMBER = struct.Struct(">I")


def inner_ip_offset(protocol: int, data: bytes, place: int) -> int:
    """Return where the inner IP header begins, after an outer IP header.

    Args:
        protocol: What the outer IP header says that follows it, …
        data: … in these bytes …
        place: … at this place.

    Raises:
        NotTcpError: No tunnel, or one that carries something else than IP.
        NotUnderstoodError: What a tunnel carries cannot be read.
        struct.error: It was truncated inside a header.
    """
    if protocol in _IP_IN_IP:
        return place
    if protocol == _GRE:
        return _after_gre(data, place)
    if protocol == _UDP:
        return _after_udp(data, place)
    if protocol == _ESP:
        raise NotUnderstoodError("encrypted (ESP)")
    raise NotTcpError("not TCP")


# decision 91: Equal addresses in two virtual networks are two connections
def tunnel_network(protocol: int, data: bytes, place: int) -> bytes:
    """Return the virtual network of a tunnel that was read; empty for none.

    Args:
        protocol: What the outer IP header says that follows it, …
        data: … in these bytes …
        place: … at this place.
    """
    if protocol == _UDP:
        (number,) = _NUMBER.unpack_from(data, place + 12)
        return network_of("VNI", number >> 8)
    if protocol == _GRE:
        flags, _ = _GRE_HEADER.unpack_from(data, place)
        if flags & _GRE_KEY:
            at = place + (8 if flags & _GRE_CHECKSUM else 4)
            return network_of("GRE key", *_NUMBER.unpack_from(data, at))
    return b""


def _after_gre(data: bytes, place: int) -> int:
    flags, protocol = _GRE_HEADER.unpack_from(data, place)
    if flags & (_GRE_ROUTING | _GRE_VERSION):
        raise NotUnderstoodError("GRE with routing or of another version")
    place += 4 + sum(4 for option in _GRE_OPTIONS if flags & option)
    if protocol in _ERSPAN:
        return _after_erspan(protocol, flags, data, place)
    return _inner(protocol, data, place, "GRE")


def _after_erspan(protocol: bytes, flags: int, data: bytes, place: int) -> int:
    """Return where the IP header begins in a packet that a switch has mirrored."""
    if protocol == _ERSPAN_3:
        (last,) = _ERSPAN_FLAGS.unpack_from(data, place)
        place += 20 if last & _ERSPAN_HAS_MORE else 12
    elif flags & _GRE_SEQUENCE:  # without it, it is of type I and has no header
        place += 8
    return ETHERNET_HEADER.ip_offset(data, place)


def _after_udp(data: bytes, place: int) -> int:
    (port,) = _UDP_HEADER.unpack_from(data, place)
    place += 8
    if port in _VXLAN_PORTS:
        (flags,) = _VXLAN_HEADER.unpack_from(data, place)
        if flags & _VXLAN_HAS_NETWORK:
            return ETHERNET_HEADER.ip_offset(data, place + 8)
    elif port == _GENEVE_PORT:
        options, protocol = _GENEVE_HEADER.unpack_from(data, place)
        return _inner(protocol, data, place + 8 + (options & 0x3F) * 4, "Geneve")
    raise NotTcpError("not TCP")


def _inner(protocol: bytes, data: bytes, place: int, tunnel: str) -> int:
    if protocol == _ETHERNET_IN_IP:
        return ETHERNET_HEADER.ip_offset(data, place)
    try:
        return after_ethertype(protocol, data, place)
    except NotUnderstoodError as error:
        raise NotUnderstoodError(f"{tunnel} of {error}") from None
