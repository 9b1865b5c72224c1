from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption
from scapy.layers.inet import fragment as _untyped_fragment
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
)
from scapy.layers.inet6 import fragment6 as _untyped_fragment6
from scapy.layers.ipsec import AH
from scapy.layers.l2 import GRE

from inspector.headers.fragments import Fragments
from inspector.headers.links import (
    NotTcpError,
    NotUnderstoodError,
    WaitingFragmentError,
)
from inspector.headers.networks import TcpPlace, find_tcp

if TYPE_CHECKING:
    from collections.abc import Callable

    from scapy.packet import Packet

    _Fragment = Callable[[Packet, int], list[Packet]]

_fragment: _Fragment = _untyped_fragment
_fragment6: _Fragment = _untyped_fragment6

_V4 = IP(src="10.0.0.1", dst="10.0.0.2", id=77)
_V6 = IPv6(src="fd00::1", dst="fd00::2")
_TCP = TCP(sport=40_000, dport=8888, seq=7, chksum=0x1234)
_LARGE = _TCP / (b"0123456789abcdef" * 200)


def _find(packet: Packet | bytes, fragments: Fragments | None = None) -> TcpPlace:
    return find_tcp(b"link" + bytes(packet), 4, fragments or Fragments())


@pytest.mark.parametrize(
    "outer",
    [
        _V4,
        IP(src="10.0.0.1", dst="10.0.0.2", id=77, options=[IPOption(b"\x01")] * 8),
        _V4 / AH(nh=6, payloadlen=4, icv=bytes(12)),
        _V6,
        _V6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrRouting() / IPv6ExtHdrDestOpt(),
        _V6 / AH(nh=6, payloadlen=4, icv=bytes(12)),
        _V6 / IPv6ExtHdrFragment(id=5),
        IP(src="1.1.1.1", dst="1.1.1.2") / _V4,
        IP(src="1.1.1.1", dst="1.1.1.2") / _V6,
        IPv6(src="::1", dst="::2") / GRE() / IP(src="1.1.1.1", dst="1.1.1.2") / _V4,
    ],
)
def test_the_tcp_header_is_found_behind_any_headers(outer: Packet) -> None:
    place = _find(outer / _TCP / b"12#abc")

    four = place.addresses == bytes([10, 0, 0, 1, 10, 0, 0, 2])
    assert four or place.addresses == bytes(_V6)[8:40]
    assert place.identification == (77 if four else 0)
    assert place.data[place.start : place.end] == bytes(_TCP / b"12#abc")


def test_the_capture_may_hold_less_than_the_header_says() -> None:
    whole = bytes(_V4 / _TCP / b"12#abc")
    place = _find(whole[:-4])

    assert (place.start, place.end) == (24, 4 + len(whole))


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "reversed"])
@pytest.mark.parametrize(
    "pieces",
    [
        _fragment(_V4 / _LARGE, 1000),
        _fragment(IP(src="1.1.1.1", dst="1.1.1.2") / _V4 / _LARGE, 600),
        _fragment6(_V6 / IPv6ExtHdrFragment(id=5) / _LARGE, 1000),
        _fragment6(_V6 / IPv6ExtHdrFragment(id=5) / IPv6ExtHdrDestOpt() / _LARGE, 1000),
    ],
    ids=["IPv4", "IPv4 in IPv4", "IPv6", "IPv6 with an extension"],
)
def test_fragments_are_put_together(pieces: list[Packet], order: int) -> None:
    assert len(pieces) >= 4
    fragments = Fragments()
    *first, last = pieces[::order]
    for piece in first:
        with pytest.raises(WaitingFragmentError, match="IP fragment"):
            _find(piece, fragments)
    place = _find(last, fragments)

    # scapy computes the checksum of the fragments only, so that alone may differ.
    segment, expected = place.data[place.start : place.end], bytes(_LARGE)
    assert segment[:16] + segment[18:] == expected[:16] + expected[18:]
    assert place.addresses in {bytes([10, 0, 0, 1, 10, 0, 0, 2]), bytes(_V6)[8:40]}
    assert (fragments.waiting, fragments.given_up) == (0, 0)


def test_a_fragment_that_the_capture_cut_is_not_understood() -> None:
    first, *_ = _fragment(_V4 / _LARGE, 1000)

    with pytest.raises(NotUnderstoodError, match="IP fragment, cut short"):
        _find(bytes(first)[:-1])


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (_V4 / UDP(), "not TCP"),
        (_V4 / ICMP(), "not TCP"),
        (_V6 / IPv6ExtHdrHopByHop() / UDP(), "not TCP"),
        (b"\x55" + bytes(60), "not IP"),
        (b"", "cut short"),
    ],
)
def test_what_is_no_tcp_says_so(packet: Packet | bytes, reason: str) -> None:
    with pytest.raises(NotTcpError, match=f"^{reason}$"):
        _find(packet)


def test_tunnels_within_tunnels_end_somewhere() -> None:
    packet = _V4 / _TCP
    for _ in range(20):
        packet = IP(src="1.1.1.1", dst="1.1.1.2") / packet

    with pytest.raises(NotUnderstoodError, match="tunnels within tunnels"):
        _find(packet)
