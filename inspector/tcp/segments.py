"""TCP headers: records to segments.

::

    record: link header │ IPv4, 20 bytes │ TCP │ payload        nearly always
                              addresses   ports
                              └──── flow ────┘
    record: link header │ networks.find_tcp │ TCP │ payload     options, IPv6, tunnels …

The addresses and ports are adjacent in an ordinary packet, so that one slice of
it names the direction: 12 bytes for IPv4, 36 for IPv6. Five more name the virtual
network of a packet that has one.

Source: RFC 791, section 3.1; RFC 9293, section 3.1.
"""

from __future__ import annotations

import struct
from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING

import msgspec

from inspector.headers import links
from inspector.headers.fragments import Fragments
from inspector.headers.links import (
    TCP,
    NotTcpError,
    NotUnderstoodError,
    WaitingFragmentError,
)
from inspector.headers.virtual import SIZE, network_text, vlan_of
from inspector.sources.records import PacketRecord
from inspector.streams.endpoints import Endpoint
from inspector.streams.flags import CONTROL
from inspector.streams.items import End
from inspector.streams.packets import PacketKind
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from inspector.headers.networks import find_tcp
    from inspector.sources.records import Batch, Entry
else:  # decision 158
    find_tcp = on_demand("inspector.headers.networks:find_tcp")

_IPV4_ETHERTYPE = 0x0800
_IPV4_WITHOUT_OPTIONS = 0x45
_IPV4_SIZE = 20
# An IPv4 header without options and a TCP header at once, 40 bytes: version and size,
# length, identification, what is carried, seq, ack, size, flags, window.
_IPV4_TCP = "BxHHI10x4xIIBBH4x"
# The same after a link header with an EtherType, and where the IP header begins.
_USUAL_LINKS = {
    link_type: (
        struct.Struct(f">{place}xH{size - place - 2}x{_IPV4_TCP}"),
        size,
    )
    for link_type, (size, place) in links.ETHERTYPE_HEADERS.items()
}
# No packet is so long: it is read the longer way, as all of an unusual link.
_UNUSUAL_LINK = (struct.Struct("1000000x11B"), 0)
_TCP_HEADER = struct.Struct(">4xIIBBH4x")  # seq, ack, header size, flags, window
_PORTS = struct.Struct(">HH")
_TAGGED = {12 + SIZE, 36 + SIZE}  # bytes of flows in virtual networks
# What an IPv4 packet carries, in the bytes from its fragment field to its protocol:
# more fragments, or an offset; of the time to live nothing; the protocol.
_CARRIED = 0x3FFF_00_FF
_SMALLEST_HEADER = 20
_SMALLEST_SIZE = _SMALLEST_HEADER // 4 << 4  # as the TCP header has it


