"""A pipe is read record by record, and its end is told as it was."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from inspector.errors import DamagedCaptureError, UnreadableCaptureError
from inspector.sources.files import read_capture
from inspector.sources.pipes import PipeCapture
from tests.inspector.captures import SEED

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = 24  # bytes of a pcap file before its first record


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    ours, its = os.pipe()
    yield ours, its
    for each in (ours, its):
        try:
            os.close(each)
        except OSError:  # the test has closed it
            continue


def test_a_record_is_told_before_the_next_one_comes(ends: tuple[int, int]) -> None:
    reader, writer = ends
    data, expected = SEED.read_bytes(), list(read_capture(str(SEED)))
    records = PipeCapture(reader, "stdin").records(lambda: True)
    os.write(writer, data[:_HEADER])
    place = _HEADER
    for each in expected:
        size = 16 + len(each.data)
        os.write(writer, data[place : place + size])
        place += size
        assert next(records) == each
    os.close(writer)

    assert list(records) == []


def test_a_record_may_come_in_pieces(ends: tuple[int, int]) -> None:
    reader, writer = ends
    data = SEED.read_bytes()
    cuts = [0, 1, 30, 100, 101, 5_000, len(data)]
    pieces = iter([data[a:b] for a, b in pairwise(cuts)])

    def feed() -> bool:
        piece = next(pieces, None)
        if piece is None:
            os.close(writer)
        else:
            os.write(writer, piece)
        return True

    records = list(PipeCapture(reader, "stdin").records(feed))

    assert records == list(read_capture(str(SEED)))


def test_a_writer_that_dies_in_a_record_is_an_error(ends: tuple[int, int]) -> None:
    reader, writer = ends
    os.write(writer, SEED.read_bytes()[:-5])
    os.close(writer)
    told: list[object] = []
    with pytest.raises(DamagedCaptureError, match="stdin: truncated in packet 86"):
        told.extend(PipeCapture(reader, "stdin").records(lambda: True))

    assert len(told) == 85


def test_a_writer_that_says_nothing_is_an_error(ends: tuple[int, int]) -> None:
    reader, writer = ends
    os.close(writer)
    with pytest.raises(UnreadableCaptureError, match="stdin: empty; tcpdump buffers"):
        list(PipeCapture(reader, "stdin").records(lambda: True))


@pytest.mark.parametrize("size", [0, 3, _HEADER, 60, 1_000])
def test_to_stop_is_no_damage_wherever_it_is(ends: tuple[int, int], size: int) -> None:
    reader, writer = ends
    os.write(writer, SEED.read_bytes()[:size])
    asked = iter([True, True, False])

    records = list(PipeCapture(reader, "stdin").records(lambda: next(asked)))

    assert records == list(read_capture(str(SEED)))[: len(records)]
    assert next(asked, None) is None
