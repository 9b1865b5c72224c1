"""The scan in C and the one in Python take packets apart alike."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.sources.blocks import BlockReader
from inspector.sources.files import read_capture
from inspector.sources.reading import Layout, Reading
from inspector.sources.records import ETHERNET, LINUX_SLL2, PacketRecord
from inspector.sources.scanning import (
    FRAME,
    WORD,
    scan,
    scan_block,
    scan_in_python,
)
from protocol import count_units, encode_frame
from tests.inspector.captures import (
    CAPTURES,
    name_of,
    pcap_bytes,
    pcapng_block,
    pcapng_packet,
)
from tests.inspector.conversation import CLIENT, Wire
from tests.inspector.scans import ETHERNET_LINK, PCAP, PCAPNG, WORDS, check_scans

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.sources.records import Entry

_HEADER = 24  # bytes of the header of a file


def _check(
    data: bytes, layout: Layout = PCAP, *, link: tuple[int, int] = ETHERNET_LINK
) -> list[Entry]:
    return check_scans(scan, data, layout, link=link)


def _carried(*payloads: bytes) -> bytes:
    """Return records of packets that carry some payloads, without a file's header."""
    wire = Wire()
    call = wire.connect()
    for payload in payloads:
        call.send(CLIENT, payload)
    return pcap_bytes(wire.records[3:])[_HEADER:]


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
@pytest.mark.parametrize("order", ["<", ">"])
def test_all_captures_are_scanned_alike(capture: Path, order: str) -> None:
    records = list(read_capture(str(capture)))
    data = pcap_bytes(records, order=order)[_HEADER:]

    assert len(_check(data, PCAP._replace(big_endian=order == ">"))) == len(records)
    blocks = b"".join(
        pcapng_packet(each.data, each.time_ns, order=order) for each in records
    )
    layout = Layout(pcapng=True, big_endian=order == ">", unit_ns=1)
    assert len(_check(blocks, layout)) == len(records)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_captures_are_scanned_alike(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 — the same damage every time
    records = list(read_capture(str(CAPTURES[seed % len(CAPTURES)])))[:200]
    blocks = b"".join(pcapng_packet(each.data, each.time_ns) for each in records)
    for whole, layout in ((pcap_bytes(records)[_HEADER:], PCAP), (blocks, PCAPNG)):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 60)):
            data[rng.randrange(len(data))] = rng.randrange(256)

        _check(bytes(data), layout)


_LAYOUTS = st.builds(
    Layout,
    pcapng=st.booleans(),
    big_endian=st.booleans(),
    unit_ns=st.sampled_from([1, 1_000, 1_000_000_000, 1 << 62]),
    offset_ns=st.integers(-(1 << 63), (1 << 63) - 1),
    header_size=st.sampled_from([16, 24]),
)


@given(st.binary(max_size=400), _LAYOUTS)
def test_any_bytes_are_scanned_alike(data: bytes, layout: Layout) -> None:
    _check(data, layout if layout.pcapng else layout._replace(unit_ns=1))


@given(
    st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=3),
    st.integers(1, 1 << 62),
    st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(-5, 5),
)
def test_times_of_pcapng_are_exact_or_end_the_scan(
    ticks: list[int], unit_ns: int, offset_ns: int
) -> None:
    blocks = b"".join(pcapng_packet(b"x", each) for each in ticks)
    entries = _check(blocks, Layout(True, False, unit_ns, offset_ns))  # noqa: FBT003

    for entry, each in zip(entries, ticks, strict=False):
        assert entry[1] == each * unit_ns + offset_ns


@pytest.mark.parametrize(
    "other",
    [
        pcapng_block(5, bytes(40)),
        pcapng_packet(b"x", 1, interface=1),
        pcapng_packet(b"x" * 9, 1)[:-1],
        struct.pack("<7I", 6, 34, 0, 0, 1, 1, 1) + bytes(6),
        struct.pack("<7I", 6, 32, 0, 0, 1, 1, 1) + bytes(4),
    ],
    ids=["another", "interface", "cut short", "not in fours", "too long"],
)
def test_a_block_that_is_no_packet_of_the_interface_ends_the_scan(other: bytes) -> None:
    good = pcapng_packet(b"x" * 9, 1)

    assert len(_check(good + other, PCAPNG)) == 1


