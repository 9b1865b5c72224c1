"""The unit of a length: Nest's own, counted by Unicode's rules and by Node."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import LengthUnit, count_units, utf16_length
from protocol.units import MAX_UNIT_SIZE, incomplete_tail, size_of_units
from tests.protocol.node import ask
from tests.strategies import texts, wild_texts

# One byte for each row and limit of Unicode's table of well-formed UTF-8.
_BYTES = bytes.fromhex("41 80 8f 90 9f a0 bf c0 c3 e0 e6 ed ef f0 f1 f4 f5 f8 ff")
_BROKEN = [b"\xff", b"\xc3", b"\xe6\xb1", b"\xf0\x9f\x98", b"\xc0\xaf", b"\x80"]

utf8 = st.binary() | st.lists(texts.map(str.encode) | st.sampled_from(_BROKEN)).map(
    b"".join
)


@pytest.mark.parametrize(
    ("text", "units", "size", "characters"),
    [
        ("", 0, 0, 0),
        ("a", 1, 1, 1),
        ("é", 1, 2, 1),
        ("求", 1, 3, 1),
        ("\uffff", 1, 3, 1),
        ("\U00010000", 2, 4, 1),
        ("😀", 2, 4, 1),
        ('{"a":"é😀"}', 11, 14, 10),
    ],
)
def test_a_character_counts_one_unit_and_two_beyond_ffff(
    text: str, units: int, size: int, characters: int
) -> None:
    encoded = text.encode()

    assert utf16_length(text) == count_units(encoded) == units
    assert LengthUnit.UTF16.count(encoded) == units
    assert LengthUnit.UTF8.count(encoded) == size
    assert LengthUnit.CODE_POINTS.count(encoded) == characters


def test_half_a_surrogate_pair_is_one_unit() -> None:
    assert utf16_length("\ud83d") == 1
    assert utf16_length("\ud83d\ude00") == 2


@given(wild_texts)
def test_the_length_of_a_text_is_that_of_its_characters(text: str) -> None:
    assert utf16_length(text) == sum(2 if one > "\uffff" else 1 for one in text)


@given(utf8)
def test_invalid_bytes_count_as_what_replaces_them(encoded: bytes) -> None:
    replaced = encoded.decode("utf-8", "replace")

    assert count_units(encoded) == utf16_length(replaced)
    assert LengthUnit.CODE_POINTS.count(encoded) == len(replaced)


@given(utf8, utf8)
def test_counts_add_up_where_nothing_is_held_back(start: bytes, end: bytes) -> None:
    start += b"."

    assert count_units(start) + count_units(end) == count_units(start + end)


@given(utf8, st.data())
def test_so_many_units_are_so_many_bytes(encoded: bytes, data: st.DataObject) -> None:
    units = data.draw(st.integers(0, count_units(encoded)))

    try:
        size = size_of_units(encoded, units)
    except ValueError:
        # … unless the unit in question is the second of a pair.
        text = encoded.decode("utf-8", "replace").encode("utf-16-le")
        assert 0xDC <= text[2 * units + 1] < 0xE0
        return
    assert count_units(encoded[:size]) == units
    assert count_units(encoded[size:]) == count_units(encoded) - units
    assert size <= MAX_UNIT_SIZE * units


@pytest.mark.parametrize("broken", [b"", b"\xff"])
def test_units_that_end_inside_a_pair_have_no_size(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"inside a character|codec can't decode"):
        size_of_units(broken + "😀".encode(), len(broken) + 1)


def test_what_is_cut_off_behind_the_wanted_units_does_not_matter() -> None:
    assert size_of_units("a求".encode()[:2], 1) == 1
    assert size_of_units("é求".encode()[:4], 1) == 2


def test_what_is_cut_off_counts_where_it_is_wanted() -> None:
    assert size_of_units(b"a\xe6\xb1", 2) == 3


@given(utf8, st.data())
def test_characters_are_cut_as_python_cuts_them(
    encoded: bytes, data: st.DataObject
) -> None:
    text = encoded.decode("utf-8", "replace")
    count = data.draw(st.integers(0, len(text)))
    size = LengthUnit.CODE_POINTS.size_of(encoded, count)

    assert encoded[:size].decode("utf-8", "replace") == text[:count]
    assert encoded[size:].decode("utf-8", "replace") == text[count:]


def test_a_length_in_bytes_ends_behind_a_character() -> None:
    encoded = "aé😀b".encode()

    assert [LengthUnit.UTF8.size_of(encoded, end) for end in (0, 1, 3, 7, 8)] == [
        *(0, 1, 3, 7, 8)
    ]
    for inside in (2, 4, 5, 6):
        with pytest.raises(ValueError, match="the bytes end inside a character"):
            LengthUnit.UTF8.size_of(encoded, inside)


@given(utf8, st.integers(0, 4))
def test_nests_own_unit_is_utf16(encoded: bytes, units: int) -> None:
    encoded = b"." * units + encoded

    assert LengthUnit.UTF16.size_of(encoded, units) == units


def test_text_is_held_back_and_replaced_as_nodes_decoder_does_it() -> None:
    """All sequences of up to four of these bytes, cut at every byte, and joined."""
    sequences = [
        bytes(sequence)
        for length in (1, 2, 3, 4)
        for sequence in product(_BYTES if length < 4 else _BYTES[::2], repeat=length)
    ]
    told = ask(_STRING_DECODER, [sequence.hex() for sequence in sequences])

    assert len(told) > 16_000
    for sequence, (given_at_each_cut, text) in zip(sequences, told, strict=True):
        assert given_at_each_cut == [
            count_units(sequence[: cut - incomplete_tail(sequence[:cut])])
            for cut in range(len(sequence) + 1)
        ], sequence.hex()
        assert text == sequence.decode("utf-8", "replace"), sequence.hex()


_STRING_DECODER = """hex => {
  const { StringDecoder } = require('node:string_decoder');
  const bytes = Buffer.from(hex, 'hex');
  const given = [];
  const texts = new Set();
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const decoder = new StringDecoder('utf8');
    const start = decoder.write(bytes.subarray(0, cut));
    given.push(start.length);
    texts.add(start + decoder.write(bytes.subarray(cut)) + decoder.end());
  }
  return [given, texts.size === 1 ? [...texts][0] : [...texts]];
}"""
