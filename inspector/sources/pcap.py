"""pcap files to records.

::

    file header │ record header │ bytes │ record header │ bytes │ …
       24 bytes      16 bytes    caplen

Files that were joined (``cat a.pcap b.pcap``) are read as one.

Source: draft-ietf-opsawg-pcap, sections 4 and 5.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from inspector.errors import DamagedCaptureError

from .reading import Layout
from .records import PacketRecord
from .scanning import LARGEST_RECORD, scan_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import BlockReader

_HEADER_SIZE = 24
_LINK_TYPE_PLACE = 20  # in the file header, four bytes
_MICROSECONDS, _NANOSECONDS = 1_000, 1  # in nanoseconds

# The magic number as four bytes → byte order, nanoseconds in a fraction, and the
# bytes of a record header (Kuznetzov's modified format has eight more).
_FORMATS = {
    b"\xa1\xb2\xc3\xd4": (">", _MICROSECONDS, 16),
    b"\xd4\xc3\xb2\xa1": ("<", _MICROSECONDS, 16),
    b"\xa1\xb2\x3c\x4d": (">", _NANOSECONDS, 16),
    b"\x4d\x3c\xb2\xa1": ("<", _NANOSECONDS, 16),
    b"\xa1\xb2\xcd\x34": (">", _MICROSECONDS, 24),
    b"\x34\xcd\xb2\xa1": ("<", _MICROSECONDS, 24),
}
MAGICS = frozenset(_FORMATS)
"""How a pcap file begins, in every byte order and resolution."""

_LINK_TYPE_BITS = 0x0FFFFFFF  # the bits above describe frame check sequences


# decision 7: dpkt for what is rare, struct for what is not
def read_pcap(blocks: BlockReader) -> Iterator[PacketRecord]:  # noqa: C901 — one loop
    """Yield the records of a pcap file; most in batches, where these are welcome.

    Raises:
        DamagedCaptureError: The file is truncated or damaged after the last record
            yielded.
    """
    order, unit, size, link_type = _read_header(blocks)
    unpack = struct.Struct(order + "IIII").unpack_from
    number, joined = blocks.records_before, False
    # The innermost loop of every inspection: one pass over a block, no calls but
    # unpack and the record's own.
    while blocks.fill(size):
        if blocks.scan is not None:
            layout = Layout(False, order == ">", unit, 0, size)  # noqa: FBT003
            batch = scan_block(blocks, number, link_type, layout)
            if batch is not None:  # which only who asks for them gets
                number += len(batch.entries)
                yield batch  # type: ignore[misc]
        data, position, end = blocks.data, blocks.position, len(blocks.data) - size
        while position <= end:
            seconds, fraction, captured, length = unpack(data, position)
            if captured > LARGEST_RECORD or not captured:
                # What would be an empty record may be the header of another file.
                joined = data[position : position + 4] in MAGICS
                if joined:
                    break
                if captured > LARGEST_RECORD:
                    blocks.position = position
                    raise _damaged(number, blocks, "damaged")
            start = position + size
            if start + captured > len(data):
                break
            number += 1
            position = start + captured
            yield PacketRecord(
                number,
                seconds * 1_000_000_000 + fraction * unit,
                link_type,
                data[start:position],
                length,
            )
        blocks.position = position
        if joined:
            order, unit, size, link_type = _read_header(blocks)
            unpack, joined = struct.Struct(order + "IIII").unpack_from, False
        elif position <= end and not blocks.fill(size + captured):
            break
    if blocks.left or blocks.problem:
        raise _damaged(number, blocks, blocks.problem or "truncated")


def _damaged(number: int, blocks: BlockReader, problem: str) -> DamagedCaptureError:
    """Return the error for a file whose last readable record has a number."""
    own = number - blocks.records_before
    return DamagedCaptureError.after(own, blocks.name, problem)


def _read_header(blocks: BlockReader) -> tuple[str, int, int, int]:
    """Return byte order, nanoseconds in a fraction, bytes of a header, link type."""
    header = blocks.take(_HEADER_SIZE)
    if len(header) < _HEADER_SIZE:
        problem = blocks.problem or "truncated"
        raise DamagedCaptureError(blocks.name, f"{problem} in its file header")
    order, unit, size = _FORMATS[header[:4]]
    (link_type,) = struct.unpack_from(order + "I", header, _LINK_TYPE_PLACE)
    return order, unit, size, link_type & _LINK_TYPE_BITS