_DIGITS = st.integers(0, 120).map(str) | st.text("0123456789+- ", max_size=7)
_TEXT = st.text('aKeykéπ漢😀\ud7ff{}"', max_size=60).map(str.encode)
_BODIES = _TEXT | st.binary(max_size=60)


@given(st.lists(st.tuples(_DIGITS, _BODIES), min_size=1, max_size=4))
def test_any_frame_is_cut_where_its_units_end(parts: list[tuple[str, bytes]]) -> None:
    _check(_carried(*(digits.encode() + b"#" + body for digits, body in parts)))


@given(st.lists(_BODIES.filter(bool), min_size=1, max_size=4))
def test_whole_frames_of_valid_text_are_cut_by_c(bodies: list[bytes]) -> None:
    entries = _check(_carried(*map(encode_frame, bodies)))
    if scan is scan_in_python:  # which cuts fewer
        return
    for entry, body in zip(entries, bodies, strict=True):
        plain = _is_text(body) and count_units(body) >= 10
        assert bool(entry[7] & FRAME) is plain


def _is_text(body: bytes) -> bool:
    try:
        return bool(body.decode())
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("place", ["first", "last", "middle"])
def test_a_word_is_found_wherever_it_stands_in_whatever_letters(
    word: bytes, place: str
) -> None:
    around = {"first": (b"", b"x" * 20), "last": (b"x" * 20, b"")}.get(
        place, (b"x" * 9, b"x" * 9)
    )
    for spelled in (word, word.upper(), word.title(), b"K" + word[:-1] + word):
        (entry,) = _check(_carried(encode_frame(spelled.join(around))))
        assert entry[7] & WORD
    if scan is not scan_in_python:  # which looks for no words
        (entry,) = _check(_carried(encode_frame(word[:-1].join(around))))
        assert not entry[7] & WORD


def test_a_long_frame_is_one_too() -> None:
    (entry,) = _check(_carried(encode_frame(b"x" * 60_000)))

    assert entry[6] == 60_006
    assert bool(entry[7] & FRAME) is (scan is not scan_in_python)


def _record(data: bytes) -> bytes:
    return struct.pack("<IIII", 0, 0, len(data), len(data)) + data


@pytest.mark.parametrize(
    ("place", "byte"),
    [
        (12, 0x86),  # another EtherType
        (14, 0x46),  # options of IP
        (20, 0x20),  # a fragment: more of them
        (21, 0x01),  # … at an offset
        (23, 17),  # UDP
        (46, 0x40),  # a TCP header that is too short
        (47, 0x12),  # SYN and ACK
        (47, 0x11),  # FIN and ACK
        (47, 0x14),  # RST and ACK
        (47, 0x08),  # no ACK
        (17, 0xFF),  # an IP packet that is longer than what was captured
    ],
)
def test_whatever_is_unusual_is_left_to_the_stages(place: int, byte: int) -> None:
    data = bytearray(_carried(b"x" * 30)[16:])
    assert _check(_record(bytes(data)))[0][2] is not None
    data[place] = byte
    (entry,) = _check(_record(bytes(data)))

    assert entry[2] is None
    assert (entry[3], entry[4], entry[5]) == (16, 16 + len(data), len(data))


def test_a_side_without_room_is_left_to_the_stages() -> None:
    data = bytearray(_carried(b"x" * 30)[16:])
    data[48:50] = bytes(2)

    assert _check(_record(bytes(data)))[0][2] is None


@pytest.mark.parametrize("size", range(54))
def test_a_packet_that_ends_in_its_headers_is_left_to_the_stages(size: int) -> None:
    data = _carried(b"x" * 30)[16:]
    entries = _check(_record(data[:size]))

    assert [entry[2] for entry in entries] == [None] * (size > 0)


