from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Recognition, Skipped, Trouble, Verdict
from inspector.carriers.nest_tcp.carrier import carrier
from inspector.carriers.opaque import (
    OPAQUE_FRAME,
    FrameCutter,
    OpaqueFrames,
    OpaqueTalk,
    may_be_opaque,
)

bodies = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


def frame(body: bytes) -> bytes:
    """Return a body in Nest's framing, its length in bytes."""
    return b"%d#%b" % (len(body), body)


@pytest.mark.parametrize(
    ("beginning", "opaque"),
    [
        (b"47#\x83\xa7pattern", True),  # MessagePack
        (b'38#\x0a"\x12\x05users', True),  # protobuf, whose second byte is a quote
        (b'34#"\x00\x00\x00\x02pattern', True),  # BSON of 34 bytes
        (b"7#hello w", True),
        (b"4#H4sI3#xyz", True),
        (b"5#tr\xff", True),
        (b'2#{}2#"', False),
        (b"16#\t{'a': \"\xff\"}", False),  # malformed JSON is Nest's to reject
        (b"5#12.5e3#", False),
        (b"4#true", False),
        (b"4#tr", False),
        (b"9# ", False),
        (b"9#", False),
        (b"9", False),
        (b"09#\x83", False),
        (b"+9#\x83", False),
        (b"1234567890#\x83", False),
        (b"0#\x83", False),
        (b"*1\r\n$4\r\nPING\r\n", False),
    ],
)
def test_a_body_that_is_not_json_shows_in_its_first_bytes(
    beginning: bytes,
    opaque: bool,  # noqa: FBT001
) -> None:
    assert may_be_opaque(beginning) is opaque


@given(bodies, st.lists(st.integers(0, 250)))
def test_frames_are_cut_by_their_lengths_however_the_bytes_come(
    several: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(map(frame, several))
    places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    cutter = FrameCutter()
    spans = [
        span
        for begin, end in pairwise(places)
        for span in cutter.cut(stream[begin:end])
    ]

    assert [stream[span.begin : span.end] for span in spans] == [*map(frame, several)]
    assert (cutter.frames, cutter.begun, cutter.broken) == (len(several), 0, False)
    assert cutter.received == len(stream)


def test_a_byte_where_a_header_has_to_be_breaks_the_stream() -> None:
    for wrong in (b"x", b"0#", b"#", b"12x#", b"1234567890#"):
        cutter = FrameCutter()

        assert len(cutter.cut(frame(b"\x83") + wrong)) == 1
        assert (cutter.broken, cutter.begun) == (True, 0)
        assert cutter.cut(frame(b"\x83")) == []


def test_what_has_come_of_a_frame_is_known() -> None:
    cutter = FrameCutter()
    cutter.cut(frame(b"\x83") + b"12")
    assert (cutter.frames, cutter.begun) == (1, 2)
    cutter.cut(b"#abc")
    assert cutter.begun == 6


def test_a_talk_counts_frames_of_both_sides_and_reads_on_after_a_gap() -> None:
    talk = OpaqueTalk()
    (whole,) = talk.receive(0, frame(b"\x83\xa7") + b"9#ab", 0)
    (reply,) = talk.receive(1, frame(b"\x80"), 0)

    assert isinstance(whole, Trouble)
    assert isinstance(reply, Trouble)
    assert (whole.code, whole.framed, whole.begin, whole.end) == (
        OPAQUE_FRAME,
        True,
        0,
        4,
    )
    assert (reply.side, talk.received(0), talk.buffered(0)) == (1, 8, 4)
    (skipped,) = talk.lose(0)
    assert isinstance(skipped, Skipped)
    assert (skipped.begin, skipped.end) == (4, 8)
    assert talk.lose(0) == []
    (after,) = talk.receive(0, frame(b"\x80"), 0)
    assert (after.begin, after.end) == (8, 11)


def test_a_talk_skips_what_is_no_frame_until_a_packet_begins_with_one() -> None:
    talk = OpaqueTalk()
    whole, skipped = talk.receive(0, frame(b"\x83") + b"oh", 0)
    (more,) = talk.receive(0, b"dear", 0)
    (again,) = talk.receive(0, frame(b"\x83"), 0)

    assert isinstance(skipped, Skipped)
    assert isinstance(more, Skipped)
    assert (skipped.begin, skipped.end, more.begin, more.end) == (3, 5, 5, 9)
    assert isinstance(again, Trouble)
    assert talk.finish(0, 0, "close") == []
    assert talk.express(0) is None
    assert whole.end == 3


def test_the_carrier_has_the_name_of_its_family_and_finds_frames_at_packets() -> None:
    opaque = OpaqueFrames(carrier)
    body = frame(b"\x83\xa7")

    assert (opaque.name, opaque.title) == (carrier.name, carrier.title)
    assert opaque.recognise(body) == Recognition()
    assert opaque.recognise(b"2#{}") is Verdict.OTHER
    assert opaque.find(body, boundary=True) == Recognition()
    assert opaque.find(body, boundary=False) is None
    assert opaque.find(b"x" + body, boundary=True) is None
