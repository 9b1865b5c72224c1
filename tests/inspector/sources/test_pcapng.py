from __future__ import annotations

import struct
from io import BytesIO

import pytest

from inspector.errors import DamagedCaptureError
from inspector.sources.blocks import BlockReader
from inspector.sources.pcapng import read_pcapng
from inspector.sources.records import PacketRecord
from tests.inspector.captures import (
    pcapng_block,
    pcapng_bytes,
    pcapng_interface,
    pcapng_packet,
    pcapng_section,
)
from tests.inspector.conversation import START

RECORDS = [
    PacketRecord(number, START + number * 1_234_567, 1, bytes([number]) * size, size)
    for number, size in enumerate((60, 1, 7, 1500), start=1)
]
_RESOLUTION, _OFFSET = 9, 14

each_order = pytest.mark.parametrize("order", ["<", ">"])


def read(data: bytes) -> list[PacketRecord]:
    return list(read_pcapng(BlockReader(BytesIO(data), "a.pcapng")))


def read_until_damage(data: bytes) -> tuple[list[PacketRecord], str]:
    """Return the records in front of the damage, and what is said of it."""
    records: list[PacketRecord] = []
    reader = read_pcapng(BlockReader(BytesIO(data), "a.pcapng"))
    with pytest.raises(DamagedCaptureError) as caught:
        records.extend(reader)
    return records, str(caught.value)


@each_order
def test_a_file_gives_back_its_records(order: str) -> None:
    assert read(pcapng_bytes(RECORDS, order=order)) == RECORDS


@pytest.mark.parametrize(
    ("options", "ticks", "time_ns"),
    [
        ([], 5_000_007, 5_000_007_000),
        ([(_RESOLUTION, b"\x03")], 5_007, 5_007_000_000),
        ([(_RESOLUTION, b"\x09")], 5_000_000_007, 5_000_000_007),
        ([(_RESOLUTION, b"\x0c")], 5_000_000_007_999, 5_000_000_007),
        ([(_RESOLUTION, b"\x8a")], 5 * 1024 + 512, 5_500_000_000),
        ([(_OFFSET, struct.pack("<q", 100))], 7, 100_000_007_000),
        ([(_OFFSET, struct.pack("<q", -1))], 3_000_000, 2_000_000_000),
    ],
    ids=["default", "ms", "ns", "ps", "power of two", "offset", "negative offset"],
)
def test_times_follow_the_resolution_of_the_interface(
    options: list[tuple[int, bytes]], ticks: int, time_ns: int
) -> None:
    interface = pcapng_interface(options=options)

    (record,) = read(pcapng_section() + interface + pcapng_packet(b"x", ticks))

    assert record.time_ns == time_ns


def test_each_packet_has_the_link_type_of_its_interface() -> None:
    interfaces = pcapng_interface(1) + pcapng_interface(113)
    packets = b"".join(pcapng_packet(b"x", 1, interface=each) for each in (1, 0, 1))

    records = read(pcapng_section() + interfaces + packets)

    assert [record.link_type for record in records] == [113, 1, 113]


@each_order
def test_a_second_section_begins_afresh(order: str) -> None:
    first = pcapng_section() + pcapng_interface(1) + pcapng_packet(b"a", 1)
    second = (
        pcapng_section(order)
        + pcapng_interface(101, order=order)
        + pcapng_packet(b"b", 1, order=order)
    )

    records = read(first + second)

    assert [(each.number, each.link_type) for each in records] == [(1, 1), (2, 101)]


@each_order
def test_simple_and_obsolete_packets_are_read(order: str) -> None:
    interface = pcapng_interface(1, order=order, snap_length=4)
    simple = pcapng_block(3, struct.pack(f"{order}I", 9) + b"abcd", order)
    head = struct.pack(f"{order}HHIIII", 0, 0, 0, 5, 3, 9)
    obsolete = pcapng_block(2, head + b"xyz", order)

    records = read(pcapng_section(order) + interface + simple + obsolete)

    assert [(each.data, each.length) for each in records] == [(b"abcd", 9), (b"xyz", 9)]
    assert records[1].time_ns == 5_000


def test_other_blocks_are_passed_over() -> None:
    other = pcapng_block(5, bytes(12)) + pcapng_block(0x0BAD, b"whatever")
    data = pcapng_section() + other + pcapng_interface() + other
    data += pcapng_packet(b"x", 1) + other

    assert [record.number for record in read(data)] == [1]


def test_a_file_cut_anywhere_gives_the_packets_before_the_cut() -> None:
    data = pcapng_bytes(RECORDS[:3])
    ends = [0]
    while ends[-1] < len(data):
        (size,) = struct.unpack_from("<I", data, ends[-1] + 4)
        ends.append(ends[-1] + size)
    for size in range(4, len(data)):
        complete = sum(end <= size for end in ends)
        expected = RECORDS[: max(0, complete - 3)]  # … section and interface apart
        if size in ends:
            assert read(data[:size]) == expected
        else:
            records, said = read_until_damage(data[:size])
            assert records == expected
            assert said.startswith("a.pcapng: truncated in ")
            assert "1 to 0" not in said


@pytest.mark.parametrize(
    "damage",
    [
        pcapng_block(6, struct.pack("<IIIII", 0, 0, 0, 500, 500) + b"short"),
        pcapng_packet(b"x", 1, interface=7),
        struct.pack("<II", 6, 13) + bytes(20),
        struct.pack("<II", 6, 8) + bytes(20),
        struct.pack("<II", 6, 1 << 30) + bytes(20),
        pcapng_block(6, b""),
        pcapng_section()[:8] + b"\x00\x00\x00\x00" + pcapng_section()[12:],
    ],
    ids=[
        "a packet longer than its block",
        "an unknown interface",
        "a size that is not a multiple of four",
        "a block too small",
        "a block too large",
        "a packet block without a packet",
        "an unknown byte order",
    ],
)
def test_damage_is_told_with_what_can_be_read_before_it(damage: bytes) -> None:
    data = pcapng_section() + pcapng_interface() + pcapng_packet(b"ok", 1) + damage

    records, said = read_until_damage(data)

    assert [record.data for record in records] == [b"ok"]
    assert "in packet 2; the report covers 1" in said