# decision 12: TCP says what a packet is, where it counts it
class Segment(msgspec.Struct, gc=False):
    """A TCP segment.

    Attributes:
        number: The record that carried it.
        time_ns: When that was captured, nanoseconds since 1970.
        flow: The direction: source and target address, source and target port, and
            virtual network where there is one.
        seq: Sequence number of its first byte, or of its SYN.
        ack: The next sequence number that the sender expects, where ACK is set.
        flags: Its control bits, see TcpFlag.
        payload: The bytes of the stream that it carries.
        missing: Bytes of its payload that the capture truncated.
        window: The window that the sender offers, as the header has it, not scaled.
        identification: The number that distinguishes IPv4 packets of a sender; 0 where
            there is none, as in IPv6.
        header: Place of its TCP header in the record; -1 where IP fragments brought it.
        unusual: What it is to its connection, if that is neither new data nor an ACK;
            known once it was reassembled.
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
    header: int = -1
    unusual: PacketKind | None = None

    @property
    def kind(self) -> PacketKind:
        """What it is to its connection, once it was reassembled."""
        carries = self.payload or self.missing
        return self.unusual or (PacketKind.DATA if carries else PacketKind.ACK)


class SegmentDecoder:
    """Find the TCP segments in records.

    Args:
        passed_over: Flows whose segments are of no interest, as long as they begin and
            end nothing.

    Attributes:
        records: How many records were seen.
        skipped: Records that hold no TCP → how many, by what they are.
    """

    def __init__(self, passed_over: Container[bytes] = ()) -> None:
        self.records = 0
        self.skipped: Counter[str] = Counter()
        self._first: PacketRecord | None = None
        self._last: PacketRecord | None = None
        self._passed_over = passed_over
        self._unknown: Counter[str] = Counter()
        self._fragments = Fragments()

    @property
    def end(self) -> End:
        """The end of what was decoded so far."""
        last = self._last
        return End(0, 0) if last is None else End(last.number, last.time_ns)

    @property
    def first_ns(self) -> int | None:
        """When the first record was captured; None if there are none."""
        return None if self._first is None else self._first.time_ns

    @property
    def last_ns(self) -> int:
        """When the last record was captured; 0 if there are none."""
        return 0 if self._last is None else self._last.time_ns

    @property
    def not_understood(self) -> dict[str, int]:
        """Records that may hold TCP but could not be read → how many, by why."""
        found = dict(self._unknown)
        lonely = self._fragments.given_up + self._fragments.waiting
        if lonely:
            found["IP fragment without the others"] = lonely
        return found

    def decode(self, records: Iterable[PacketRecord]) -> Iterator[Segment]:
        """Yield the segments of the records that hold one."""
        passed_over, link_type = self._passed_over, -1
        usual, ip = _UNUSUAL_LINK
        tcp = ip + _IPV4_SIZE
        for record in records:
            self.records += 1
            self._last = record
            if record.link_type != link_type:
                self._first = self._first or record
                link_type = record.link_type
                usual, ip = _USUAL_LINKS.get(link_type, _UNUSUAL_LINK)
                tcp = ip + _IPV4_SIZE
            data = record.data
            # The common case is spelled out, since every packet comes by here: a
            # whole IPv4 packet without options, with TCP, after a usual link header.
            if len(data) >= usual.size:
                (
                    ethertype,
                    version,
                    length,
                    identification,
                    carried,
                    seq,
                    ack,
                    size,
                    flags,
                    window,
                ) = usual.unpack_from(data)
                if (
                    ethertype == _IPV4_ETHERTYPE
                    and version == _IPV4_WITHOUT_OPTIONS
                    and carried & _CARRIED == TCP
                    and length
                    and size >= _SMALLEST_SIZE
                ):
                    flow, end = data[ip + 12 : tcp + 4], ip + length
                    if flow not in passed_over or flags & CONTROL:
                        yield Segment(
                            record.number,
                            record.time_ns,
                            flow,
                            seq,
                            ack,
                            flags,
                            data[tcp + (size >> 4 << 2) : end],
                            end - max(len(data), tcp + (size >> 4 << 2))
                            if end > len(data)
                            else 0,
                            window,
                            identification,
                            tcp,
                        )
                    continue
            segment = self._decode_unusual(record)
            if segment is not None:
                yield segment

    def note_batch(self, batch: Batch) -> None:
        """Learn of the records of a batch."""
        self.records += len(batch.entries)
        self._first = self._first or _record_of(batch.entries[0])
        self._last = _record_of(batch.entries[-1])

    def decode_one(self, record: PacketRecord) -> Segment | None:
        """Return the segment in one record; None where it holds none of interest."""
        return self._decode_unusual(record)

    def _decode_unusual(self, record: PacketRecord) -> Segment | None:
        """Return the segment in any record; count a record that holds none."""
        try:
            segment = _decode(record, self._fragments)
        except NotUnderstoodError as error:
            self._unknown[str(error)] += 1
        except struct.error:
            self._unknown["cut short"] += 1
        except WaitingFragmentError:
            pass  # counted when it turns out to wait in vain
        except NotTcpError as error:
            self.skipped[str(error)] += 1
        else:
            if segment.flow not in self._passed_over or segment.flags & CONTROL:
                return segment
        return None


def decode_segment(record: PacketRecord) -> Segment:
    """Return the TCP segment in a record.

    Raises:
        NotTcpError: It holds none, or a fragment of one.
        NotUnderstoodError: What it holds cannot be read.
        struct.error: It was truncated inside a header.
    """
    return _decode(record, Fragments())


def concerning(ports: Iterable[int]) -> Callable[[PacketRecord], bool]:
    """Return what says whether a record is of TCP, from or to one of some ports.

    Args:
        ports: None of them means any.
    """
    wanted = frozenset(ports)

    def concerns(record: PacketRecord) -> bool:
        try:
            segment = decode_segment(record)
        except (NotTcpError, struct.error):
            return False
        return not wanted or not wanted.isdisjoint(
            _PORTS.unpack(plain_flow(segment.flow)[-4:])
        )

    return concerns


def _decode(record: PacketRecord, fragments: Fragments) -> Segment:
    start = links.ip_offset(record.link_type, record.data)
    tcp = find_tcp(record.data, start, fragments)
    data, start = tcp.data, tcp.start
    seq, ack, size, flags, window = _TCP_HEADER.unpack_from(data, start)
    header = size >> 4 << 2
    network = tcp.network or vlan_of(record.link_type, record.data)
    if header < _SMALLEST_HEADER:
        raise NotUnderstoodError("damaged TCP header")
    return Segment(
        record.number,
        record.time_ns,
        tcp.addresses + data[start : start + 4] + network,
        seq,
        ack,
        flags,
        data[start + header : tcp.end],
        max(0, tcp.end - max(len(data), start + header)),
        window,
        tcp.identification,
        start if data is record.data else -1,
    )


def _record_of(entry: Entry) -> PacketRecord:
    """Return the record of an entry, as far as number and time are concerned."""
    return PacketRecord(entry[0], entry[1], -1, b"", 0)


def plain_flow(flow: bytes) -> bytes:
    """Return a flow without its virtual network."""
    return flow[:-SIZE] if len(flow) in _TAGGED else flow


def network_in(flow: bytes) -> str:
    """Return the virtual network of a flow, ``vlan 12``; empty for none."""
    return network_text(flow[len(plain_flow(flow)) :])


def reverse_flow(flow: bytes) -> bytes:
    """Return the flow of the other direction."""
    plain = plain_flow(flow)
    size = (len(plain) - 4) // 2
    source, target = plain[:size], plain[size:-4]
    return target + source + plain[-2:] + plain[-4:-2] + flow[len(plain) :]


def endpoints(flow: bytes) -> tuple[Endpoint, Endpoint]:
    """Return source and target of a flow."""
    flow = plain_flow(flow)
    size = (len(flow) - 4) // 2
    source, target = _PORTS.unpack(flow[-4:])
    return (
        Endpoint(str(ip_address(flow[:size])), source),
        Endpoint(str(ip_address(flow[size:-4])), target),
    )
