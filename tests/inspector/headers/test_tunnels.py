from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scapy.contrib.geneve import GENEVE
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, GRE, Dot1Q, Ether
from scapy.layers.vxlan import VXLAN

from inspector.headers.links import NotTcpError, NotUnderstoodError
from inspector.headers.tunnels import inner_ip_offset

if TYPE_CHECKING:
    from scapy.packet import Packet

_INNER = IP(src="10.1.0.1", dst="10.1.0.2") / TCP(dport=8888) / b"12#abc"
_INNER_6 = IPv6(src="fd00::1", dst="fd00::2") / TCP(dport=8888) / b"12#abc"
_ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
_TAG = Dot1Q(vlan=7)
_OPTIONS = b"\x00\x00\x00\x02" + bytes(8)
_ERSPAN_MORE = bytes(11) + b"\x01" + bytes(8)
_GRE, _UDP = 47, 17
_OTHER_GRE = "GRE with routing or of another version"


@pytest.mark.parametrize(
    ("protocol", "outer", "inner"),
    [
        (4, None, _INNER),
        (41, None, _INNER_6),
        (_GRE, GRE(), _INNER),
        (_GRE, GRE(proto=0x86DD), _INNER_6),
        (_GRE, GRE(chksum_present=1, key_present=1, seqnum_present=1), _INNER),
        (_GRE, GRE(key_present=1, proto=0x6558) / _ETHER, _INNER),
        (_GRE, GRE(proto=0x88BE) / _ETHER, _INNER),
        (_GRE, GRE(proto=0x88BE, seqnum_present=1) / bytes(8) / _ETHER, _INNER),
        (_GRE, GRE(proto=0x22EB, seqnum_present=1) / bytes(12) / _ETHER, _INNER_6),
        (_GRE, GRE(proto=0x22EB, seqnum_present=1) / _ERSPAN_MORE / _ETHER, _INNER),
        (_UDP, UDP(dport=4789) / VXLAN(vni=42, flags="Instance") / _ETHER, _INNER),
        (_UDP, UDP(dport=8472) / VXLAN(flags="Instance") / _ETHER / _TAG, _INNER),
        (_UDP, UDP(dport=6081) / GENEVE(vni=42, proto=0x6558) / _ETHER, _INNER_6),
        (_UDP, UDP(dport=6081) / GENEVE(vni=42, proto=0x0800), _INNER),
        (_UDP, UDP(dport=6081) / GENEVE(proto=0x0800, options=_OPTIONS), _INNER),
    ],
)  # fmt: skip
def test_the_inner_header_is_found(
    protocol: int, outer: Packet | None, inner: Packet
) -> None:
    data = bytes(outer / inner if outer is not None else inner)

    assert inner_ip_offset(protocol, b"1234" + data, 4) == 4 + len(data) - len(inner)


@pytest.mark.parametrize(
    ("protocol", "packet", "reason"),
    [
        (_UDP, UDP(dport=53) / b"query", "not TCP"),
        (_UDP, UDP(dport=4789) / bytes(40), "not TCP"),
        (1, UDP(), "not TCP"),
        (_GRE, GRE(proto=0x6558) / _ETHER / ARP(), "not IP"),
    ],
)
def test_what_is_no_tunnel_of_ip_is_not_tcp(
    protocol: int, packet: Packet, reason: str
) -> None:
    with pytest.raises(NotTcpError, match=reason) as caught:
        inner_ip_offset(protocol, bytes(packet), 0)

    assert not isinstance(caught.value, NotUnderstoodError)


@pytest.mark.parametrize(
    ("protocol", "packet", "reason"),
    [
        (50, b"\x00" * 40, r"encrypted \(ESP\)"),
        (_GRE, b"\x00\x00\x88\x0b" + bytes(40), "GRE of EtherType 0x880b"),
        (_GRE, b"\x00\x01\x88\x0b" + bytes(40), _OTHER_GRE),
        (_GRE, b"\x40\x00\x08\x00" + bytes(40), _OTHER_GRE),
        (
            _UDP, bytes(UDP(dport=6081) / GENEVE(proto=0x880B)),
            "Geneve of EtherType 0x880b",
        ),
    ],
)  # fmt: skip
def test_what_a_tunnel_hides_is_named(
    protocol: int, packet: bytes, reason: str
) -> None:
    with pytest.raises(NotUnderstoodError, match=f"^{reason}$"):
        inner_ip_offset(protocol, packet, 0)
