from __future__ import annotations

from typing import get_args

from inspector.streams.items import Chunk, End, StreamItem


def test_the_end_of_a_capture_is_no_item_of_a_stream() -> None:
    assert Chunk in get_args(StreamItem)
    assert End not in get_args(StreamItem)
