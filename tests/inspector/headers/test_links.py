from __future__ import annotations

import re

import pytest

from inspector.headers import links
from inspector.headers.links import (
    ETHERTYPE_HEADERS,
    NotTcpError,
    NotUnderstoodError,
)
from inspector.sources.scanning import LINKS
from tests.inspector.captures import ROOT

_V4, _V6 = b"\x45" + bytes(39), b"\x60" + bytes(59)
_IP4, _IP6, _ARP = b"\x08\x00", b"\x86\xdd", b"\x08\x06"
_TAG = b"\x81\x00\x00\x01"


@pytest.mark.parametrize(
    ("link_type", "header", "packet"),
    [
        (1, bytes(12) + _IP4, _V4),
        (1, bytes(12) + _IP6, _V6),
        (1, bytes(12) + _TAG + _IP4, _V4),
        (1, bytes(12) + b"\x88\xa8\x00\x02" + _TAG + _IP6, _V6),
        (1, bytes(12) + b"\x91\x00\x00\x02" + _IP4, _V4),
        (1, bytes(12) + b"\x88\x47" + b"\x00\x01\x00\x40\x00\x02\x01\x40", _V4),
        (1, bytes(12) + _TAG + b"\x88\x48" + b"\x00\x02\x01\x40", _V6),
        (1, bytes(12) + b"\x88\x64" + b"\x11\x00\x00\x01\x00\x2a" + b"\x00\x21", _V4),
        (1, bytes(12) + b"\x88\x64" + b"\x11\x00\x00\x01\x00\x2a" + b"\x57", _V6),
        (9, b"\xff\x03\x00\x21", _V4),
        (9, b"\x00\x57", _V6),
        (9, b"\x21", _V4),
        (50, b"\xff\x03\x21", _V4),
        (51, b"\x11\x00\x00\x01\x00\x2a\x00\x21", _V4),
        (113, bytes(14) + _IP4, _V4),
        (113, bytes(14) + _IP6, _V6),
        (276, _IP4 + bytes(18), _V4),
        (276, _IP6 + bytes(18), _V6),
        (0, b"\x02\x00\x00\x00", _V4),
        (0, b"\x00\x00\x00\x02", _V4),
        (0, b"\x1e\x00\x00\x00", _V6),
        (0, b"\x00\x00\x00\x18", _V6),
        (108, b"\x00\x00\x00\x02", _V4),
        (101, b"", _V4),
        (12, b"", _V6),
        (14, b"", _V4),
        (228, b"", _V4),
        (229, b"", _V6),
    ],
)
def test_the_ip_header_is_found(link_type: int, header: bytes, packet: bytes) -> None:
    assert links.ip_offset(link_type, header + packet) == len(header)


@pytest.mark.parametrize(
    ("link_type", "packet"),
    [
        (1, bytes(12) + _ARP + bytes(28)),
        (1, bytes(12) + _TAG + _ARP + bytes(28)),
        (1, bytes(12) + b"\x00\x26" + bytes(38)),
        (1, bytes(12) + b"\x88\xcc" + bytes(40)),
        (1, bytes(12) + b"\x88\x63" + bytes(40)),
        (9, b"\xff\x03\xc0\x21" + bytes(20)),
        (113, bytes(14) + _ARP + bytes(28)),
        (276, _ARP + bytes(40)),
        (0, b"\x02\x00\x00\x00\x11"),
    ],
)
def test_a_packet_without_ip_is_none(link_type: int, packet: bytes) -> None:
    with pytest.raises(NotTcpError, match=r"^not IP$") as caught:
        links.ip_offset(link_type, packet)

    assert not isinstance(caught.value, NotUnderstoodError)


