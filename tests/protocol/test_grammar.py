"""The declared format, and the decoder that is held to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from construct import ConstructError
from hypothesis import example, given

from protocol import encode_packet, loads, utf16_length
from protocol.grammar import FRAME, LENGTH, PACKET, STREAM, kind_of
from tests.strategies import packets, read, streams, texts, values, wild_streams

if TYPE_CHECKING:
    from protocol import Frame, Packet

_CANONICAL = re.compile(rb"(?:0|[1-9][0-9]*)\Z")


def _by_grammar(stream: bytes) -> list[str] | None:
    """Return the bodies that the grammar finds, None when it refuses the stream."""
    try:
        return [frame.body for frame in STREAM.parse(stream)]
    except (ConstructError, ValueError):
        return None


def _by_decoder(stream: bytes) -> list[Frame] | None:
    """Return the frames of a stream that the decoder reads to the last byte."""
    frames, error = read([stream])
    whole = sum(frame.size for frame in frames) == len(stream)
    return frames if whole and error is None else None


def _is_well_formed(frame: Frame, stream: bytes) -> bool:
    """Return whether the decoder had nothing to forgive."""
    header = stream[frame.offset : frame.offset + frame.size - len(frame.body) - 1]
    try:
        frame.body.decode()
    except UnicodeDecodeError:
        return False
    return bool(_CANONICAL.match(header))


@given(streams)
def test_what_nest_writes_is_read_alike(stream: bytes) -> None:
    frames = _by_decoder(stream)

    assert frames is not None
    assert _by_grammar(stream) == [frame.text for frame in frames]


@given(wild_streams)
@example(b"2#{}007#{}     ")
@example("1#😀".encode())
@example("2#😀1#5".encode())
@example(b"1#\xff")
@example(b"2#{}1#")
@example(b"\n2#{}")
@example(b"0#")
def test_both_accept_and_refuse_the_same_streams(stream: bytes) -> None:
    frames = _by_decoder(stream)
    strict = frames is not None and all(
        _is_well_formed(frame, stream) for frame in frames
    )

    assert _by_grammar(stream) == (
        [frame.text for frame in frames or []] if strict else None
    )


@given(streams)
def test_what_was_read_is_written_again_to_the_byte(stream: bytes) -> None:
    assert STREAM.build(STREAM.parse(stream)) == stream


@given(texts)
def test_the_length_is_found_by_the_writer(text: str) -> None:
    built = FRAME.build({"body": text})

    assert built == f"{utf16_length(text)}#{text}".encode()


@pytest.mark.parametrize(
    "header",
    [b"#", b"00#", b"007#", b"+1#", b"-1#", b" 1#", b"1 #", b"1e3#", b"x#", b"1"],
)
def test_a_length_has_one_spelling(header: bytes) -> None:
    with pytest.raises(ConstructError):
        LENGTH.parse(header)


@pytest.mark.parametrize("digits", [b"\xd9\xa2\xd9\xa4#", b"\xb2#"])
def test_a_length_is_ascii(digits: bytes) -> None:
    with pytest.raises((ConstructError, UnicodeDecodeError)):
        LENGTH.parse(digits)


@given(packets)
def test_a_packet_has_one_kind(packet: Packet) -> None:
    parsed = PACKET.parse(encode_packet(packet))
    known = type(packet).__name__.lower()

    assert parsed.kind == (None if packet.extra else known)


@given(values)
def test_a_body_is_written_as_json(value: Any) -> None:  # noqa: ANN401
    built = PACKET.build({"body": {"pattern": value}})

    assert PACKET.parse(built).body == {"pattern": value}
    assert loads(built.partition(b"#")[2]) == {"pattern": value}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"pattern": "a", "id": 1}, "request"),
        ({"pattern": "a", "data": 1, "id": 1}, "request"),
        ({"pattern": "a"}, "event"),
        ({"pattern": "a", "metadata": {}}, "event"),
        ({"id": 1, "err": "e", "status": "error"}, "response"),
        ({"id": 1}, "response"),
        ({"id": 1, "trace": 2}, None),
        ({}, None),
        ({"data": 1}, None),
        ([], None),
        ("id", None),
        (None, None),
    ],
)
def test_the_kind_of_a_packet_follows_from_its_keys(
    body: object, kind: str | None
) -> None:
    assert kind_of(body) == kind
