from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from inspector.fleet.following import SPLIT
from inspector.fleet.rereading import flow_of, read_again
from inspector.fleet.sources import Source
from inspector.fleet.tasks import Work
from inspector.pipeline import Options
from inspector.sources.records import ETHERNET, PacketRecord
from tests.inspector.captures import pcap_bytes
from tests.inspector.translated import in_vxlan, talk

if TYPE_CHECKING:
    from pathlib import Path

_ENDS = bytes([10, 0, 0, 1, 10, 0, 0, 2]) + struct.pack(">HH", 5, 80)


def _packet(*, first: int = 0x45, fragment: int = 0, size: int = 20) -> PacketRecord:
    options = bytes(((first & 15) - 5) * 4)
    head = struct.pack(">BBHHHBBH", first, 0, 40 + len(options), 1, fragment, 64, 6, 0)
    tcp = _ENDS[8:] + struct.pack(">IIBBHHH", 1, 1, 0x50, 0x10, 9, 0, 0)
    data = bytes(12) + b"\x08\x00" + head + _ENDS[:8] + options + tcp[:size]
    return PacketRecord(1, 1, ETHERNET, data, len(data))


@pytest.mark.parametrize(
    ("record", "flow"),
    [
        (_packet(), _ENDS),
        (_packet(first=0x46), _ENDS),
        (_packet(fragment=0x2000), _ENDS[:8] + bytes(4)),
        (_packet(size=3), b""),
        (PacketRecord(1, 1, ETHERNET, b"x", 1), b""),
    ],
    ids=["plain", "with options", "a fragment", "truncated", "nothing"],
)
def test_the_flow_of_a_packet(record: PacketRecord, flow: bytes) -> None:
    assert flow_of(record) == flow


def test_the_flow_of_a_tunnel_is_that_inside() -> None:
    own = talk(1)
    (network,) = {flow_of(each)[12:] for each in in_vxlan(own)}
    assert [flow_of(each)[:12] for each in in_vxlan(own)] == [flow_of(e) for e in own]
    assert len(network) == 5


def test_files_are_read_in_order_and_what_cannot_be_is_passed_over(
    tmp_path: Path,
) -> None:
    records, names = talk(2), []
    for number, part in enumerate((records[6:], records[:6])):
        names.append(tmp_path / f"{number}.pcap")
        names[-1].write_bytes(pcap_bytes(part) + b"x" * number * 3)
    (tmp_path / "none.pcap").write_bytes(b"no capture")
    names.append(tmp_path / "none.pcap")
    source = Source("a", tuple(str(each) for each in names))
    found = list(read_again(Work(Options(), "", str(tmp_path)), source, SPLIT))

    assert [each.data for each in found] == [each.data for each in records]
