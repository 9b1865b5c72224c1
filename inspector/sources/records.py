"""One captured packet of a capture."""

from __future__ import annotations

import msgspec

# Link types of the records that are made here; headers/links.py knows the others.
# Source: https://www.tcpdump.org/linktypes.html.
ETHERNET = 1
RAW_IP = 101


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