@pytest.mark.parametrize("captured", [0, 262_145, 0xFFFFFFFF])
def test_before_a_record_that_cannot_be_one_the_scan_ends(captured: int) -> None:
    good = _carried(b"x" * 30)
    bad = struct.pack("<IIII", 0, 0, captured, captured) + bytes(300)

    assert len(_check(good + bad)) == 1
    assert scan(good + bad, 0, 0, PCAP, 14, 12, WORDS)[1] == len(good)


def test_the_longest_record_is_scanned() -> None:
    assert len(_check(_record(bytes(262_144)))) == 1


def test_numbers_go_on_and_places_are_those_of_the_block() -> None:
    data = b"ignored" + _carried(b"x" * 30, b"y" * 30)
    entries, end = scan(data, 7, 41, PCAP, 14, 12, WORDS)

    assert [entry[0] for entry in entries] == [42, 43]
    assert end == len(data)


def test_more_flows_than_are_remembered_are_told_apart() -> None:
    wire = Wire()
    for port in range(20_000, 20_700):
        wire.connect(client=f"10.0.0.1:{port}").emit("log", port)
    entries = _check(pcap_bytes(wire.records)[_HEADER:])

    assert len({entry[2] for entry in entries if entry[2]}) == 700


@pytest.mark.skipif(scan is scan_in_python, reason="compiled nowhere")
@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({0: "text"}, TypeError),
        ({1: -1}, ValueError),
        ({1: 99}, ValueError),
        ({3: (False, False, 1, 0, 15)}, ValueError),
        ({3: (False, False, 0, 0, 16)}, ValueError),
        ({3: (False, False, 1, 0)}, TypeError),
        ({3: (False, False, 1, 1 << 63, 16)}, OverflowError),
        ({4: 1}, ValueError),
        ({4: 65}, ValueError),
        ({5: -1}, ValueError),
        ({5: 13}, ValueError),
        ({6: (b"",)}, ValueError),
        ({6: (b"x",) * 17}, ValueError),
        ({6: ("x",)}, TypeError),
        ({6: [b"x"]}, TypeError),
    ],
)
def test_c_takes_nothing_that_is_out_of_its_range(
    changed: dict[int, object], error: type[Exception]
) -> None:
    given_ = [bytes(40), 0, 0, PCAP, 14, 12, WORDS]
    for place, value in changed.items():
        given_[place] = value
    with pytest.raises(error):
        scan(*given_)  # type: ignore[arg-type]


def _blocks(data: bytes, reading: Reading) -> BlockReader:
    from io import BytesIO  # noqa: PLC0415

    blocks = BlockReader(BytesIO(data), "a.pcap", reading)
    blocks.fill(1)
    return blocks


@pytest.mark.parametrize(("link_type", "some"), [(ETHERNET, True), (101, False)])
def test_a_block_is_a_batch_where_its_link_is_usual(
    link_type: int, *, some: bool
) -> None:
    reading = Reading()
    reading.scan = scan
    data = _carried(b"x" * 30)
    blocks = _blocks(data, reading)
    batch = scan_block(blocks, 0, link_type, PCAP)

    assert (batch is not None) is some
    assert blocks.position == (len(data) if some else 0)


def test_without_a_whole_record_there_is_no_batch() -> None:
    reading = Reading()
    reading.scan = scan

    assert scan_block(_blocks(bytes(10), reading), 0, ETHERNET, PCAP) is None
    assert scan_block(_blocks(bytes(10), Reading()), 0, ETHERNET, PCAP) is None


def test_the_second_kind_of_cooked_packets_is_scanned() -> None:
    wire = Wire()
    wire.connect().emit("log", 1)
    cooked = struct.pack(">HHIHBB8s", 0x0800, 0, 1, 1, 0, 6, bytes(8))
    records = [
        PacketRecord(
            each.number,
            each.time_ns,
            LINUX_SLL2,
            cooked + each.data[14:],
            len(cooked) + len(each.data) - 14,
        )
        for each in wire.records
    ]
    entries = _check(pcap_bytes(records)[_HEADER:], link=(20, 0))

    assert [entry[7] & FRAME for entry in entries if entry[2]] == [0, FRAME]
