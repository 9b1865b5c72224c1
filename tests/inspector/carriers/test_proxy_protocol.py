from __future__ import annotations

import struct
from ipaddress import ip_address

import pytest

from inspector.carriers.proxy_protocol import may_become_one, read_proxy_header

_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def _binary(source: str, *, command: int = 0x21, more: bytes = b"") -> bytes:
    address = ip_address(source).packed
    family = 0x11 if len(address) == 4 else 0x21
    body = address + address + struct.pack(">HH", 50542, 8888) + more
    return _SIGNATURE + struct.pack(">BBH", command, family, len(body)) + body


HEADERS = {
    b"PROXY TCP4 192.0.2.1 192.0.2.9 50542 8888\r\n": (1, "192.0.2.1:50542"),
    b"PROXY TCP6 2001:db8::1 ::1 50542 8888\r\n": (1, "[2001:db8::1]:50542"),
    b"PROXY UNKNOWN\r\n": (1, ""),
    b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n": (1, ""),
    _binary("192.0.2.1"): (2, "192.0.2.1:50542"),
    _binary("2001:db8::1", more=b"\x04\x00\x01x"): (2, "[2001:db8::1]:50542"),
    _binary("192.0.2.1", command=0x20): (2, ""),
    _SIGNATURE + b"\x20\x00\x00\x00": (2, ""),
    _SIGNATURE + b"\x21\x11\x00\x04abcd": (2, ""),
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_read_whatever_follows_it(header: bytes) -> None:
    for after in (b"", b'12#{"id":"1"}', b"\r\n"):
        read = read_proxy_header(header + after)

        assert read is not None
        assert (read.version, read.client) == HEADERS[header]
        assert read.size == len(header)


@pytest.mark.parametrize("header", HEADERS)
def test_a_part_of_a_header_may_become_one(header: bytes) -> None:
    for size in range(len(header)):
        assert read_proxy_header(header[:size]) is None
        assert may_become_one(header[:size])


@pytest.mark.parametrize(
    "data",
    [
        b'12#{"id":"1"}',
        b"PROXY\r\n",
        b"PROXYING",
        b"PROXY TCP4 nowhere nobody 1 2\r\n",
        b"PROXY " + b"x" * 120,
        b"\r\n12#{",
        b"\r\n\r\n\x00\r\nQUIT!",
        b"GET / HTTP/1.1\r\n",
    ],
)
def test_anything_else_is_no_header_and_becomes_none(data: bytes) -> None:
    assert read_proxy_header(data) is None
    assert not may_become_one(data)
