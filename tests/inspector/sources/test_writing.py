from __future__ import annotations

import errno
import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from inspector.sources.files import read_capture
from inspector.sources.records import ETHERNET, PacketRecord
from inspector.sources.writing import PcapngWriter
from tests.inspector.captures import OWN, name_of
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_RAW_IP = 101


@pytest.mark.parametrize("capture", OWN, ids=name_of)
def test_what_is_written_is_what_was_read(capture: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.pcapng"
    records = list(read_capture(str(capture)))
    write(copy, records)

    assert list(read_capture(str(copy))) == records


def test_tshark_reads_times_lengths_and_link_types(tmp_path: Path) -> None:
    path = tmp_path / "two.pcapng"
    write(
        path,
        [
            PacketRecord(1, 1_700_000_000_123_456_789, ETHERNET, bytes(15), 1000),
            PacketRecord(2, 1_700_000_001_000_000_001, _RAW_IP, bytes(20), 20),
        ],
    )
    fields = ("frame.time_epoch", "frame.cap_len", "frame.len", "frame.encap_type")
    told = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "json", *(f"-e{each}" for each in fields)],  # noqa: S607
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    ).stdout
    layers = [each["_source"]["layers"] for each in json.loads(told)]

    assert [layer["frame.cap_len"] for layer in layers] == [["15"], ["20"]]
    assert [layer["frame.len"] for layer in layers] == [["1000"], ["20"]]
    # tshark's numbers: 1 is Ethernet, 7 raw IP.
    assert [layer["frame.encap_type"] for layer in layers] == [["1"], ["7"]]
    assert "123456789" in layers[0]["frame.time_epoch"][0]


def test_a_file_is_whole_whenever_it_is_flushed(tmp_path: Path) -> None:
    path = tmp_path / "growing.pcapng"
    writer = PcapngWriter(path.open("wb", buffering=0))
    for count in range(5):
        writer.flush()
        assert len(list(read_capture(str(path)))) == count
        assert path.stat().st_size == writer.size
        writer.write(packet(count + 1, 100))
    writer.close()
    assert len(list(read_capture(str(path)))) == 5


def test_many_packets_are_written_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "long.pcapng"
    writer = PcapngWriter(path.open("wb", buffering=0))
    for number in range(1, 101):
        writer.write(packet(number, 1000))

    assert path.stat().st_size > 50_000
    writer.close()


def test_a_device_without_room_is_an_error() -> None:
    with open("/dev/full", "wb", buffering=0) as device:  # noqa: PTH123
        writer = PcapngWriter(device)
        writer.write(packet(1, 10))
        with pytest.raises(OSError, match="No space left") as raised:
            writer.flush()

    assert raised.value.errno == errno.ENOSPC


def test_a_full_disk_keeps_the_packets_that_found_room(full_disk: Path) -> None:
    path = full_disk / "full.pcapng"
    with path.open("wb", buffering=0) as file:
        writer = PcapngWriter(file)
        with pytest.raises(OSError, match="No space left"):
            write_many(writer, 9_000)
    numbers = [record.number for record in read_capture(str(path))]

    assert numbers == list(range(1, len(numbers) + 1))
    room = os.statvfs(full_disk)
    # What is left is less than another packet, in whole blocks of the disk.
    assert room.f_bavail * room.f_frsize < 9_000 + 4_096
    assert len(numbers) > 20


def write(path: Path, records: list[PacketRecord]) -> None:
    writer = PcapngWriter(path.open("wb", buffering=0))
    for record in records:
        writer.write(record)
    writer.close()


def write_many(writer: PcapngWriter, size: int) -> None:
    for number in range(1, 1000):
        writer.write(packet(number, size))


def packet(number: int, size: int) -> PacketRecord:
    return PacketRecord(number, number, ETHERNET, bytes(size), size)