@pytest.mark.parametrize(
    ("link_type", "packet"),
    [
        (1, bytes(12)),
        (1, b""),
        (1, bytes(12) + _TAG * 3),
        (1, bytes(12) + b"\x88\x47\x00\x01\x00"),
        (1, bytes(12) + b"\x88\x47\x00\x01\x01\x40"),
        (1, bytes(12) + b"\x88\x64\x11\x00\x00\x01\x00\x2a\x00"),
        (9, b""),
        (51, b""),
        (113, b""),
        (276, b""),
        (0, b"\x02\x00\x00\x00"),
    ],
)
def test_a_packet_cut_inside_its_link_header_says_so(
    link_type: int, packet: bytes
) -> None:
    with pytest.raises(NotUnderstoodError, match=r"^cut short$"):
        links.ip_offset(link_type, packet)


def _pktap(link_type: int, size: int = 108) -> bytes:
    """Return a header of PKTAP: its size, the type of record, and the link type."""
    fields = (size.to_bytes(4, "little"), b"\1\0\0\0", link_type.to_bytes(4, "little"))
    return b"".join(fields) + bytes(size - 12)


@pytest.mark.parametrize(
    ("link_type", "header"),
    [(1, bytes(12) + _IP4), (0, b"\x02\x00\x00\x00"), (12, b"")],
)
def test_pktap_names_the_link_after_it(link_type: int, header: bytes) -> None:
    before = _pktap(link_type) + header

    assert links.ip_offset(258, before + _V4) == len(before)


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (_pktap(1)[:11], "cut short"),
        (_pktap(1), "cut short"),
        (bytes(12) + _V4, "a PKTAP header without a packet"),
        (_pktap(258, 12) * 3000, "a PKTAP header without a packet"),
        (_pktap(105) + _V4, "link type 105"),
    ],
)
def test_pktap_without_a_packet_is_named(packet: bytes, words: str) -> None:
    with pytest.raises(NotUnderstoodError, match=f"^{words}$"):
        links.ip_offset(258, packet)


@pytest.mark.parametrize("link_type", [105, 146, 163, 9999])
def test_an_unknown_link_type_is_named(link_type: int) -> None:
    with pytest.raises(NotUnderstoodError, match=f"^link type {link_type}$"):
        links.ip_offset(link_type, bytes(60))


@pytest.mark.parametrize("link_type", [147, 162])
def test_an_unknown_link_type_for_private_use_is_said_to_be_one(link_type: int) -> None:
    words = rf"^link type {link_type} \(private use\)$"
    with pytest.raises(NotUnderstoodError, match=words):
        links.ip_offset(link_type, bytes(60))


def test_an_ethertype_that_may_carry_ip_is_named() -> None:
    with pytest.raises(NotUnderstoodError, match=r"^EtherType 0x880b$"):
        links.ip_offset(1, bytes(12) + b"\x88\x0b" + bytes(40))


def test_labels_before_something_else_than_ip_are_named() -> None:
    pseudowire = b"\x88\x47\x00\x01\x01\x40" + bytes(40)
    with pytest.raises(NotUnderstoodError, match=r"^MPLS of something else than IP$"):
        links.ip_offset(1, bytes(12) + pseudowire)


def test_every_link_type_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "reassembly.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"number in libpcap \|\n((?:\|.*\n)+)", page)
    numbers = re.findall(r"\b\d+\b", "".join(re.findall(r"\|([^|]*)\|\n", table)))

    assert sorted(map(int, numbers)) == sorted(links.DECODERS)


def test_a_link_type_is_one_registration() -> None:
    links.link(9999)(lambda data: data[0])
    try:
        assert links.ip_offset(9999, b"\x07") == 7
    finally:
        del links.DECODERS[9999]


def test_a_header_with_an_ethertype_is_one_entry() -> None:
    header = links.EtherTypeHeader(size=8, ethertype=6)

    assert header.ip_offset(bytes(6) + _IP4 + _V4) == 8
    assert header.ip_offset(bytes(6) + _TAG + _IP6 + _V6) == 12
    assert header.ip_offset(b"before" + bytes(6) + _IP4 + _V4, start=6) == 14


def test_what_is_read_in_one_step_is_scanned() -> None:
    assert {each: tuple(header) for each, header in ETHERTYPE_HEADERS.items()} == LINKS
