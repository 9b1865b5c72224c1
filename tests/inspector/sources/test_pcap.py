from __future__ import annotations

import struct
from io import BytesIO

import pytest

from inspector.errors import DamagedCaptureError
from inspector.sources.blocks import BlockReader
from inspector.sources.pcap import read_pcap
from inspector.sources.records import PacketRecord
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import START

RECORDS = [
    PacketRecord(number, START + number * 1_234_567, 1, bytes([number]) * size, size)
    for number, size in enumerate((60, 0, 7, 1500), start=1)
]
_HEADER = 24
_RECORD_HEADER = 16


def read(data: bytes) -> list[PacketRecord]:
    return list(read_pcap(BlockReader(BytesIO(data), "a.pcap")))


def read_until_damage(data: bytes) -> tuple[list[PacketRecord], str]:
    """Return the records in front of the damage, and what is said of it."""
    records: list[PacketRecord] = []
    reader = read_pcap(BlockReader(BytesIO(data), "a.pcap"))
    with pytest.raises(DamagedCaptureError) as caught:
        records.extend(reader)
    return records, str(caught.value)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_file_in_nanoseconds_gives_back_its_records(order: str) -> None:
    assert read(pcap_bytes(RECORDS, order=order)) == RECORDS


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_file_in_microseconds_drops_what_is_below_one(order: str) -> None:
    records = read(pcap_bytes(RECORDS, order=order, nanoseconds=False))

    assert [record.time_ns for record in records] == [
        record.time_ns // 1000 * 1000 for record in RECORDS
    ]


def test_a_packet_that_was_cut_at_the_snap_length_keeps_its_size_on_the_wire() -> None:
    cut = PacketRecord(1, START, 1, b"x" * 96, 1500)

    assert read(pcap_bytes([cut])) == [cut]


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_modified_format_has_eight_more_bytes_in_a_record_header(
    order: str,
) -> None:
    head = struct.pack(f"{order}IHHiIII", 0xA1B2CD34, 2, 4, 0, 0, 65535, 1)
    records = b"".join(
        struct.pack(f"{order}IIIIIHBB", 5, 6, 3, 3, 2, 8, 0, 0) + data
        for data in (b"abc", b"def")
    )

    found = read(head + records)

    assert [record.data for record in found] == [b"abc", b"def"]
    assert found[0].time_ns == 5_000_006_000


def test_the_bits_above_the_link_type_tell_of_check_sequences() -> None:
    data = bytearray(pcap_bytes(RECORDS))
    data[20:24] = struct.pack("<I", 0x5400_0000 | 1)
    data[23] = 0x50

    assert {record.link_type for record in read(bytes(data))} <= {1, 0x0400_0001}


def test_a_file_without_packets_is_a_capture() -> None:
    assert read(pcap_bytes([])) == []


def test_a_file_cut_anywhere_gives_the_packets_before_the_cut() -> None:
    data = pcap_bytes(RECORDS[:3])
    ends = [_HEADER]
    for record in RECORDS[:3]:
        ends.append(ends[-1] + _RECORD_HEADER + len(record.data))
    for size in range(4, len(data)):
        whole = sum(end <= size for end in ends[1:])
        if size in ends:
            assert read(data[:size]) == RECORDS[:whole]
            continue
        records, said = read_until_damage(data[:size])
        assert records == RECORDS[:whole]
        assert said.startswith("a.pcap: truncated in ")
        if size > _HEADER:
            assert f"packet {whole + 1};" in said


def test_a_record_of_an_impossible_size_is_damage() -> None:
    data = bytearray(pcap_bytes(RECORDS))
    second = _HEADER + _RECORD_HEADER + 60
    data[second + 8 : second + 12] = struct.pack("<I", 1 << 30)

    records, said = read_until_damage(bytes(data))

    assert records == RECORDS[:1]
    assert said == "a.pcap: damaged in packet 2; the report covers 1"


def test_records_larger_than_a_block_are_read() -> None:
    large = [
        PacketRecord(n, START, 1, bytes([n]) * 200_000, 200_000) for n in (1, 2, 3)
    ]

    assert read(pcap_bytes(large)) == large


@pytest.mark.parametrize("others", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [True, False])
def test_files_that_were_joined_are_read_as_one(
    others: str, *, nanoseconds: bool
) -> None:
    data = [
        pcap_bytes(RECORDS),
        pcap_bytes([], order=others),
        pcap_bytes(RECORDS, order=others, nanoseconds=nanoseconds),
    ]
    found = read(b"".join(data))

    assert [each.number for each in found] == list(range(1, 2 * len(RECORDS) + 1))
    assert [each.data for each in found] == [each.data for each in RECORDS] * 2
    assert found[: len(RECORDS)] == RECORDS


def test_a_joined_file_may_be_cut_in_its_header() -> None:
    whole = pcap_bytes(RECORDS)
    records, problem = read_until_damage(whole + whole[:20])

    assert records == RECORDS
    assert problem == "a.pcap: truncated in its file header"
