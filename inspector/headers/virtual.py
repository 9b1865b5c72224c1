"""Virtual networks: what keeps equal addresses apart on one wire.

============  =========================================  =============
network       where its number stands                    shown as
============  =========================================  =============
VLAN          802.1Q tags, the outer and the inner one   ``vlan 12.7``
VXLAN,        24 bits after 4 bytes of their header      ``VNI 42``
Geneve
GRE           the key, where there is one                ``GRE key 9``
============  =========================================  =============

A network is five bytes, its kind and its number, that follow the ports of a flow.
That of the innermost tunnel counts; the tags outside a tunnel are of the way alone.

Source: IEEE 802.1Q, section 9.6; RFC 7348, section 5; RFC 8926, section 3.4; RFC 2890.
"""

from __future__ import annotations

import struct

from .links import ETHERTYPE_HEADERS, TAGS

SIZE = 5
"""Bytes of a network in a flow."""
_KINDS = ("vlan", "VNI", "GRE key")
_NETWORK = struct.Struct(">BI")
_TAG = struct.Struct(">H")
_VLAN = 0x0FFF  # of a tag; the rest is priority


def network_of(kind: str, number: int) -> bytes:
    """Return a network as it is written in a flow."""
    return _NETWORK.pack(_KINDS.index(kind), number)


def vlan_of(link_type: int, data: bytes) -> bytes:
    """Return the VLAN of a packet; empty where it has none, or only a priority."""
    header = ETHERTYPE_HEADERS.get(link_type)
    if header is None:
        return b""
    number, place = 0, header.size
    ethertype = data[header.ethertype : header.ethertype + 2]
    while ethertype in TAGS:
        (tag,) = _TAG.unpack_from(data, place)
        number = (number << 16 | tag & _VLAN) & 0xFFFFFFFF
        ethertype = data[place + 2 : place + 4]
        place += 4
    return network_of("vlan", number) if number else b""


def network_text(network: bytes) -> str:
    """Return a network as text, ``vlan 12``; empty for none."""
    if not network:
        return ""
    kind, number = _NETWORK.unpack(network)
    outer, inner = divmod(number, 1 << 16)
    tagged_twice = kind == 0 and outer
    return f"{_KINDS[kind]} " + (f"{outer}.{inner}" if tagged_twice else f"{number}")
