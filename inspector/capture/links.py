"""Link headers: where the IP header of a packet begins.

=======================  ====  ================================================
link type                size  what tells the network protocol
=======================  ====  ================================================
Ethernet                   14  EtherType, behind VLAN tags of 4 bytes each
Linux cooked (SLL)         16  EtherType in bytes 14 and 15
Linux cooked 2 (SLL2)      20  EtherType in bytes 0 and 1
BSD loopback                4  an address family, in either byte order
raw IP                      0  nothing: the packet begins with it
=======================  ====  ================================================

Source: the LINKTYPE_ registry of libpcap, https://www.tcpdump.org/linktypes.html;
IEEE 802.1Q for the tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dpkt import ethernet, pcap

if TYPE_CHECKING:
    from collections.abc import Callable

    LinkDecoder = Callable[[bytes], int]

ETHERNET = pcap.DLT_EN10MB
NOT_IP = -1
"""In place of an offset: the packet is not IP."""

_IP = {
    ethernet.ETH_TYPE_IP.to_bytes(2, "big"),
    ethernet.ETH_TYPE_IP6.to_bytes(2, "big"),
}
_TAGS = {b"\x81\x00", b"\x88\xa8", b"\x91\x00"}  # 802.1Q, 802.1ad, old QinQ
_RAW_IP = 101


def ip_offset(link_type: int, data: bytes) -> int:
    """Return where the IP header begins in a packet; NOT_IP when it has none.

    Raises:
        KeyError: The link type is not one that can be read.
    """
    return _DECODERS[link_type](data)


def _ethernet(data: bytes) -> int:
    place = 12
    while data[place : place + 2] in _TAGS:
        place += 4
    return place + 2 if data[place : place + 2] in _IP else NOT_IP


def _linux_cooked(data: bytes) -> int:
    return 16 if data[14:16] in _IP else NOT_IP


def _linux_cooked_2(data: bytes) -> int:
    return 20 if data[:2] in _IP else NOT_IP


def _loopback(data: bytes) -> int:
    # The family of IPv6 differs from one BSD to the next; the version tells as well.
    return 4 if data[4:5] and data[4] >> 4 in {4, 6} else NOT_IP


def _raw(_data: bytes) -> int:
    return 0


_DECODERS: dict[int, LinkDecoder] = {
    ETHERNET: _ethernet,
    pcap.DLT_LINUX_SLL: _linux_cooked,
    pcap.DLT_LINUX_SLL2: _linux_cooked_2,
    pcap.DLT_NULL: _loopback,
    pcap.DLT_LOOP: _loopback,
    pcap.DLT_RAW: _raw,
    14: _raw,  # LINKTYPE_RAW as OpenBSD numbers it
    _RAW_IP: _raw,
    pcap.DLT_IPV4: _raw,
    pcap.DLT_IPV6: _raw,
}
