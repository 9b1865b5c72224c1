from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.grpc.concealing import (
    blank,
    shown_block,
    shown_content,
    shown_path,
)
from inspector.carriers.grpc.fields import read_fields
from inspector.carriers.grpc.headers import HeaderReader
from inspector.carriers.grpc.messages import Assembler
from inspector.redaction.texts import Redaction
from protocol import loads
from tests.inspector.carriers.grpc.written import SUM, block, message

_AUTO = Redaction(["auto"])


@pytest.mark.parametrize("size", [2, 3, 100, 129, 130, 131, 16_386, 16_387, 70_000])
def test_what_stands_for_a_message_is_one_of_its_length(size: int) -> None:
    data = blank(size, 0, size)
    assert len(data) == size
    value = loads(read_fields(data))
    assert isinstance(value, dict)
    assert set(str(value["15"])) <= {"x"}


@settings(max_examples=25)
@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_its_parts_make_the_whole(size: int, first: int, second: int) -> None:
    low, high = sorted((min(first, size), min(second, size)))
    parts = blank(size, 0, low) + blank(size, low, high) + blank(size, high, size)
    assert parts == blank(size, 0, size)


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=30), max_size=4), st.integers(0, 150))
def test_content_is_hidden_alike_however_it_is_cut(said: list[bytes], cut: int) -> None:
    data = b"".join(message(each) for each in said)
    whole, assembler = shown_content(data, Assembler()), Assembler()
    first = shown_content(data[:cut], assembler)
    assembler.feed(data[:cut])
    assert first + shown_content(data[cut:], assembler) == whole
    assert len(whole) == len(data)


def test_compressed_messages_are_not_marked_as_such_any_more() -> None:
    shown = shown_content(message(b"secret", packed=True), Assembler())
    assert shown[0] == 0
    assert b"secret" not in shown


def test_only_fields_that_say_how_a_call_is_carried_keep_what_is_a_secret() -> None:
    said = block(
        (":path", SUM),
        ("authorization", "Bearer abc"),
        ("x-request-id", "r-1"),
        ("x-token", "abc"),
        ("trace-bin", "YWJj"),
        ("grpc-message", "no"),
    )
    shown = shown_block(said, HeaderReader().read(said), _AUTO)
    values = [field.value for field in HeaderReader().read(shown)]
    assert values == [SUM, "x" * 10, "r-1", "xxx", "xxxx", "no"]


def test_paths_are_hidden_where_channels_are() -> None:
    assert shown_path(SUM, _AUTO) == SUM
    assert shown_path("a.b", Redaction([], ["a.*"])) == "a.1"
