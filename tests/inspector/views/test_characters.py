from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.explain.explanation import Explanation, explain
from inspector.views.characters import characters, count_lines, visible
from inspector.views.rendering import safe
from protocol import count_units


def _one(frame: bytes) -> Explanation:
    (explanation,) = explain(frame)
    return explanation


def _lines(frame: str | bytes, width: int = 80) -> list[str]:
    raw = frame if isinstance(frame, bytes) else frame.encode()
    return [line.plain.rstrip() for line in count_lines(_one(raw), width)]


def test_a_short_body_is_counted_character_by_character() -> None:
    assert _lines('14#{"a":"é😀"}') == [
        'body        {  "  a  "  :  "  é 😀  "  }   sum',
        "units       1  1  1  1  1  1  1  2  1  1    11  Nest counts these",
        "bytes       1  1  1  1  1  1  2  4  1  1    14  the length that was sent",
    ]


def test_code_points_are_counted_where_they_were_sent() -> None:
    assert _lines('5#"é😀😀"')[1:] == [
        "units       1  1  2  2  1     7  Nest counts these",
        "bytes       1  2  4  4  1    12",
        "points      1  1  1  1  1     5  the length that was sent",
    ]


def test_figures_stand_under_characters_that_are_two_cells_wide() -> None:
    head, *rows = _lines('1#"求和"')
    place = cell_len(head[: head.index("和") + 1])

    assert [row[place - 1] for row in rows] == ["1", "3", "1"]
    assert all(cell_len(row) >= place for row in rows)


def test_what_has_no_width_of_its_own_stands_as_an_escape() -> None:
    head, units, *_ = _lines('9#"e\u0301\u200d\x07"')

    assert head.split() == [
        "body",
        '"',
        "e",
        "\\u0301",
        "\\u200d",
        "\\u0007",
        '"',
        "sum",
    ]
    for place, letter in enumerate(head):
        if letter == "1" and head[place - 5 : place + 1] == "\\u0301":
            assert units[place] == "1"


def test_a_long_body_is_counted_by_its_characters() -> None:
    text = '"' + "é" * 30 + "😀" * 3 + "x" * 40 + '"'

    assert _lines(f"9#{text}") == [
        "Body   characters  units  bytes",
        "é              30     30     60",
        "😀              3      6     12",
        "ASCII          42     42     42",
        "sum            75     78    114",
    ]


def test_only_the_most_frequent_characters_of_a_long_body_are_named() -> None:
    text = "".join(chr(0x4E00 + number) * (60 - number) for number in range(20))
    lines = _lines(f'9#"{text}"')

    assert len(lines) == 1 + 8 + 3
    assert lines[9].split()[:2] == ["12", "others"]
    assert lines[11].split() == ["sum", *(f"{n:,}" for n in (1012, 1012, 3032))]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_it_may_be(width: int) -> None:
    for text in ('"é"', '"' + "é" * 20 + '"', '"' + "求" * 36 + '"', '"\x07é\x08\x09"'):
        lines = _lines(f"9#{text}", width)
        assert max(map(cell_len, lines)) <= width


def test_invalid_bytes_stand_as_nest_replaces_them() -> None:
    raw = b'"\xff\xf0\x9f\x98\xc0\xaf"'

    assert [visible(each) for each in characters(raw)] == [
        '"', "\\xff", "\\xf0\\x9f\\x98", "\\xc0", "\\xaf", '"',
    ]  # fmt: skip


@given(st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_the_characters_are_those_that_nest_counts(raw: bytes) -> None:
    found = characters(raw)
    text = raw.decode("utf-8", "replace")

    assert len(found) == len(text)
    assert b"".join(each.encode("utf-8", "surrogateescape") for each in found) == raw
    assert count_units(raw) == len(text) + sum(each > "\uffff" for each in text)
    for each in found:
        assert safe(visible(each)) == visible(each)
        assert cell_len(visible(each)) >= 1
