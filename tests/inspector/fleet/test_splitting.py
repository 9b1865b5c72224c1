from __future__ import annotations

import errno
import os
import struct
from typing import TYPE_CHECKING

import pytest

from inspector.errors import UnwritableOutputError
from inspector.fleet.following import STOP
from inspector.fleet.parts import Parts
from inspector.fleet.scopes import Scope
from inspector.fleet.sources import Source
from inspector.fleet.splitting import (
    Group,
    Router,
    inspect_group,
    remove_parts,
    split_source,
)
from inspector.fleet.tasks import Work
from inspector.pipeline import Options
from inspector.sources.files import read_capture
from inspector.sources.records import ETHERNET, RAW_IP, PacketRecord
from inspector.streams.clocks import Clock
from tests.inspector.captures import SEED, pcap_bytes
from tests.inspector.conversation import Wire
from tests.inspector.fleets import ran
from tests.inspector.tapped import Tap, written
from tests.inspector.translated import sources, talk

if TYPE_CHECKING:
    from pathlib import Path

_GROUPS = [
    Group(0, ("a", "b"), (Scope("10.0.0.1", "10.0.0.2"),)),
    Group(1, ("a", "b"), (Scope("10.0.0.9:4222"),)),
]


def _packet(
    source: str,
    target: str,
    *,
    offset: int = 0,
    tagged: bool = False,
    raw: bool = False,
) -> PacketRecord:
    ends = [each.rpartition(":") for each in (source, target)]
    addresses = b"".join(bytes(map(int, host.split("."))) for host, _, _ in ends)
    ports = b"".join(int(port).to_bytes(2, "big") for _, _, port in ends)
    tcp = ports + struct.pack(">IIBBHHH", 1, 1, 0x50, 0x10, 9, 0, 0)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 40, 1, offset, 64, 6, 0) + addresses
    tag = b"\x81\x00\x00\x07" if tagged else b""
    link = b"" if raw else bytes(12) + tag + b"\x08\x00"
    data = link + ip + tcp
    return PacketRecord(1, 1, RAW_IP if raw else ETHERNET, data, len(data))


@pytest.mark.parametrize("way", ["plain", "tagged", "raw"])
@pytest.mark.parametrize(
    ("source", "target", "number"),
    [
        ("10.0.0.1:5", "10.0.0.2:80", 0),
        ("10.0.0.2:80", "10.0.0.1:5", 0),
        ("10.0.0.1:5", "10.0.0.9:4222", 1),
        ("10.0.0.9:4222", "10.0.0.7:5", 1),
        ("10.0.0.9:80", "10.0.0.7:5", -1),
        ("10.0.0.1:5", "10.0.0.3:80", -1),
    ],
)
def test_a_packet_belongs_to_the_group_of_its_ends(
    source: str, target: str, number: int, way: str
) -> None:
    record = _packet(source, target, tagged=way == "tagged", raw=way == "raw")

    assert Router(_GROUPS).group_of(record) == number


def test_a_fragment_belongs_where_its_addresses_do() -> None:
    later = _packet("10.0.0.1:5", "10.0.0.2:80", offset=9)
    first = _packet("10.0.0.1:5", "10.0.0.2:80", offset=0x2000)

    assert [Router(_GROUPS).group_of(each) for each in (first, later)] == [0, 0]


def test_what_holds_no_tcp_belongs_nowhere() -> None:
    for data in (b"", bytes(60), _packet("10.0.0.1:5", "10.0.0.2:80").data[:30]):
        record = PacketRecord(1, 1, ETHERNET, data, len(data))
        assert Router(_GROUPS).group_of(record) == -1


def test_two_sources_complete_each_other(tmp_path: Path) -> None:
    wire = Wire()
    talk = wire.connect(client="10.0.0.1:40000")
    for number in range(20):
        talk.ask("sum", f"{number}", number).answer(f"{number}", 1)
    near = Tap(missed=[9, 12, 30]).see(wire.records)
    far = Tap(offset_ns=10**9, far=True, delay_ns=10**5, missed=[7, 11]).see(
        wire.records
    )
    names = written(tmp_path, near, far)
    group = Group(0, ("a", "b"), (Scope("10.0.0.1", "10.0.0.2"),))
    work = Work(Options(), "", str(tmp_path))
    splits = [
        split_source(work, Source(name, (file,)), [group], 1_000)
        for name, file in zip("ab", names, strict=True)
    ]
    clocks = {"a": Clock("a"), "b": Clock("b", leading="a", offset_ns=10**9)}
    part = tmp_path / group.part("a")
    assert part.stat().st_mode & 0o777 == 0o600
    together = inspect_group(work, group, clocks)
    (tmp_path / STOP).touch()

    assert inspect_group(work, group, clocks) is None
    remove_parts(work.store)
    assert not part.exists()
    assert together is not None
    view = together.view
    assert [len(split.packets) > 20 for split in splits] == [True, True]
    (row,) = view.rows
    assert (row.count, row.unanswered, row.errors) == (20, 0, 0)
    assert sum(view.scopes[0].packets.values()) == len(wire.records)


def test_a_full_disk_is_an_output_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    names = sources(tmp_path, records := talk(), records)
    monkeypatch.setattr(Parts, "write", fail)
    with pytest.raises(UnwritableOutputError, match="no space left on device"):
        ran(tmp_path / "work", names)


def test_a_source_without_what_is_shared_writes_nothing(tmp_path: Path) -> None:
    work = Work(Options(), "", str(tmp_path))
    file = tmp_path / "seed.pcap"
    file.write_bytes(pcap_bytes(read_capture(str(SEED))))
    split = split_source(work, Source("a", (str(file), "/lacking")), _GROUPS[:1], 9)

    assert (split.packets, split.error) == ({}, None)
