from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hpack import Decoder, Encoder
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.grpc import headers
from inspector.carriers.grpc.frames import FlawError
from inspector.carriers.grpc.headers import HeaderReader, lines_of, masked

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = st.sampled_from([":path", "content-type", "grpc-status", "x-a", "x-b"])
_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
_BLOCKS = st.lists(st.lists(st.tuples(_NAMES, _TEXTS), max_size=6), max_size=6)
_PATH = (":path", "/calc.Calculator/Sum")


def _blocks(said: Iterable[Iterable[tuple[str, str]]], *, huffman: bool) -> list[bytes]:
    encoder = Encoder()
    return [encoder.encode(list(each), huffman=huffman) for each in said]


def _texts(known: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [(name, value) for name, value in known]


@settings(max_examples=25)
@given(_BLOCKS, st.booleans())
def test_blocks_are_read_as_hpack_does(
    said: list[list[tuple[str, str]]],
    huffman: bool,  # noqa: FBT001
) -> None:
    reader, known = HeaderReader(), Decoder()
    for block in _blocks(said, huffman=huffman):
        found = [(field.name, field.value) for field in reader.read(block)]
        assert found == _texts(known.decode(block))
    assert not reader.lacking


@settings(max_examples=25)
@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_flaw(data: bytes) -> None:
    reader = HeaderReader()
    try:
        reader.read(data)
    except FlawError:
        assert reader.read(b"\x83")[0].name == ":method"


def test_what_was_added_before_the_capture_has_no_name_and_what_is_added_has() -> None:
    first, second, third, fourth = _blocks(
        [[("x-a", "1")], [_PATH], [_PATH, ("x-a", "1")], [("x-a", "1")]], huffman=True
    )
    reader = HeaderReader()
    assert reader.read(second)[0][:2] == _PATH
    assert [field[:2] for field in reader.read(third)] == [_PATH, ("", "")]
    assert reader.lacking == 1
    reader.read(first)
    reader.forget()
    assert reader.read(fourth)[0].name == ""


@pytest.mark.parametrize("huffman", [False, True])
def test_a_value_is_hidden_in_a_block_that_can_be_read(huffman: bool) -> None:  # noqa: FBT001
    (block,) = _blocks([[_PATH, ("x-a", "secret")]], huffman=huffman)
    fields = HeaderReader().read(block)
    shown = masked(block, [each.place for each in fields[1:] if each.place])
    assert len(shown) == len(block)
    again = HeaderReader().read(shown)
    assert again[0][:2] == _PATH
    assert set(again[1].value) <= {"x", "X"}


def test_a_block_that_is_not_whole_is_a_flaw() -> None:
    with pytest.raises(FlawError, match="middle of a string"):
        list(lines_of(b"\x00\x03ab"))
    with pytest.raises(FlawError, match="does not end"):
        list(lines_of(b"\xff" + b"\xff" * 6))


def test_a_block_means_thesame_until_the_table_is_another() -> None:
    said = [[_PATH, (":method", "POST")], [_PATH, ("x-a", "1")], [_PATH]]
    first, second, third = _blocks(said, huffman=True)
    reader = HeaderReader()
    reader.read(first)
    reader.read(second)
    once = reader.read(third)
    assert reader.read(third) is once
    assert once.said == dict([_PATH])
    reader.read(b"\x40\x01b\x012")  # which takes the place of an entry
    assert [each[:2] for each in reader.read(third)] == [("x-a", "1")]
    reader.forget()
    assert reader.read(third)[0].name == ""
    for each in range(100):
        reader.read(b"\x00\x01%b\x011" % bytes([32 + each % 90]))
    assert len(reader.same) <= 32


def test_a_block_that_stands_for_very_much_costs_little() -> None:
    kept = b"\x40\x01n\x7f" + _rest(60_000 - 127) + b"v" * 60_000
    reader = HeaderReader()
    reader.read(b"\x3f" + _rest((1 << 20) - 31) + kept)  # a table of 1 MiB
    fields = reader.read(b"\xbe" * (1 << 20))
    assert sum(len(each.value) for each in fields) < 1 << 19
    assert reader.lacking == 1
    assert reader.read(b"\xbe")[0].name == ""  # the table is not known any more
    assert len(reader.read(b"\x82" * 10_000)) == 4_096
    many = b"".join(b"\x40\x02%02x\x00" % (each % 256) for each in range(4_000))
    reader.read(b"\x3f" + _rest((1 << 20) - 31) + many)
    assert [each.name for each in reader.read(b"\xff" + _rest(1_900 - 65))] != [""]
    assert [each.name for each in reader.read(b"\xff" + _rest(1_990 - 65))] == [""]


def _rest(number: int) -> bytes:
    """Return a number in a block, after its prefix."""
    said = bytearray()
    while number >= 0x80:
        said.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*said, number])


def test_without_the_library_only_what_is_written_out_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (block,) = _blocks([[("x-a", "1"), (":method", "POST")]], huffman=False)
    for name in ("hpack.table", "hpack.huffman_table"):
        monkeypatch.setitem(sys.modules, name, None)
    for each in (headers.is_readable, headers._huffman):  # noqa: SLF001
        each.cache_clear()
    try:
        assert not headers.is_readable()
        said = [field[:2] for field in HeaderReader().read(block)]
        assert said == [("x-a", "1"), ("", "")]
    finally:
        for each in (headers.is_readable, headers._huffman):  # noqa: SLF001
            each.cache_clear()
