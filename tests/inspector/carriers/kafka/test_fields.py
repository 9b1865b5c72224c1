from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.carriers.kafka.fields import Cursor, MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_fields_are_read_in_order() -> None:
    data = b"\1\0\2\0\0\0\3\0\0\0\0\0\0\0\4\0\2ab\0\0\0\1c\xff\xff" + b"\7" * 16
    cursor = Cursor(data)
    numbers = [cursor.int8(), cursor.int16(), cursor.int32(), cursor.int64()]

    assert numbers == [1, 2, 3, 4]
    assert cursor.text() == "ab"
    assert data[slice(*cursor.bytes_span())] == b"c"
    assert cursor.text() == ""
    assert cursor.uuid() == "07" * 16
    cursor.tags()
    assert cursor.place == len(data)


def test_compact_fields_have_lengths_of_their_own_and_tags() -> None:
    cursor = Cursor(b"\3ab\0\2\1\7\2xy\1\0\xac\2", compact=True)

    assert [cursor.text(), cursor.text()] == ["ab", ""]
    assert len(list(cursor.items())) == 1
    cursor.tags()
    assert len(list(cursor.items())) == 0
    cursor.tags()
    assert cursor.unsigned() == 300


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b"\0\0\0", Cursor.int32),
        (b"\0\5ab", Cursor.text),
        (b"\0\0\0\5ab", Cursor.bytes_span),
        (b"\xff" * 20, Cursor.unsigned),
        (b"\0\0\1\0", lambda cursor: list(cursor.items())),
        (b"", lambda cursor: cursor.skip(-1)),
    ],
)
def test_what_does_not_fit_is_malformed(
    data: bytes, read: Callable[[Cursor], object]
) -> None:
    with pytest.raises(MalformedError):
        read(Cursor(data))


def test_a_cursor_may_end_before_the_bytes() -> None:
    with pytest.raises(MalformedError):
        Cursor(b"\0\0\0\1", end=3).int32()
