from __future__ import annotations

import random
from typing import TYPE_CHECKING

from inspector.calls.searching import Search
from inspector.carriers.nest_tcp.carrier import NestTcp, carrier
from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket
from protocol import encode_packet
from tests.inspector.conversation import request
from tests.inspector.directions import direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import Recognition

_FRAME = encode_packet(request("sum", "1", [1, 2, 3]))


class _Counting(NestTcp):
    """Counts the bytes that it is asked to search."""

    def __init__(self) -> None:
        self.searched = 0

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        self.searched += len(middle)
        return super().find(middle, boundary=boundary)


def _chunks(*data: bytes) -> list[Chunk]:
    own = direction()
    return [
        Chunk(own, each, DataPacket(number, number, 0, 0))
        for number, each in enumerate(data, 1)
    ]


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[place : place + size] for place in range(0, len(data), size)]


def test_a_unit_is_found_though_its_beginning_is_cut() -> None:
    rest = b'mes":[1,2,3],"id":"7733"}'
    for size in range(1, 40):
        search = Search()
        found = None
        for chunk in _chunks(*_cut(rest + _FRAME, size)):
            found = search.find(chunk, [carrier])
            if found is not None:
                break
        assert found is not None
        kept = b"".join(chunk.data for chunk in found.chunks)
        assert kept[found.recognition.place :] == _FRAME[: len(kept)] or (
            _FRAME.startswith(kept[found.recognition.place :])
        )
        place = search.forgotten + found.recognition.place
        assert place == len(rest)


def test_what_was_searched_is_searched_no_second_time() -> None:
    data = random.Random(7).randbytes(400_000)  # noqa: S311 — not for secrets
    for size in (100, 1_460, 65_536):
        counting, search = _Counting(), Search()
        pieces = _cut(data, size)
        for chunk in _chunks(*pieces):
            assert search.find(chunk, [counting]) is None
        assert counting.searched <= len(data) + counting.reach * len(pieces)
        assert search.searched == len(data)
        assert search.kept <= counting.reach
        assert search.forgotten == len(data) - search.kept


def test_only_where_a_packet_begins_any_json_will_do() -> None:
    frame = b'17#{"x":1,"id":"12"}'

    def found(*data: bytes) -> bool:
        search = Search()
        finds: Sequence[object] = [search.find(c, [carrier]) for c in _chunks(*data)]
        return any(each is not None for each in finds)

    assert found(frame)
    assert not found(b"x" * 100, frame)


class _Immediate(NestTcp):
    """Finds a unit where a packet begins, or not at all."""

    reach = 0

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        return super().find(middle, boundary=boundary) if boundary else None


def test_a_carrier_that_needs_nothing_of_what_came_before_is_given_nothing() -> None:
    search = Search()
    first, second = _chunks(b"rest", _FRAME)

    assert search.find(first, [_Immediate()]) is None
    assert (search.kept, search.forgotten) == (0, 4)
    found = search.find(second, [_Immediate()])
    assert found is not None
    assert found.chunks == [second]
