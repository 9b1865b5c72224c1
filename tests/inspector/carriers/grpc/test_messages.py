from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.grpc.frames import FlawError
from inspector.carriers.grpc.messages import LONGEST, Assembler, unpacked
from tests.inspector.carriers.grpc.written import message


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=20), max_size=5), st.lists(st.integers(0, 90)))
def test_messages_are_found_however_frames_cut_them(
    said: list[bytes], cuts: list[int]
) -> None:
    data = b"".join(map(message, said))
    assembler, found = Assembler(), []
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    for low, high in pairwise(edges):
        for each in assembler.feed(data[low:high]):
            found.append(each.data)
            assert 0 < each.end <= high - low
    assert found == said
    assert assembler.kept == 0


def test_after_a_loss_a_frame_of_whole_messages_begins_one() -> None:
    assembler = Assembler()
    assembler.feed(message(b"abc")[:6])
    assert (assembler.kept, assembler.expected, assembler.prefix[-1]) == (6, 3, 3)
    assembler.lose()
    assert assembler.feed(b"c") == []
    assert not assembler.synced
    assert [each.data for each in assembler.feed(message(b"de") * 2)] == [b"de"] * 2


def test_what_begins_otherwise_is_no_message() -> None:
    assembler = Assembler()
    with pytest.raises(FlawError, match="begins with 2, of 1 bytes"):
        assembler.feed(b"\x02\x00\x00\x00\x01a")
    assert assembler.over
    assert assembler.feed(message(b"a")) == []
    with pytest.raises(FlawError):
        Assembler().feed(b"\x00" + (LONGEST + 1).to_bytes(4, "big"))


def test_compressed_messages_are_unpacked_as_far_as_that_is_known() -> None:
    data = b"abc" * 50
    assert unpacked(gzip.compress(data), "gzip") == data
    assert unpacked(gzip.compress(data), "") == data
    assert unpacked(zlib.compress(data), "deflate") == data
    assert unpacked(data, "snappy") is None
    assert unpacked(data, "gzip") is None
    assert unpacked(gzip.compress(bytes(1 << 25)), "gzip") is None
