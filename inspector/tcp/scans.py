"""Entries of a scan to segments, where one is wanted after all.

See ``_scan.c`` for what an entry is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.sources.records import PacketRecord
from inspector.sources.scanning import FRAME
from protocol import count_units

from .segments import Segment

if TYPE_CHECKING:
    from inspector.sources.records import Batch, Entry


def payload_in(entry: Entry) -> bytes:
    """Return the bytes that an entry carries of its stream."""
    kind, content = entry[7], entry[8]
    if content is None:
        return b""
    if kind & FRAME:
        return b"%d#%b" % (count_units(content), content)
    return content


def segment_in(entry: Entry) -> Segment:
    """Return the segment of an entry that is a packet."""
    number, time_ns, flow, seq, ack, rest, *_ = entry
    assert flow is not None
    return Segment(
        number,
        time_ns,
        flow,
        seq,
        ack,
        rest & 0xFF,
        payload_in(entry),
        0,
        rest >> 24,
        rest >> 8 & 0xFFFF,
    )


def record_in(entry: Entry, batch: Batch) -> PacketRecord:
    """Return the record of an entry that is no packet."""
    number, time_ns, _, begin, end, length, *_ = entry
    data = batch.block[begin:end]
    return PacketRecord(number, time_ns, batch.link_type, data, length)
