"""A ring of memory into which the kernel writes packets, and from which we read them.

::

    kernel ─► block, block, block … ─► Taken: bytes, time, what the card took off
                 └── ours, once it is full, or some milliseconds old

No packet takes a call of the system: the kernel hands over a block of them at once, and
the block goes back when all of them were read.

Source: packet_mmap.rst of the Linux kernel; linux/if_packet.h, TPACKET_V3.
"""

from __future__ import annotations

import mmap
import select
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

BLOCK = 1 << 17
"""Bytes of a block, in which a packet has to be whole: twice as many as offloading
makes of one. More would be wasted, as a block that is old is handed over as it is."""
RETIRE_MS = 25
"""After which a block that is not full is handed over."""

# linux/if_packet.h; Python names none of them.
SOL_PACKET = 263
_PACKET_RX_RING = 5
_PACKET_VERSION = 10
_TPACKET_V3 = 2
_FRAME = 2048  # which the third version does not use, but wants to divide a block
_OURS = 1  # block_status, TP_STATUS_USER
_STATUS = 8  # where it is in a block
_KIND = 48 + 10  # where sll_pkttype is after the beginning of a packet

_REQUEST = struct.Struct("@7I")  # tpacket_req3
_BLOCK = struct.Struct("@5I")  # version, offset, status, packets, where the first is
# tpacket3_hdr: next, sec, nsec, snaplen, len, status, mac, net, rxhash, tci, tpid
_PACKET = struct.Struct("@6I2H2IH")


class Taken(NamedTuple):
    """A packet as the kernel hands it over.

    Attributes:
        time_ns: When it was captured, in nanoseconds since 1970.
        data: Its bytes, as far as they are kept.
        length: Its bytes on the wire.
        status: ``tp_status``.
        tci: The VLAN tag that the card took off, if the status says so …
        tpid: … and the type of that.
        kind: ``sll_pkttype``: 4 for what leaves.
    """

    time_ns: int
    data: bytes
    length: int
    status: int
    tci: int
    tpid: int
    kind: int


# decision 198
class Ring:
    """The packets of a socket, block by block.

    Args:
        sock: A packet socket; what it has received before is forgotten.
        size: Bytes of the ring, at least two blocks; of less if there is not so much
            memory for the kernel.

    Raises:
        OSError: The kernel has no memory for the smallest ring, or makes none.
    """

    def __init__(self, sock: socket.socket, size: int) -> None:
        sock.setsockopt(SOL_PACKET, _PACKET_VERSION, _TPACKET_V3)
        self._blocks = _requested(sock, max(size // BLOCK, 2))
        self._memory = mmap.mmap(sock.fileno(), self._blocks * BLOCK)
        self._view = memoryview(self._memory)
        self._begin = 0  # of the block that is read next
        self._reading = self._packets()
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    @property
    def ready(self) -> bool:
        """Whether there is a block to be read."""
        status: int = _BLOCK.unpack_from(self._view, self._begin)[2]
        return bool(status & _OURS)

    def wait(self, milliseconds: int) -> None:
        """Wait until there is a block to be read, or something went wrong.

        Args:
            milliseconds: How long at most.
        """
        if not self.ready:
            self._poll.poll(milliseconds)

    def block(self) -> Iterator[Taken]:
        """Return the packets of the next block, if the kernel has handed it over.

        Whoever stops in the middle of it goes on there the next time.
        """
        return self._reading if self.ready else iter(())

    def _packets(self) -> Iterator[Taken]:
        """Yield the packets of the block that is ours, and give it back."""
        view, read = self._view, _PACKET.unpack_from
        begin = self._begin
        _, _, _, packets, first = _BLOCK.unpack_from(view, begin)
        at = begin + first
        for _ in range(packets):
            after, seconds, fraction, kept, length, status, mac, _, _, tci, tpid = read(
                view, at
            )
            start = at + mac
            yield Taken(
                seconds * 1_000_000_000 + fraction,
                bytes(view[start : start + kept]),
                length,
                status,
                tci,
                tpid,
                view[at + _KIND],
            )
            at += after
        self._reading = self._packets()
        self._begin = (begin + BLOCK) % len(view)
        struct.pack_into("@I", view, begin + _STATUS, 0)

    def close(self) -> None:
        """Give the memory back, before the socket is closed."""
        self._view.release()
        with suppress(BufferError):  # a packet is read at this moment
            self._memory.close()


def _requested(sock: socket.socket, blocks: int) -> int:
    """Ask for a ring of so many blocks, or of half of them; return how many it has.

    Raises:
        OSError: There is no memory for two.
    """
    while True:
        frames = blocks * (BLOCK // _FRAME)
        wanted = _REQUEST.pack(BLOCK, blocks, _FRAME, frames, RETIRE_MS, 0, 0)
        try:
            sock.setsockopt(SOL_PACKET, _PACKET_RX_RING, wanted)
        except OSError:
            if blocks <= 2:  # noqa: PLR2004 — one is filled while the other is read
                raise
            blocks = max(blocks // 2, 2)
        else:
            return blocks
