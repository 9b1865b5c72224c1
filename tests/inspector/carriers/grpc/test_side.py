from __future__ import annotations

from inspector.carriers.grpc.frames import PREFACE, Type
from inspector.carriers.grpc.headers import Field, Fields
from inspector.carriers.grpc.side import (
    Group,
    HeaderBlock,
    Part,
    Side,
    with_message,
)
from tests.inspector.carriers.grpc.written import data, frame


def test_frames_are_cut_after_the_preface() -> None:
    side = Side()
    side.feed(PREFACE[:9])
    assert side.preface() is None
    side.feed(PREFACE[9:] + frame(Type.PING, 0, 0, bytes(8))[:5])
    assert side.preface() == Part(0, PREFACE, PREFACE)
    assert side.next_frame() is None
    side.settle()
    side.feed(frame(Type.PING, 0, 0, bytes(8))[5:] + data(1, b"a"))
    found = side.next_frame()
    assert found is not None
    assert (found.begin, found.end) == (24, 41)
    assert side.place == 41


def test_what_is_held_begins_before_the_next_frame() -> None:
    side = Side()
    side.feed(data(1, b"abc"))
    side.preface()
    assert side.next_frame() is not None
    side.settle()
    side.group = Group(1, parts=[Part(0, data(1, b"abc"), b"")])
    assert (side.begin, side.place) == (0, 12)
    assert side.lose() == (0, 12)
    assert side.begin == 12


def test_fields_of_a_name_are_joined() -> None:
    fields = Fields([Field("a", "1"), Field("", "?"), Field("a", "2")])
    block = HeaderBlock(1, False, fields, Part(0, b"", b""))  # noqa: FBT003
    assert block.said == {"a": "1, 2"}


def test_a_message_is_written_over_all_parts_that_it_is_in() -> None:
    parts = [Part(0, b"h12345ab", b"h.......", 1, 8), Part(8, b"hcdp", b"h..p", 1, 3)]
    assert [part.shown for part in with_message(parts, b"ABCD")] == [
        b"h.....AB",
        b"hCDp",
    ]
    assert with_message(parts, None) == parts
    assert with_message(parts, bytes(20)) == parts
