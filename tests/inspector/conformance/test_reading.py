"""Frames of peers that count wrong, and what is said of each."""

from __future__ import annotations

import pytest

from inspector.conformance.reading import Frame, Reader

_BODY = '{"a":"é😀"}'


def _only(data: bytes, *, last: bool = False) -> Frame:
    (frame,) = Reader().feed(data, last=last)
    return frame


@pytest.mark.parametrize(
    ("length", "problem"),
    [
        (11, ""),
        (14, "a length counts UTF-8 bytes: 14, where Nest counts 11 UTF-16 code units"),
        (10, "a length counts code points: 10, where Nest counts 11 UTF-16 code units"),
        (9, "a length is 9, the body has 11 UTF-16 code units"),
    ],
)
def test_a_length_is_judged_by_the_body(length: int, problem: str) -> None:
    frame = _only(f"{length}#{_BODY}".encode())

    assert (frame.body, frame.length_problem()) == (_BODY, problem)


def test_a_length_that_is_too_large_holds_its_frame_back_until_the_end() -> None:
    reader = Reader()

    assert reader.feed(b'99#{"a":1}') == []
    assert reader.held == b'99#{"a":1}'
    (frame,) = reader.feed(b"", last=True)
    assert frame.length_problem() == (
        "a length is 99, the body has 7 UTF-16 code units"
    )


def test_frames_come_in_any_pieces() -> None:
    reader, frames = Reader(), []
    for byte in f"11#{_BODY}7#".encode() + b'{"a":1}':
        frames += reader.feed(bytes([byte]))

    assert [each.value for each in frames] == [{"a": "é😀"}, {"a": 1}]


def test_what_is_between_frames_is_named() -> None:
    first, second, third = Reader().feed(b'7#{"a":1}\n7#{"b":2}07#{"c":3}')

    assert first.spelling_problem() == ""
    assert second.spelling_problem() == "'\\n' is between two frames"
    assert third.spelling_problem() == "a length is written as 07"


def test_white_space_belongs_to_the_body_that_counts_it() -> None:
    assert _only(b'9#{"a":1}\n ').body == '{"a":1}\n '


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'9#{"a":NaN}', "NaN is not JSON"),
        (b"10#{'a': 'b'}", "a body is not JSON"),
        (b"abc#{}", "no length before #: 'abc'"),
    ],
)
def test_what_is_no_json_is_named(data: bytes, problem: str) -> None:
    reader = Reader()
    frames = reader.feed(data, last=True)

    assert problem in (frames[0].problem if frames else reader.broken)


def test_a_body_that_never_ends_is_given_up() -> None:
    reader = Reader()

    assert reader.feed(b'5#{"a":"' + b"x" * 200) == []
    assert reader.broken.startswith("a body is not JSON")


def test_bytes_that_are_no_text_stay_what_they_are() -> None:
    frame = _only(b'9#{"a":"\xff"}')

    assert frame.raw == b'{"a":"\xff"}'
    assert frame.members == {"a": "\ufffd"}
