"""One captured packet of a capture."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from protocol.named_tuple import NamedTuple

Entry: TypeAlias = tuple[int, int, bytes | None, int, int, int, int, int, bytes | None]

# Link types of the records that are made here; headers/links.py knows the others.
# Source: https://www.tcpdump.org/linktypes.html.
ETHERNET = 1
LINUX_SLL = 113
LINUX_SLL2 = 276
RAW_IP = 101


class Batch(NamedTuple):
    """Records that follow each other in a pcap file, scanned together.

    Attributes:
        link_type: What their first header is.
        block: The bytes that they are in, with the headers of the records.
        entries: One for each, as ``_scan.c`` describes them.
    """

    link_type: int
    block: bytes
    entries: list[Entry]


class PacketRecord(msgspec.Struct, gc=False):
    """A packet as the capture holds it.

    Attributes:
        number: Its place in the capture, from 1, as Wireshark counts.
        time_ns: When it was captured, nanoseconds since 1970.
        link_type: What its first header is: a LINKTYPE_ value of libpcap.
        data: Its bytes, from the link header on, as far as they were captured.
        length: Its bytes on the wire; more than ``data`` where it was cut.
    """

    number: int
    time_ns: int
    link_type: int
    data: bytes
    length: int
