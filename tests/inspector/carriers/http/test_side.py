from __future__ import annotations

from inspector.carriers.http.side import Side


def test_bytes_are_kept_until_they_are_in_a_unit() -> None:
    side = Side()
    side.feed(b"abcdef")
    side.place = 3
    assert (side.take(2), side.begin, side.place) == (b"ab", 2, 1)
    side.rest = True
    side.forget()
    assert (side.begin, side.received, side.place, side.rest) == (6, 6, 0, False)
