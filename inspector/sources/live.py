"""Packets of an interface, as they pass: the only module that speaks scapy.

scapy opens the socket and has libpcap compile the filter. Packets are then read from
memory that the kernel shares with us: scapy would make a float of its nanoseconds, and
objects of what is never read.

::

    interface ─► kernel: filter ─► ring ─► PacketRecord

Source: packet(7) of the Linux manual; linux/if_packet.h.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from inspector.errors import InspectorError, NotPermittedError, UnreadableCaptureError
from inspector.installing import pip_command
from protocol.named_tuple import NamedTuple

from .records import ETHERNET, RAW_IP, PacketRecord
from .ring import SOL_PACKET, Ring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .ring import Taken

_BUFFER = 32 << 20  # bytes: 11 s of 10,000 small packets a second
_BATCH = 2_000  # packets after which the clock is looked at
_WAIT_MS = 60  # more than twice what a block waits for its end

# linux/if_packet.h; Python names none of them.
_PACKET_STATISTICS = 6
_PACKET_IGNORE_OUTGOING = 23
_OUTGOING = 4  # sockaddr_ll.sll_pkttype
_LOOPBACK = 772  # sockaddr_ll.sll_hatype, ARPHRD_LOOPBACK
_NO_LINK_HEADER = {65534, 768, 776, 778}  # ARPHRD_NONE, tunnels of IP in IP and GRE
_VLAN_VALID = 0x10  # tp_status
_VLAN_TPID_VALID = 0x40


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
        buffer: Bytes of the ring that the kernel fills.

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
        self._latest_ns = 0  # when the last packet came, whomever it concerned
        self._scapy_socket, self.filtered = _open(interface, frozenset(ports))
        self._socket: socket.socket = self._scapy_socket.ins
        self._link_type, self._loopback = _prepare(self._socket)
        try:
            self._ring = Ring(self._socket, buffer)
        except OSError as error:
            self._scapy_socket.close()
            raise _gone(interface, error) from error
        self.drops()  # of what came before
        self._seen = self._dropped = 0

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Yield packets as they come, and in the end what came before that.

        Args:
            idle: Is called some twenty times a second, whether packets come or not;
                it answers whether to go on.

        Raises:
            UnreadableCaptureError: The interface went away.
        """
        while idle():
            self._wait()
            yield from self._batch()
        yield from self._rest(time.time_ns())

    def drops(self) -> Drops:
        """Ask the kernel what it dropped, since the beginning."""
        # Reading sets the kernel's counters to zero.
        answer = self._socket.getsockopt(SOL_PACKET, _PACKET_STATISTICS, 8)
        seen, dropped = struct.unpack("@II", answer)
        self._seen += seen
        self._dropped += dropped
        return Drops(self._seen, self._dropped)

    def dropped(self) -> int:
        """Return how many packets found no room in the kernel's buffer."""
        return self.drops().dropped

    def close(self) -> None:
        """Stop listening."""
        self._ring.close()
        self._scapy_socket.close()

    def _wait(self) -> None:
        """Wait until there is something to be read, for a while at most.

        Raises:
            UnreadableCaptureError: The interface went away.
        """
        self._ring.wait(_WAIT_MS)
        problem = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if problem:
            raise _gone(self.name, OSError(problem, os.strerror(problem)))

    def _batch(self) -> Iterator[PacketRecord]:
        """Yield what is there, as far as it may take until the next look."""
        until, end = self._number + _BATCH, time.monotonic() + _WAIT_MS / 1000
        while self._number < until and self._ring.ready and time.monotonic() < end:
            yield from self._block()

    def _rest(self, ended_ns: int) -> Iterator[PacketRecord]:
        """Yield what came before the end, and was not handed over yet."""
        self._ring.wait(_WAIT_MS)
        while self._ring.ready:
            for record in self._block():
                if record.time_ns > ended_ns:
                    return
                yield record
            if self._latest_ns > ended_ns:
                return
            self._ring.wait(_WAIT_MS)

    def _block(self) -> Iterator[PacketRecord]:
        link_type, concerns = self._link_type, self._concerns
        for taken in self._ring.block():
            # On loopback every packet comes by twice, leaving and arriving.
            if self._loopback and taken.kind == _OUTGOING:
                continue
            time_ns, data, length, status, *_ = taken
            self._latest_ns = time_ns
            if status & _VLAN_VALID:
                data, length = _with_tag(taken), length + 4
            number = self._number + 1
            record = PacketRecord(number, time_ns, link_type, data, length)
            if self.filtered or concerns(record):
                self._number = number
                yield record


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


def _prepare(sock: socket.socket) -> tuple[int, bool]:
    """Return the link type of a socket, and whether all comes by twice there."""
    hardware = sock.getsockname()[3]
    loopback = hardware == _LOOPBACK
    if loopback:
        with suppress(OSError):  # since Linux 4.20; before it, we drop them ourselves
            sock.setsockopt(SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    return (RAW_IP if hardware in _NO_LINK_HEADER else ETHERNET), loopback


def _with_tag(taken: Taken) -> bytes:
    """Return a packet with the VLAN tag that the card had taken off."""
    tpid = taken.tpid if taken.status & _VLAN_TPID_VALID else 0
    return _tagged(taken.data, taken.tci, tpid)


def _tagged(data: bytes, tci: int, tpid: int) -> bytes:
    """Return a packet with the VLAN tag that the card had taken off."""
    return data[:12] + struct.pack(">HH", tpid or 0x8100, tci) + data[12:]


def _gone(interface: str, error: OSError) -> InspectorError:
    if error.errno in {errno.ENETDOWN, errno.ENODEV, errno.ENXIO}:
        return UnreadableCaptureError(interface, "the interface went away")
    reason = (error.strerror or str(error)).lower()
    return InspectorError(interface, f"cannot capture: {reason}")
