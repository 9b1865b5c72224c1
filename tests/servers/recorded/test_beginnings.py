from __future__ import annotations

import gzip
import lzma

import pytest

from inspector.sources.pcap import MAGICS
from servers.errors import UsageError
from servers.recorded.beginnings import empty, is_capture

_CAPTURES = [
    *sorted(each + bytes(20) for each in MAGICS),
    b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a",
    gzip.compress(b"a", mtime=0),
    lzma.compress(b"a"),
    b"\x28\xb5\x2f\xfd\x04",
    b"BZh91AY&SY",
    b"\x7fELF\x02\x01",  # the inspector says that it is none
]
_TEXT = "is text that begins with "


@pytest.mark.parametrize("beginning", _CAPTURES)
def test_captures_are_for_the_inspector(beginning: bytes) -> None:
    assert is_capture(beginning, "a")


@pytest.mark.parametrize("beginning", [b"", b" \r\n", b"{", b'\xef\xbb\xbf\n {"a":1}'])
def test_json_lines_are_read_here(beginning: bytes) -> None:
    assert not is_capture(beginning, "a")


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        (b"hello\nyou", f"a {_TEXT}'hello'; wanted is a capture, what `protocol-"),
        (b"\n\n<!doctype html>" + b" " * 9 + b"<html>", f"{_TEXT}'<!doctype html>"),
        ("é".encode() * 40, f"{_TEXT}'{'é' * 24}…'"),
        (b"a" + "é".encode() * 40, f"{_TEXT}'a"),  # the last one is cut
        (b"\xef\xbb\xbf" + "aé".encode() * 40, f"{_TEXT}'aé"),
        (b'["aaaaaaaaaaaaaaaaaaaa\xc3', "a is a JSON array"),  # the first that came
        (b'[{"pattern":1}]', "a is a JSON array; each object must be on a line"),
        ("﻿{}".encode("utf-16-le"), "a is text in UTF-16; save it as UTF-8"),
        ("{}".encode("utf-16-be"), "in UTF-16"),
    ],
)
def test_whatever_else_is_text_is_said_to_be_what_it_is(
    beginning: bytes, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        is_capture(beginning[:64], "a")
    assert said in str(caught.value)


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert str(empty("a")).startswith("a is empty; wanted is a capture")
