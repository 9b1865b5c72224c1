from __future__ import annotations

import pytest

from inspector.headers import links
from inspector.headers.links import NotTcpError, NotUnderstoodError

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


@pytest.mark.parametrize("link_type", [105, 147, 9999])
def test_an_unknown_link_type_is_named(link_type: int) -> None:
    with pytest.raises(NotUnderstoodError, match=f"^link type {link_type}$"):
        links.ip_offset(link_type, bytes(60))


def test_an_ethertype_that_may_carry_ip_is_named() -> None:
    with pytest.raises(NotUnderstoodError, match=r"^EtherType 0x8847$"):
        links.ip_offset(1, bytes(12) + b"\x88\x47" + bytes(40))
