"""Link headers: where the IP header of a packet begins.

=======================  ====  ================================================
link type                size  what tells the network protocol
=======================  ====  ================================================
Ethernet                   14  EtherType in bytes 12 and 13
Linux cooked (SLL)         16  EtherType in bytes 14 and 15
Linux cooked 2 (SLL2)      20  EtherType in bytes 0 and 1
BSD loopback                4  an address family, in either byte order
raw IP                      0  nothing: the packet begins with it
=======================  ====  ================================================

VLAN tags of 4 bytes each may follow an EtherType.

Source: the LINKTYPE_ registry of libpcap, https://www.tcpdump.org/linktypes.html;
IEEE 802.1Q for the tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dpkt import ethernet as _ethernet_types
from dpkt import pcap

if TYPE_CHECKING:
    from collections.abc import Callable

    LinkDecoder = Callable[[bytes], int]

ETHERNET = pcap.DLT_EN10MB
LINUX_COOKED = pcap.DLT_LINUX_SLL
LINUX_COOKED_2 = pcap.DLT_LINUX_SLL2
RAW_IP = 101

_IP = {
    _ethernet_types.ETH_TYPE_IP.to_bytes(2, "big"),
    _ethernet_types.ETH_TYPE_IP6.to_bytes(2, "big"),
}
_TAGS = {b"\x81\x00", b"\x88\xa8", b"\x91\x00"}  # 802.1Q, 802.1ad, old QinQ
_NEVER_IP = {
    _ethernet_types.ETH_TYPE_ARP,
    _ethernet_types.ETH_TYPE_REVARP,
    _ethernet_types.ETH_TYPE_LLDP,
    0x888E,  # EAPOL
    0x8809,  # slow protocols, such as LACP
    0x9000,  # loopback test
}
_SMALLEST_ETHERTYPE = 0x0600  # below, the field is the length of an IEEE 802.3 frame


class NotTcpError(ValueError):
    """A record holds no TCP segment that can be read; the message says what."""


class NotUnderstoodError(NotTcpError):
    """… and whether it holds one that cannot be read is not known."""


def ip_offset(link_type: int, data: bytes) -> int:
    """Return where the IP header begins in a packet.

    Raises:
        NotTcpError: It is not IP.
        NotUnderstoodError: Its link type or its EtherType is none that can be read.
    """
    decoder = _DECODERS.get(link_type)
    if decoder is None:
        raise NotUnderstoodError(f"link type {link_type}")
    return decoder(data)


def ethernet_ip_offset(data: bytes, start: int = 0) -> int:
    """Return where the IP header begins behind the Ethernet header at ``start``.

    Raises:
        NotTcpError: It is not IP.
        NotUnderstoodError: Its EtherType is none that can be read.
    """
    return behind_ethertype(data[start + 12 : start + 14], data, start + 14)


def behind_ethertype(ethertype: bytes, data: bytes, place: int) -> int:
    """Return where the IP header begins that an EtherType announces at a place.

    Raises:
        NotTcpError: It announces something else.
        NotUnderstoodError: It announces what cannot be read.
    """
    while ethertype in _TAGS:
        ethertype = data[place + 2 : place + 4]
        place += 4
    if ethertype in _IP:
        return place
    if len(ethertype) < 2:
        raise NotUnderstoodError("cut short")
    number = int.from_bytes(ethertype, "big")
    if number < _SMALLEST_ETHERTYPE or number in _NEVER_IP:
        raise NotTcpError("not IP")
    raise NotUnderstoodError(f"EtherType 0x{number:04x}")


def _linux_cooked(data: bytes) -> int:
    return behind_ethertype(data[14:16], data, 16)


def _linux_cooked_2(data: bytes) -> int:
    return behind_ethertype(data[:2], data, 20)


def _loopback(data: bytes) -> int:
    # The family of IPv6 differs from one BSD to the next; the version tells as well.
    if len(data) <= 4:
        raise NotUnderstoodError("cut short")
    if data[4] >> 4 in {4, 6}:
        return 4
    raise NotTcpError("not IP")


def _raw(_data: bytes) -> int:
    return 0


_DECODERS: dict[int, LinkDecoder] = {
    ETHERNET: ethernet_ip_offset,
    LINUX_COOKED: _linux_cooked,
    LINUX_COOKED_2: _linux_cooked_2,
    pcap.DLT_NULL: _loopback,
    pcap.DLT_LOOP: _loopback,
    pcap.DLT_RAW: _raw,
    14: _raw,  # LINKTYPE_RAW as OpenBSD numbers it
    RAW_IP: _raw,
    pcap.DLT_IPV4: _raw,
    pcap.DLT_IPV6: _raw,
}
