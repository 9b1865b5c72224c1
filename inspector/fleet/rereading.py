"""A source read once more, for some of its packets, of which headers matter."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from inspector.errors import UnreadableCaptureError
from inspector.headers.links import NotTcpError, WaitingFragmentError, ip_offset
from inspector.sources.scanning import LINKS
from inspector.tcp.segments import decode_segment

from .following import Following
from .storage import read
from .tasks import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.records import PacketRecord

    from .sources import Source
    from .tasks import Work

_IPV4, _WITHOUT_OPTIONS = b"\x08\x00", b"\x45"
_IPV4_SIZE, _PORTS_SIZE = 20, 4
_WHOLE = {b"\x00", b"\x40"}  # nothing, or that it must not be parted
_FIRST_TCP = b"\x00\x06"  # no offset of a fragment, and the protocol


def read_again(work: Work, source: Source, step: int) -> Iterator[PacketRecord]:
    """Yield the records of a source; what cannot be read was told already.

    Args:
        work: Of the run.
        source: The source.
        step: The step of the run, as :mod:`.following` numbers them.
    """
    known = files_of(source).known
    total = sum(each.size for each in known)
    follow = Following(work.folder, source.name, step, total)
    for file in known:
        try:
            yield from read(file.name, follow.reading())
        except UnreadableCaptureError:
            continue
    follow.finish()


def flow_of(record: PacketRecord) -> bytes:
    """Return the flow of a packet, of an IPv4 fragment one without ports.

    Empty where there is none, or it cannot be read.
    """
    return _plain_flow(record) or _flow(record)


def _plain_flow(record: PacketRecord) -> bytes:
    """Return the flow of an ordinary packet; empty for any other."""
    data, (size, place) = record.data, LINKS.get(record.link_type, (0, 0))
    if (
        size
        and len(data) >= size + _IPV4_SIZE + _PORTS_SIZE
        and data[place : place + 2] == _IPV4
        and data[size : size + 1] == _WITHOUT_OPTIONS
        and data[size + 6 : size + 7] in _WHOLE
        and data[size + 7 : size + 10 : 2] == _FIRST_TCP
    ):
        return data[size + 12 : size + 24]
    return b""


def _flow(record: PacketRecord) -> bytes:
    """Return the flow of any packet; of a fragment one without ports, if it can be."""
    try:
        return decode_segment(record).flow
    except WaitingFragmentError:
        start = ip_offset(record.link_type, record.data)
        addresses = record.data[start + 12 : start + 20]
        return addresses + bytes(4) if record.data[start] >> 4 == 4 else b""  # noqa: PLR2004
    except (NotTcpError, struct.error):
        return b""
