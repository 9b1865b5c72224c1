"""IP headers: where the TCP header of a packet begins, whatever precedes it.

::

    IPv4: 20 to 60 bytes  │                       │
    IPv6: 40 bytes, then  │ extension headers …   │ TCP │ fragment │ tunnel: again IP

Source: RFC 791, section 3.1; RFC 8200, sections 3 and 4; RFC 4302, section 2.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .fragments import Fragment, Fragments
from .links import TCP, NotTcpError, NotUnderstoodError, WaitingFragmentError

if TYPE_CHECKING:
    from .tunnels import inner_ip_offset, tunnel_network
else:  # decision 158
    inner_ip_offset = on_demand("inspector.headers.tunnels:inner_ip_offset")
    tunnel_network = on_demand("inspector.headers.tunnels:tunnel_network")

_IPV4, _IPV6 = 4, 6
_IPV4_HEADER = struct.Struct(">BxHHHxB10x")  # version, length, id, fragment, protocol
_IPV6_HEADER = struct.Struct(">4xHB33x")  # payload length, next header
_EXTENSION = struct.Struct(">BB")  # next header, length
_FRAGMENT_HEADER = struct.Struct(">BxHI")  # next header, offset and more, id
_MORE_OR_OFFSET, _MORE, _OFFSET = 0x3FFF, 0x2000, 0x1FFF
_EXTENSIONS = {0, 43, 60, 135, 139, 140, 253, 254}  # headers in units of 8 bytes
_AUTHENTICATION = 51  # … in units of 4 bytes
_IPV6_FRAGMENT = 44
_MAX_DEPTH = 8
"""IP headers in a packet; more is an attack on its readers."""


class TcpPlace(NamedTuple):
    """Where a TCP header is.

    Attributes:
        data: The bytes that hold it.
        addresses: Source and target of the innermost IP header.
        start: The place of its first byte.
        end: The place after its payload, by the IP header; more than there are bytes
            where the capture was cut.
        identification: Of the innermost IPv4 header; 0 after one of IPv6.
        network: Of the innermost tunnel with a number, as :mod:`.virtual` has it;
            empty for none.
    """

    data: bytes
    addresses: bytes
    start: int
    end: int
    identification: int
    network: bytes = b""


class _IpPacket(NamedTuple):
    """What an IP header says of what follows it."""

    data: bytes
    addresses: bytes
    protocol: int
    start: int
    end: int
    identification: int = 0
    fragment: Fragment | None = None


def find_tcp(data: bytes, start: int, fragments: Fragments) -> TcpPlace:
    """Return where the TCP header is after the IP header at ``start``.

    Raises:
        NotTcpError: The packet has no TCP header.
        NotUnderstoodError: What there is cannot be read.
        WaitingFragmentError: It will be there with the fragments to come.
        struct.error: It was truncated inside a header.
    """
    network = b""
    for _ in range(_MAX_DEPTH):
        packet = _read_ip(data, start)
        if packet.fragment is not None:
            packet = _join(packet, packet.fragment, fragments)
        if packet.protocol == TCP:
            return TcpPlace(
                packet.data,
                packet.addresses,
                packet.start,
                packet.end,
                packet.identification,
                network,
            )
        data = packet.data
        start = inner_ip_offset(packet.protocol, data, packet.start)
        network = tunnel_network(packet.protocol, data, packet.start) or network
    raise NotUnderstoodError("tunnels within tunnels")


def _read_ip(data: bytes, start: int) -> _IpPacket:
    if len(data) <= start:
        raise NotUnderstoodError("cut short")
    version = data[start] >> 4
    if version == _IPV4:
        return _read_ipv4(data, start)
    if version == _IPV6:
        return _read_ipv6(data, start)
    raise NotTcpError("not IP")


def _read_ipv4(data: bytes, start: int) -> _IpPacket:
    first, total, number, flags, protocol = _IPV4_HEADER.unpack_from(data, start)
    addresses = data[start + 12 : start + 20]
    place = start + (first & 0x0F) * 4
    # A length of 0: the network card was to split it, and fill in each length.
    end = start + total if total else len(data)
    if flags & _MORE_OR_OFFSET:
        payload = _whole(data, place, end)
        key = (addresses, protocol, number)
        offset, more = (flags & _OFFSET) * 8, bool(flags & _MORE)
        fragment = Fragment(key, offset, more, payload, protocol)
        return _IpPacket(data, addresses, protocol, place, end, number, fragment)
    place, protocol = _skip_extensions(data, place, protocol)
    return _IpPacket(data, addresses, protocol, place, end, number)


def _read_ipv6(data: bytes, start: int) -> _IpPacket:
    length, protocol = _IPV6_HEADER.unpack_from(data, start)
    addresses = data[start + 8 : start + 40]
    end = start + 40 + length if length else len(data)
    place, protocol = _skip_extensions(data, start + 40, protocol)
    while protocol == _IPV6_FRAGMENT:
        protocol, flags, number = _FRAGMENT_HEADER.unpack_from(data, place)
        place += 8
        offset, more = flags & 0xFFF8, bool(flags & 1)
        if offset or more:
            payload = _whole(data, place, end)
            fragment = Fragment((addresses, number), offset, more, payload, protocol)
            return _IpPacket(data, addresses, protocol, place, end, 0, fragment)
        place, protocol = _skip_extensions(data, place, protocol)
    return _IpPacket(data, addresses, protocol, place, end)


def _skip_extensions(data: bytes, place: int, protocol: int) -> tuple[int, int]:
    """Return place and protocol of what follows the extension headers."""
    while protocol in _EXTENSIONS or protocol == _AUTHENTICATION:
        following, units = _EXTENSION.unpack_from(data, place)
        if protocol == _AUTHENTICATION:
            place += (units + 2) * 4
        else:
            place += (units + 1) * 8
        protocol = following
    return place, protocol


def _whole(data: bytes, start: int, end: int) -> bytes:
    """Return the payload of a fragment, all of which has to be there."""
    if end > len(data):
        raise NotUnderstoodError("IP fragment, cut short")
    return data[start:end]


def _join(packet: _IpPacket, fragment: Fragment, fragments: Fragments) -> _IpPacket:
    """Return the packet that a fragment completes."""
    joined = fragments.join(fragment)
    if joined is None:
        raise WaitingFragmentError("IP fragment")
    data, protocol = joined
    place, protocol = _skip_extensions(data, 0, protocol)
    return packet._replace(
        data=data, protocol=protocol, start=place, end=len(data), fragment=None
    )
