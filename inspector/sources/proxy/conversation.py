"""Bytes that were relayed, as the packets of a TCP connection.

So a proxy is one more source of records: the inspection, and a file that is written,
see a connection as if it had been captured. There is no link header (LINKTYPE_RAW);
checksums stay zero, as where the network card fills them in.

Source: RFC 791, section 3.1; RFC 8200, section 3; RFC 9293, section 3.1.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from inspector.sources.records import RAW_IP, PacketRecord
from inspector.streams.flags import TcpFlag

if TYPE_CHECKING:
    from inspector.streams.endpoints import Endpoint

_IPV4 = struct.Struct(">BBHHHBBH4s4s")
_IPV6 = struct.Struct(">IHBB16s16s")
_TCP = struct.Struct(">HHIIBBHHH")
_TCP_SIZE = 20
_DATA_OFFSET = 5 << 4  # 20 bytes of header
_TTL = 64
_WINDOW = 65_535
_MAX_PAYLOAD = 65_535 - 60  # the largest that an IPv4 length can hold
# decision 60
_UNACKNOWLEDGED = 64  # data packets of one side, after which the other acknowledges

_TICK_NS = 4_000
_SEQUENCE_MASK = 0xFFFFFFFF


class Conversation:
    """The packets of one relayed connection.

    Args:
        client: Who connected.
        server: Whom the bytes are for.
    """

    def __init__(self, client: Endpoint, server: Endpoint) -> None:
        addresses = _alike(ip_address(client.address), ip_address(server.address))
        self._addresses = tuple(address.packed for address in addresses)
        self._ports = (client.port, server.port)
        self._next = [0, 0]  # sequence numbers of client and server
        self._unacknowledged = [0, 0]  # data packets that nothing came back for

    def open(self, time_ns: int) -> list[PacketRecord]:
        """Return the handshake.

        Numbers begin where a clock stands (RFC 9293, section 3.4.1), so that a
        connection on ports that were used before is known for a new one.
        """
        self._next = [time_ns // _TICK_NS & _SEQUENCE_MASK] * 2
        return [
            self._packet(time_ns, 0, TcpFlag.SYN),
            self._packet(time_ns, 1, TcpFlag.SYN | TcpFlag.ACK),
            self._packet(time_ns, 0, TcpFlag.ACK),
        ]

    def data(
        self, time_ns: int, data: bytes, *, from_server: bool
    ) -> list[PacketRecord]:
        """Return the packet that carries some bytes, or several if they are many.

        Where only one side speaks, the other acknowledges now and then, so that the
        reassembly does not wait for that without end.
        """
        flags, sender = TcpFlag.PSH | TcpFlag.ACK, int(from_server)
        records = []
        for start in range(0, len(data), _MAX_PAYLOAD):
            payload = data[start : start + _MAX_PAYLOAD]
            records.append(self._packet(time_ns, sender, flags, payload))
            self._unacknowledged[sender] += 1
            self._unacknowledged[1 - sender] = 0
            if self._unacknowledged[sender] >= _UNACKNOWLEDGED:
                self._unacknowledged[sender] = 0
                records.append(self._packet(time_ns, 1 - sender, TcpFlag.ACK))
        return records

    def finish(self, time_ns: int, *, from_server: bool) -> PacketRecord:
        """Return the packet that says that one side will send no more."""
        return self._packet(time_ns, int(from_server), TcpFlag.FIN | TcpFlag.ACK)

    def reset(self, time_ns: int, *, from_server: bool) -> PacketRecord:
        """Return the packet with which one side breaks the connection off."""
        return self._packet(time_ns, int(from_server), TcpFlag.RST | TcpFlag.ACK)

    def _packet(
        self, time_ns: int, sender: int, flags: int, payload: bytes = b""
    ) -> PacketRecord:
        seq, ack = self._next[sender], self._next[1 - sender]
        occupied = len(payload) + bool(flags & (TcpFlag.SYN | TcpFlag.FIN))
        self._next[sender] = (seq + occupied) & _SEQUENCE_MASK
        ports = self._ports[sender], self._ports[1 - sender]
        tcp = _TCP.pack(*ports, seq, ack, _DATA_OFFSET, flags, _WINDOW, 0, 0)
        data = self._ip(sender, _TCP_SIZE + len(payload)) + tcp + payload
        return PacketRecord(0, time_ns, RAW_IP, data, len(data))

    def _ip(self, sender: int, size: int) -> bytes:
        source, target = self._addresses[sender], self._addresses[1 - sender]
        if len(source) == 4:  # noqa: PLR2004 — bytes of an IPv4 address
            header = _IPV4.size
            return _IPV4.pack(
                0x45, 0, header + size, 0, 0x4000, _TTL, 6, 0, source, target
            )
        return _IPV6.pack(6 << 28, size, 6, _TTL, source, target)


def _alike(
    client: IPv4Address | IPv6Address, server: IPv4Address | IPv6Address
) -> tuple[IPv4Address | IPv6Address, IPv4Address | IPv6Address]:
    """Return two addresses in one version of IP (RFC 4291, section 2.5.5.2)."""
    if client.version == server.version:
        return client, server
    return _as_ipv6(client), _as_ipv6(server)


def _as_ipv6(address: IPv4Address | IPv6Address) -> IPv6Address:
    if isinstance(address, IPv6Address):
        return address
    return IPv6Address(b"\x00" * 10 + b"\xff\xff" + address.packed)
