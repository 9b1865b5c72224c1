"""Blocks of packets that the kernel hands over, on the loopback interface."""

from __future__ import annotations

import errno
import os
import socket
import struct
import time
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from inspector.sources.ring import BLOCK, Ring
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.ring import Taken

_ALL = 3  # ETH_P_ALL of linux/if_ether.h
_LOCAL = b"\x88\xb5"  # an EtherType for experiments, of IEEE 802
_HEAD = bytes(12) + _LOCAL
_INCOMING = 0  # PACKET_HOST


@contextmanager
def listening(
    size: int, kind: type[socket.socket] = socket.socket
) -> Iterator[tuple[socket.socket, Ring]]:
    """Listen on the loopback interface, and give what sends there."""
    with (
        kind(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL)) as sock,
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sending,
    ):
        sending.bind(("lo", 0))
        sock.bind(("lo", _ALL))
        with closing(Ring(sock, size)) as ring:
            yield sending, ring


def mine(ring: Ring) -> Iterator[Taken]:
    """Yield what this test sent, once each, for as long as anybody waits."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        ring.wait(50)
        for taken in ring.block():
            if taken.data.startswith(_HEAD) and taken.kind == _INCOMING:
                yield taken


def test_packets_come_in_order_with_their_times_and_whole() -> None:
    with listening(4 * BLOCK) as (sending, ring):
        begun = time.time_ns()
        sizes = [50, 1500, 60_000] * 30  # more than the ring holds at once
        seen = mine(ring)
        packets = []
        for number, size in enumerate(sizes):
            sending.send(_HEAD + number.to_bytes(2, "big") + bytes(size))
            packets.append(next(seen))
        ended = time.time_ns()

    assert [int.from_bytes(each.data[14:16], "big") for each in packets] == list(
        range(len(sizes))
    )
    assert [len(each.data) - 16 for each in packets] == sizes
    assert all(each.length == len(each.data) for each in packets)
    times = [each.time_ns for each in packets]
    assert times == sorted(times)
    assert begun <= times[0]
    assert times[-1] <= ended


def test_who_stops_in_a_block_goes_on_there() -> None:
    with listening(2 * BLOCK) as (sending, ring):
        for number in range(20):
            sending.send(_HEAD + bytes([number]))
        seen = mine(ring)
        first = [next(seen).data[14] for _ in range(7)]
        seen.close()  # type: ignore[attr-defined]  # it is a generator
        rest = [each.data[14] for each in islice(mine(ring), 13)]

    assert first + rest == list(range(20))


class _Scarce(socket.socket):
    """A socket of a machine that has little memory left for its kernel."""

    def setsockopt(self, *given: Any) -> None:  # noqa: ANN401 — as its base
        """Refuse rings of more than a megabyte, as the kernel does then."""
        if isinstance(given[2], bytes) and len(given[2]) > 4:
            size, blocks = struct.unpack_from("@2I", given[2])
            if size * blocks > 1 << 20:
                raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        super().setsockopt(*given)


def test_of_too_large_a_ring_there_is_as_much_as_there_is_memory_for() -> None:
    with listening(64 << 20, _Scarce) as (sending, ring):
        sending.send(_HEAD)
        assert next(mine(ring)).data == _HEAD


def test_what_is_no_packet_socket_has_no_ring() -> None:
    with socket.socket() as sock, pytest.raises(OSError, match=r"."):
        Ring(sock, BLOCK)
