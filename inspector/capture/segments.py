"""IP and TCP headers: records to segments.

::

    record: link header │ IPv4: 20 to 60 B, IPv6: 40 B and extensions │ TCP │ payload
                                 addresses                             ports
                                 └──────────── flow ──────────────────────┘

The addresses and ports stand side by side in an ordinary packet, so that one slice of
it names the direction: 12 bytes for IPv4, 36 for IPv6.

Source: RFC 791, section 3.1; RFC 8200, sections 3 and 4; RFC 9293, section 3.1.
"""

from __future__ import annotations

import struct
from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import msgspec

from . import links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .records import PacketRecord

_TCP = 6
_IPV4_WITHOUT_OPTIONS = 0x45
_IPV4 = struct.Struct(">BxHHHxB10x")  # version and size, length, id, fragment, protocol
_IPV6 = struct.Struct(">4xHB33x")  # payload length, next header
# Both at once: the 40 bytes of an IPv4 header without options and a TCP header.
_IPV4_TCP = struct.Struct(">BxHHHxB10x4xIIBBH4x")
_TCP_HEADER = struct.Struct(">4xIIBBH4x")  # seq, ack, header size, flags, window
_PORTS = struct.Struct(">HH")
_FRAGMENT = 0x3FFF  # more fragments, or an offset
_EXTENSIONS = {0, 43, 60, 135, 139, 140, 253, 254}  # headers in units of 8 bytes
_AUTHENTICATION = 51  # … in units of 4 bytes
_IPV6_FRAGMENT = 44


class TcpFlag:
    """The control bits of a segment, as plain numbers: every packet is tested.

    Source: RFC 9293, section 3.1.
    """

    FIN: Final = 0x01
    SYN: Final = 0x02
    RST: Final = 0x04
    PSH: Final = 0x08
    ACK: Final = 0x10


class Segment(msgspec.Struct, gc=False):
    """A TCP segment.

    Attributes:
        number: The record that carried it.
        time_ns: When that was captured, nanoseconds since 1970.
        flow: The direction: source and target address, source and target port.
        seq: Sequence number of its first byte, or of its SYN.
        ack: The next sequence number that the sender expects, where ACK is set.
        flags: Its control bits, see TcpFlag.
        payload: The bytes of the stream that it carries.
        missing: Bytes of its payload that the capture cut off.
        window: The window that the sender offers, as the header has it, not scaled.
        identification: The number that tells IPv4 packets of a sender apart; 0 where
            there is none, as in IPv6.
    """

    number: int
    time_ns: int
    flow: bytes
    seq: int
    ack: int
    flags: int
    payload: bytes
    missing: int = 0
    window: int = 1
    identification: int = 0


class NotTcpError(ValueError):
    """A record holds no TCP segment that can be read; the message says what."""


class SegmentDecoder:
    """Find the TCP segments in records.

    Attributes:
        records: How many records were seen.
        skipped: What was passed over → how often.
    """

    def __init__(self) -> None:
        self.records = 0
        self.first_ns: int | None = None
        self.last_ns = 0
        self.skipped: Counter[str] = Counter()

    def decode(self, records: Iterable[PacketRecord]) -> Iterator[Segment]:
        """Yield the segments of the records that hold one."""
        for record in records:
            self.records += 1
            if self.first_ns is None:
                self.first_ns = record.time_ns
            self.last_ns = record.time_ns
            try:
                yield decode_segment(record)
            except (NotTcpError, struct.error) as error:
                reason = str(error) if isinstance(error, NotTcpError) else "cut short"
                self.skipped[reason] += 1


