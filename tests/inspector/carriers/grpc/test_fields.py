from __future__ import annotations

from base64 import b64encode
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.grpc import fields
from inspector.carriers.grpc.fields import read_fields
from protocol import Json, loads
from tests.inspector.carriers.grpc.written import number, words


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"", {}),
        (number(6), {"1": 6}),
        (number(1) + number(2), {"1": [1, 2]}),
        (words("Zoë"), {"1": "Zoë"}),
        (words("two\nlines"), {"1": "two\nlines"}),
        (b"\x08" + b"\xff" * 9 + b"\x01", {"1": -1}),
        (b"\x08\x80\x80\x80\x80\x80\x80\x80\x10", {"1": 1 << 53}),
        (b"\x08\x81\x80\x80\x80\x80\x80\x80\x10", {"1": f"{(1 << 53) + 1}"}),
        (b"\x09" + pack("<d", 0.1), {"1": 0.1}),
        (b"\x0d" + pack("<f", 0.5), {"1": 0.5}),
        (b"\x0d" + pack("<I", 4), {"1": 4}),
        (b"\x0a\x02" + number(7), {"1": {"1": 7}}),
        (b"\x0a\x03\x01\x02\x03", {"1": "AQID"}),
    ],
)
def test_a_field_is_what_its_bytes_most_likely_are(data: bytes, value: Json) -> None:
    assert loads(read_fields(data)) == value


@pytest.mark.parametrize("data", [b"\x08", b"\x0b", b"\x00\x01", b"\x0a\x05a"])
def test_what_is_no_message_is_shown_as_bytes(data: bytes) -> None:
    assert loads(read_fields(data)) == b64encode(data).decode()


def test_messages_in_each_other_are_read_to_a_depth() -> None:
    data = number(1)
    for _ in range(40):
        data = b"\x0a" + bytes([len(data)]) + data
    assert loads(read_fields(data))


@settings(max_examples=25)
@given(st.binary(max_size=80))
def test_any_bytes_have_a_text(data: bytes) -> None:
    loads(read_fields(data))


def test_what_is_no_message_is_tried_once_at_each_depth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, tried, read = b"\0", list[int](), fields._message  # noqa: SLF001 — counted
    for _ in range(14):
        data = b"\x0a" + bytes([len(data)]) + data + b"\0"

    def counted(part: bytes, depth: int) -> dict[str, Json]:
        tried.append(depth)
        return read(part, depth)

    monkeypatch.setattr(fields, "_message", counted)
    read_fields(b"\x0a" + bytes([len(data)]) + data)

    assert len(tried) < 40


def test_of_more_fields_than_anybody_reads_the_bytes_are_shown() -> None:
    many = b"\x08\1" * 65_537

    assert loads(read_fields(many)) == b64encode(many).decode()
    assert len(loads(read_fields(many[2:]))["1"]) == 65_536
