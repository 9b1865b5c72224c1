"""A packet with another payload is as valid as it was: tshark checks its sum."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from inspector.redaction.rewriting import with_payload
from inspector.tcp.segments import SegmentDecoder
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import CLIENT, Wire
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


def checksums(records: list[object], tmp_path: Path) -> list[str]:
    """Return what tshark says of the TCP checksums: 1 for good, 0 for bad."""
    capture = tmp_path / "sums.pcap"
    capture.write_bytes(pcap_bytes(records))  # type: ignore[arg-type]
    command = ["tshark", "-n", "-o", "tcp.check_checksum:TRUE", "-r", str(capture)]
    printed = subprocess.run(
        [*command, "-T", "fields", "-e", "tcp.checksum.status"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    return printed.stdout.split()


@pytest.mark.parametrize("payload", [b"abcd", b"abcde", b"\xff" * 7, bytes(8), b"x"])
@pytest.mark.parametrize("address", ["10.0.0.1", "[2001:db8::1]"])
def test_the_checksum_is_right_where_it_was(
    payload: bytes, address: str, tmp_path: Path
) -> None:
    wire = Wire()
    server = "10.0.0.2:1" if "." in address else "[2001:db8::2]:1"
    ends = (
        f"{address}:5".replace("[", "").replace("]", ""),
        server.replace("[", "").replace("]", ""),
    )
    talk = wire.connect(client=ends[0], server=ends[1])
    talk.send(CLIENT, payload)
    segment = list(SegmentDecoder().decode(wire.records))[-1]
    fresh = bytes(255 - each for each in payload)
    changed = with_payload(wire.records[-1], segment, fresh)

    assert changed.data.endswith(fresh)
    assert len(changed.data) == len(wire.records[-1].data)
    assert checksums([*wire.records, changed], tmp_path) == ["1"] * 5


def test_a_wrong_checksum_stays_wrong(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"abcdef")
    record = wire.records[-1]
    damaged = bytearray(record.data)
    damaged[14 + 20 + 16] ^= 0x55
    record.data = bytes(damaged)
    segment = list(SegmentDecoder().decode(wire.records))[-1]
    changed = with_payload(record, segment, b"xxxxxx")

    assert checksums([record, changed], tmp_path) == ["0", "0"]


def test_the_same_payload_is_the_same_record() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"abc")
    segment = list(SegmentDecoder().decode(wire.records))[-1]

    assert with_payload(wire.records[-1], segment, b"abc") is wire.records[-1]
