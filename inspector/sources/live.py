"""Packets of an interface, as they pass: the only module that speaks scapy.

scapy opens the socket and has libpcap compile the filter. Packets are then read from
the socket itself, as bytes: scapy would make a float of the kernel's nanoseconds, and
objects of what is never read.

::

    interface ─► kernel: filter, buffer ─► recvmsg: bytes, time, what was dropped
                                           └► PacketRecord

Source: packet(7) of the Linux manual; linux/if_packet.h, struct tpacket_auxdata.
"""

from __future__ import annotations

import errno
import logging
import select
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from inspector.errors import InspectorError, NotPermittedError, UnreadableCaptureError
from inspector.installing import pip_command
from protocol.named_tuple import NamedTuple

from .records import ETHERNET, RAW_IP, PacketRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SNAP_LENGTH = 262_144  # as tcpdump: beyond any packet that offloading makes
_BUFFER = 64 << 20  # bytes in the kernel: some 0.5 s at a gigabyte a second
_BATCH = 256  # packets between two looks at the clock
_WAIT_MS = 50
_UNTIL_TIMES_S = 0.02
_MAX_EARLY = 100_000  # packets that may wait before it begins

# linux/if_packet.h and asm-generic/socket.h; Python names none of them.
_SOL_PACKET = 263
_PACKET_STATISTICS = 6
_PACKET_AUXDATA = 8
_PACKET_IGNORE_OUTGOING = 23
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35
_OUTGOING = 4  # sockaddr_ll.sll_pkttype
_LOOPBACK = 772  # sockaddr_ll.sll_hatype, ARPHRD_LOOPBACK
_NO_LINK_HEADER = {65534, 768, 776, 778}  # ARPHRD_NONE, tunnels of IP in IP and GRE
_VLAN_VALID = 0x10  # tp_status
_VLAN_TPID_VALID = 0x40

_TIME = struct.Struct("@qq")  # struct timespec
_AUXDATA = struct.Struct("@IIIHHHH")  # status, len, snaplen, mac, net, tci, tpid
_ANCILLARY = socket.CMSG_SPACE(_TIME.size) + socket.CMSG_SPACE(_AUXDATA.size)


class Drops(NamedTuple):
    """What the kernel counted for a capture.

    Attributes:
        seen: Packets that passed the filter.
        dropped: … of which so many found no room in the buffer.
    """

    seen: int
    dropped: int


class LiveCapture:
    """The packets of one interface that concern some TCP ports.

    Args:
        interface: Its name, such as ``lo``.
        ports: The ports to listen for; none means all of TCP.
        concerns: Says of a packet whether it is of these ports, where the kernel does
            not filter; by default every packet is.
        buffer: Bytes of the kernel's buffer.

    Raises:
        InspectorError: There is no such interface, or scapy is not installed.
        NotPermittedError: The kernel does not let us.

    Attributes:
        name: The interface.
        filtered: Whether the kernel filters, and not we.
    """

    def __init__(
        self,
        interface: str,
        ports: Iterable[int] = (),
        concerns: Callable[[PacketRecord], bool] = lambda _: True,
        *,
        buffer: int = _BUFFER,
    ) -> None:
        self.name = interface
        self._concerns = concerns
        self._seen = self._dropped = 0
        self._number = 0
        # One for all packets: to make room for the largest costs more than to read.
        self._buffer = memoryview(bytearray(_SNAP_LENGTH))
        self._scapy_socket, self.filtered = _open(interface, frozenset(ports))
        self._socket: socket.socket = self._scapy_socket.ins
        self._link_type, self._loopback = _prepare(self._socket, buffer)
        self._begin()

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Yield packets as they come.

        Args:
            idle: Is called some twenty times a second, whether packets come or not;
                it answers whether to go on.

        Raises:
            UnreadableCaptureError: The interface went away.
        """
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while idle():
            if poll.poll(_WAIT_MS):
                yield from self._batch()

    def drops(self) -> Drops:
        """Ask the kernel what it dropped, since the beginning."""
        # Reading sets the kernel's counters to zero.
        answer = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        seen, dropped = struct.unpack("@II", answer)
        self._seen += seen
        self._dropped += dropped
        return Drops(self._seen, self._dropped)

    def dropped(self) -> int:
        """Return how many packets found no room in the kernel's buffer."""
        return self.drops().dropped

    def close(self) -> None:
        """Stop listening."""
        self._scapy_socket.close()

    def _begin(self) -> None:
        """Leave out what came before the filter and the buffer were in place.

        The kernel begins to note times a moment after it is asked to; a packet that
        has none by then gets that of being read.
        """
        time.sleep(_UNTIL_TIMES_S)
        with suppress(BlockingIOError):
            for _ in range(_MAX_EARLY):
                self._socket.recv(1, socket.MSG_DONTWAIT)
        self.drops()
        self._seen = self._dropped = 0

    def _batch(self) -> Iterator[PacketRecord]:
        for _ in range(_BATCH):
            try:
                size, ancillary, _, address = self._socket.recvmsg_into(
                    [self._buffer], _ANCILLARY, socket.MSG_DONTWAIT
                )
            except BlockingIOError:
                return
            except OSError as error:
                raise _gone(self.name, error) from error
            # On loopback every packet comes by twice, leaving and arriving.
            if self._loopback and address[2] == _OUTGOING:
                continue
            record = self._record(bytes(self._buffer[:size]), ancillary)
            if self.filtered or self._concerns(record):
                self._number = record.number
                yield record

    def _record(
        self, data: bytes, ancillary: list[tuple[int, int, bytes]]
    ) -> PacketRecord:
        time_ns, length = 0, len(data)
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
                seconds, nanoseconds = _TIME.unpack_from(value)
                time_ns = seconds * 1_000_000_000 + nanoseconds
            elif level == _SOL_PACKET and kind == _PACKET_AUXDATA:
                status, length, _, _, _, tci, tpid = _AUXDATA.unpack_from(value)
                if status & _VLAN_VALID:
                    data = _tagged(data, tci, tpid if status & _VLAN_TPID_VALID else 0)
                    length += 4
        return PacketRecord(self._number + 1, time_ns, self._link_type, data, length)


