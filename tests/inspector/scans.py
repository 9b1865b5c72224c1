"""Two scans of the same block: they say the same, and what they say is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.sources.reading import Layout
from inspector.sources.scanning import (
    FRAME,
    OTHER_TEXT,
    PAYLOAD,
    WORD,
    scan_in_python,
)
from inspector.tcp.scans import payload_in
from protocol import count_units

if TYPE_CHECKING:
    from inspector.sources.reading import Scan
    from inspector.sources.records import Entry

WORDS = (b"secret", b"passw", b"token", b"key", b"authorization")
PCAP = Layout(pcapng=False, big_endian=False, unit_ns=1)
PCAPNG = PCAP._replace(pcapng=True)
ETHERNET_LINK = 14, 12


def check_scans(
    scan: Scan,
    data: bytes,
    layout: Layout = PCAP,
    *,
    link: tuple[int, int] = ETHERNET_LINK,
) -> list[Entry]:
    """Check that a scan says the same of a block as the one in Python.

    Returns:
        What it says.
    """
    found, end = scan(data, 0, 0, layout, *link, WORDS)
    in_python, end_in_python = scan_in_python(data, 0, 0, layout, *link, WORDS)

    assert (list(map(_plain, found)), end) == (
        list(map(_plain, in_python)),
        end_in_python,
    ), "C and Python differ"
    for entry in (*found, *in_python):
        _check_kind(entry)
    return found


def _plain(entry: Entry) -> object:
    """Return what an entry says, however much was cut of it."""
    return (*entry[:7], payload_in(entry))


def _check_kind(entry: Entry) -> None:
    """Check what an entry says of its payload by that payload itself."""
    kind, content = entry[7], entry[8]
    payload = payload_in(entry)
    assert bool(kind & PAYLOAD) == bool(payload) == bool(entry[6])
    assert len(payload) == entry[6]
    if kind & FRAME:
        assert content is not None
        assert payload == b"%d#%b" % (count_units(content), content)
        assert bool(kind & OTHER_TEXT) is not content.isascii()
        content.decode()
        lower = content.lower()
        assert kind & WORD or not any(word in lower for word in WORDS)
