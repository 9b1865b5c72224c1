from __future__ import annotations

import pytest

from inspector.headers.virtual import SIZE, network_of, network_text, vlan_of
from inspector.sources.records import ETHERNET, RAW_IP

_MACS = bytes(12)


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ("0800", ""),
        ("8100000c0800", "vlan 12"),
        ("8100e00c0800", "vlan 12"),
        ("8100e0000800", ""),
        ("88a800c8810000070800", "vlan 200.7"),
        ("9100000181000002810000030800", "vlan 2.3"),
    ],
)
def test_a_vlan_is_read_from_its_tags(tags: str, text: str) -> None:
    network = vlan_of(ETHERNET, _MACS + bytes.fromhex(tags))

    assert network_text(network) == text
    assert len(network) == (SIZE if text else 0)


def test_other_links_have_no_tags() -> None:
    assert vlan_of(RAW_IP, b"\x45" + bytes(40)) == b""


def test_each_kind_has_its_name() -> None:
    assert network_text(network_of("VNI", 0xFFFFFF)) == "VNI 16777215"
    assert network_text(network_of("GRE key", 2**32 - 1)) == "GRE key 4294967295"
    assert network_of("VNI", 7) != network_of("vlan", 7)
