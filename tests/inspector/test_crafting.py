"""The packets of the tests are those that scapy crafts, and scapy reads them so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from tests.inspector.crafting import Header, packet, with_identification

_ENDS = {
    "IPv4": (("10.0.0.1", 40_000), ("10.0.0.2", 8888)),
    "IPv6": (("2001:db8::1", 40_000), ("::1", 8888)),
}


@st.composite
def _headers(draw: st.DrawFn) -> Header:
    flags = draw(st.sets(st.sampled_from("FSRPA")))
    return Header(
        *draw(st.sampled_from(list(_ENDS.values()))),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(0, 2**32 - 1)),
        "".join(sorted(flags, key="FSRPA".index)),
        draw(st.integers(0, 2**16 - 1)),
    )


@given(_headers(), st.binary(max_size=40), st.integers(1, 2**16 - 1))
def test_a_packet_is_that_of_scapy(
    header: Header, payload: bytes, identification: int
) -> None:
    (source, sport), (target, dport), seq, ack, flags, window = header
    network = (
        IPv6(src=source, dst=target)
        if ":" in source
        else IP(src=source, dst=target, id=identification)
    )
    segment = TCP(
        sport=sport, dport=dport, seq=seq, ack=ack, flags=flags, window=window
    )
    ether = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")

    crafted = packet(header, payload, identification)

    assert crafted == bytes(ether / network / segment / payload)
    read = Ether(crafted)[TCP]
    assert (read.seq, read.ack, read.window) == (seq, ack, window)
    assert set(str(read.flags)) == set(flags)
    assert bytes(read.payload) == payload


@pytest.mark.parametrize("version", _ENDS)
def test_a_packet_has_another_identification_and_nothing_else(version: str) -> None:
    header = Header(*_ENDS[version], 1, 2, "PA", 3)

    assert with_identification(packet(header, b"abc", 7), 9) == packet(
        header, b"abc", 9
    )