# decision 65: scapy opens the socket, and we read it
def _open(interface: str, ports: frozenset[int]) -> tuple[Any, bool]:
    """Return scapy's socket, and whether the kernel filters for us."""
    listen, filter_error, interfaces = _scapy()
    if interface not in interfaces:
        names = ", ".join(sorted(interfaces)) or "none"
        raise InspectorError(interface, f"no such interface; there are: {names}")
    expression = " or ".join(f"tcp port {port}" for port in sorted(ports)) or "tcp"
    try:
        try:
            return listen(iface=interface, filter=expression), True
        except (ImportError, filter_error):  # no libpcap to compile it
            return listen(iface=interface), False
    except PermissionError:
        raise NotPermittedError(interface) from None
    except OSError as error:
        raise _gone(interface, error) from error


def _scapy() -> tuple[Callable[..., Any], type[Exception], list[str]]:
    """Return how scapy listens, what its filter raises, and the interfaces.

    Imported late, for it takes half a second, and only who captures needs it.
    """
    logging.getLogger("scapy").setLevel(logging.CRITICAL)  # we say what matters
    try:
        from scapy.config import conf  # noqa: PLC0415
        from scapy.error import Scapy_Exception  # noqa: PLC0415
        from scapy.interfaces import get_if_list  # noqa: PLC0415
    except ImportError:
        raise InspectorError(
            "live", f"scapy is not installed; {pip_command('install', 'scapy')}"
        ) from None
    import scapy.arch  # noqa: F401, PLC0415 — it names the sockets of this system

    return conf.L2listen, Scapy_Exception, get_if_list()


def _prepare(sock: socket.socket, buffer: int) -> tuple[int, bool]:
    """Give a socket room and exact times; return its link type, and if it is lo."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    with suppress(OSError):  # beyond net.core.rmem_max, for who may
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, buffer)
    sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    sock.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
    hardware = sock.getsockname()[3]
    loopback = hardware == _LOOPBACK
    if loopback:
        with suppress(OSError):  # since Linux 4.20; before it, we drop them ourselves
            sock.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    return (RAW_IP if hardware in _NO_LINK_HEADER else ETHERNET), loopback


def _tagged(data: bytes, tci: int, tpid: int) -> bytes:
    """Return a packet with the VLAN tag that the card had taken off."""
    return data[:12] + struct.pack(">HH", tpid or 0x8100, tci) + data[12:]


def _gone(interface: str, error: OSError) -> InspectorError:
    if error.errno in {errno.ENETDOWN, errno.ENODEV, errno.ENXIO}:
        return UnreadableCaptureError(interface, "the interface went away")
    reason = (error.strerror or str(error)).lower()
    return InspectorError(interface, f"cannot capture: {reason}")
