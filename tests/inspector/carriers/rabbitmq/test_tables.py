"""Tables hold what pamqp writes into them."""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import encode

from inspector.carriers.base import Span
from inspector.carriers.rabbitmq.tables import (
    MOST_NESTED,
    FieldError,
    TableReader,
    text_of,
)

if TYPE_CHECKING:
    from protocol import Json

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, width=32)
    | st.text(max_size=9)
)
_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=9)
_TABLES = st.dictionaries(
    _NAMES,
    st.recursive(
        _LEAVES,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3)
        ),
        max_leaves=9,
    ),
    max_size=5,
)


def _read(data: bytes) -> dict[str, Json]:
    table, end = TableReader(data, len(data)).read(0)
    assert end == len(data)
    return table


@given(_TABLES)
def test_what_pamqp_writes_is_read(table: dict[str, Json]) -> None:
    assert _read(encode.field_table(table)) == table


def test_other_types_are_what_rabbitmq_means_by_them() -> None:
    fields = {
        "b": b"b\xff",
        "B": b"B\xff",
        "s": b"s\xff\xfe",
        "u": b"u\xff\xfe",
        "i": b"i\xff\xff\xff\xff",
        "f": b"f" + struct.pack(">f", 0.5),
        "T": b"T\0\0\0\0\0\0\0\x07",
        "x": b"x\0\0\0\x02\x01\xff",
        "D": b"D\x02\0\0\0\x05",
        "V": b"V",
    }
    parts = b"".join(b"\x01" + name.encode() + value for name, value in fields.items())
    data = struct.pack(">I", len(parts)) + parts

    assert _read(data) == {
        "b": -1,
        "B": 255,
        "s": -2,
        "u": 65_534,
        "i": 2**32 - 1,
        "f": 0.5,
        "T": 7,
        "x": "01ff",
        "D": 0.05,
        "V": None,
    }
    assert _read(encode.field_table({"d": Decimal("0.05")})) == {"d": 0.05}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x05\x01a",
        b"\0\0\0\x02\x01a",
        b"\0\0\0\x03\x01aZ",
        b"\0\0\0\x05\x01aI\0\0",
        b"\0\0\0\x07\x01aS\0\0\0\x01",
        b"\0\0\0\x07\x01aF\0\0\0\x09",
        b"\0\0\0\x03\x01at",
        b"\0\0\0\x03\x01aD",
    ],
)
def test_what_does_not_fit_is_malformed(data: bytes) -> None:
    with pytest.raises(FieldError):
        TableReader(data, len(data)).read(0)


def test_few_are_within_each_other() -> None:
    def nested(depth: int) -> bytes:
        table: dict[str, Any] = {}
        for _ in range(depth):
            table = {"a": table}
        return encode.field_table(table)

    _read(nested(MOST_NESTED))
    with pytest.raises(FieldError, match="longer"):
        _read(nested(MOST_NESTED + 1))


def test_secret_values_are_hidden_and_their_places_known() -> None:
    data = encode.field_table({"password": "geheim", "list": ["geheim", "no"], "n": 7})
    reader = TableReader(data, len(data), lambda _, value: value in {"geheim", 7})
    table, _ = reader.read(0)

    assert table == {"password": "x" * 6, "list": ["x" * 6, "no"], "n": "x"}
    hidden = sorted(data[low:high] for low, high in reader.secrets)
    assert hidden == [b"\x07", b"geheim", b"geheim"]
    assert all(isinstance(each, Span) for each in reader.secrets)
    assert text_of(b"\xff") == "\ufffd"