def decode_segment(record: PacketRecord) -> Segment:
    """Return the TCP segment in a record.

    Raises:
        NotTcpError: It holds none.
        struct.error: It was cut off inside a header.
    """
    data = record.data
    # The common case is spelled out: an untagged Ethernet packet with IPv4.
    if record.link_type == links.ETHERNET and data[12:15] == b"\x08\x00\x45":
        start = 14
    else:
        start = _ip_offset(record)
    if len(data) < start + 40:
        return _decode_unusual(record, start)
    (
        version,
        total,
        identification,
        fragment,
        protocol,
        seq,
        ack,
        size,
        flags,
        window,
    ) = _IPV4_TCP.unpack_from(data, start)
    if (
        version != _IPV4_WITHOUT_OPTIONS
        or protocol != _TCP
        or fragment & _FRAGMENT
        or not total
    ):
        return _decode_unusual(record, start)
    end = start + total
    return Segment(
        record.number,
        record.time_ns,
        data[start + 12 : start + 24],
        seq,
        ack,
        flags,
        data[start + 20 + (size >> 4 << 2) : end],
        end - len(data) if end > len(data) else 0,
        window,
        identification,
    )


def _segment(
    record: PacketRecord, flow: bytes, tcp: int, end: int, identification: int = 0
) -> Segment:
    data = record.data
    seq, ack, size, flags, window = _TCP_HEADER.unpack_from(data, tcp)
    payload = data[tcp + (size >> 4 << 2) : end]
    missing = end - len(data)
    return Segment(
        record.number,
        record.time_ns,
        flow,
        seq,
        ack,
        flags,
        payload,
        max(0, missing),
        window,
        identification,
    )


def _ip_offset(record: PacketRecord) -> int:
    try:
        start = links.ip_offset(record.link_type, record.data)
    except KeyError:
        raise NotTcpError(f"link type {record.link_type}") from None
    if start == links.NOT_IP:
        raise NotTcpError("not IP")
    return start


def _decode_unusual(record: PacketRecord, start: int) -> Segment:
    """Read a packet of IPv6, of IPv4 with options, or one that is no TCP."""
    data = record.data
    if len(data) <= start:
        raise NotTcpError("cut short")
    version = data[start] >> 4
    if version == 6:
        tcp, end = _skip_ipv6(data, start)
        return _segment(
            record, data[start + 8 : start + 40] + data[tcp : tcp + 4], tcp, end
        )
    if version != 4:
        raise NotTcpError("not IP")
    _, total, identification, fragment, protocol = _IPV4.unpack_from(data, start)
    if protocol != _TCP or fragment & _FRAGMENT:
        raise NotTcpError("IP fragment" if fragment & _FRAGMENT else "not TCP")
    tcp = start + (data[start] & 0x0F) * 4
    end = start + total if total else len(data)  # 0: the card would split it later
    flow = data[start + 12 : start + 20] + data[tcp : tcp + 4]
    return _segment(record, flow, tcp, end, identification)


def _skip_ipv6(data: bytes, start: int) -> tuple[int, int]:
    """Return where the TCP header behind an IPv6 header begins, and its end."""
    length, following = _IPV6.unpack_from(data, start)
    end = start + 40 + length if length else len(data)
    place = start + 40
    while following != _TCP:
        if following == _IPV6_FRAGMENT:
            raise NotTcpError("IP fragment")
        if following not in _EXTENSIONS and following != _AUTHENTICATION:
            raise NotTcpError("not TCP")
        header, units = struct.unpack_from(">BB", data, place)
        place += (units + 2) * 4 if following == _AUTHENTICATION else (units + 1) * 8
        following = header
    return place, end


def reverse_flow(flow: bytes) -> bytes:
    """Return the flow of the other direction."""
    size = (len(flow) - 4) // 2
    source, target = flow[:size], flow[size:-4]
    return target + source + flow[-2:] + flow[-4:-2]


def endpoints(flow: bytes) -> tuple[str, str]:
    """Return source and target of a flow as ``address:port``."""
    size = (len(flow) - 4) // 2
    ports = _PORTS.unpack(flow[-4:])
    return (
        _endpoint(flow[:size], ports[0]),
        _endpoint(flow[size:-4], ports[1]),
    )


def _endpoint(address: bytes, port: int) -> str:
    ip = ip_address(address)
    return f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"
