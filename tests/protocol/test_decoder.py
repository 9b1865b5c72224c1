"""One direction of a connection, cut into frames as Nest cuts it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol import (
    BufferLimitError,
    CorruptedLengthError,
    DecodeError,
    Frame,
    FrameDecoder,
    FrameTooLongError,
    FramingError,
    LengthUnit,
    SplitCharacterError,
    TruncatedFrameError,
    count_units,
    encode_frame,
    parse_length,
)
from protocol.units import incomplete_tail
from tests.strategies import (
    bodies,
    bytewise,
    cuts,
    read,
    read_with,
    streams,
    texts,
    texts_of,
    wild_streams,
)

LOG = encode_frame('{"pattern":"log","data":"求和1111😀"}'.encode())
SUM = b'24#{"pattern":"p","data":1}'


def _as_nest_reads(stream: bytes) -> tuple[list[str], type[DecodeError] | None]:
    """Return what Nest makes of a stream, told on its whole text at once.

    Nest buffers a string of UTF-16 code units, so that is what is cut here.
    """
    text = stream[: len(stream) - incomplete_tail(stream)].decode("utf-8", "replace")
    units = text.encode("utf-16-le")
    found: list[str] = []
    while "#" in (text := units.decode("utf-16-le")):
        header = text.partition("#")[0]
        try:
            length = parse_length(header)
        except CorruptedLengthError:
            return found, CorruptedLengthError
        rest = units[len((header + "#").encode("utf-16-le")) :]
        if len(rest) < 2 * length:
            break
        try:
            found.append(rest[: 2 * length].decode("utf-16-le"))
        except UnicodeDecodeError:
            return found, SplitCharacterError
        units = rest[2 * length :]
    return found, None


@given(wild_streams, st.data())
@example(b"2#{}\xf01#5", None)
@example("\ufeff2#{}".encode(), None)
@example("3#😀😀".encode(), None)
@example(b"1#\xc0\xaf2#{}", None)
def test_any_stream_is_cut_as_nest_cuts_it(
    stream: bytes, data: st.DataObject | None
) -> None:
    pieces = data.draw(cuts(stream)) if data else bytewise(stream)
    frames, error = read(pieces, max_units=None)
    expected, kind = _as_nest_reads(stream)

    assert texts_of(frames) == expected
    assert (error or "").partition(":")[0] == (kind.__name__ if kind else "")


@given(streams | wild_streams, st.data())
def test_any_cut_gives_the_same_frames(stream: bytes, data: st.DataObject) -> None:
    assert read(data.draw(cuts(stream))) == read([stream]) == read(bytewise(stream))


@given(st.lists(bodies, max_size=6))
def test_every_frame_knows_its_place(written: list[bytes]) -> None:
    stream = b"".join(encode_frame(body) for body in written)
    frames, _ = read(bytewise(stream))

    assert [frame.body for frame in frames] == written
    assert [stream[one.offset : one.offset + one.size] for one in frames] == [
        encode_frame(body) for body in written
    ]


@given(streams, st.data())
def test_what_is_buffered_is_what_no_frame_has_taken(
    stream: bytes, data: st.DataObject
) -> None:
    decoder = FrameDecoder()
    received = 0
    for piece in data.draw(cuts(stream)):
        frames, _ = read_with(decoder, [piece])
        received += len(piece) - sum(frame.size for frame in frames)
        assert decoder.buffered == received


@pytest.mark.parametrize("cut", range(len(LOG) + 1))
def test_a_frame_may_be_cut_at_every_byte(cut: int) -> None:
    expected = [Frame(LOG.partition(b"#")[2], 0, len(LOG))]

    assert read([LOG[:cut], LOG[cut:]]) == (expected, None)
    assert read([LOG[:cut], b"", LOG[cut : cut + 1], LOG[cut + 1 :]])[0] == expected


@pytest.mark.parametrize(
    ("header", "length"),
    [
        *(("24", 24), ("24abc", 24), ("24 ", 24), ("24.7", 24), ("24-", 24)),
        *(("00024", 24), ("+24", 24), ("1e3", 1), ("1\n24", 1), ("0x18", 0)),
        *((" 24", 24), ("\t\r\n24", 24), ("\xa024", 24), ("\u300024", 24)),
        *(("\ufeff24", 24), ("2_4", 2), ("-5", 0), ("-0", 0), ("0", 0)),
        *(("0" * 400 + "7", 7), ("9" * 400, 10**19 - 1)),
    ],
)
def test_a_length_is_what_parse_int_finds(header: str, length: int) -> None:
    assert parse_length(header) == length


_NO_NUMBER = ["", " ", "abc", '"24"', "++24", "+ 24", "٢٤", "２４", "NaN", "\0" + "24"]


@pytest.mark.parametrize("header", [*_NO_NUMBER, "Infinity", ";24", "x\n24"])
def test_what_begins_with_no_number_is_corrupt(header: str) -> None:
    with pytest.raises(CorruptedLengthError, match="corrupted length"):
        parse_length(header)


def test_a_corrupted_length_is_shown_in_part() -> None:
    with pytest.raises(CorruptedLengthError) as raised:
        parse_length("x" * 1000)

    assert raised.value.reason == f"corrupted length '{'x' * 40}…'"


@given(streams, st.sampled_from([b"x#", b"1#" + "😀".encode(), b"\xff9#"]), st.data())
def test_frames_before_an_error_come_first(
    stream: bytes, bad: bytes, data: st.DataObject
) -> None:
    decoder = FrameDecoder()
    whole, _ = read([stream])
    frames, error = read_with(decoder, data.draw(cuts(stream + bad + stream)))

    assert frames == whole
    assert error is not None
    assert error.endswith(f"(frame at byte {len(stream)})")


@pytest.mark.parametrize("bad", [b"x#", "1#😀".encode()])
def test_an_error_stays_until_the_decoder_is_reset(bad: bytes) -> None:
    decoder = FrameDecoder()
    decoder.receive_data(SUM + bad)
    assert decoder.next_frame()
    with pytest.raises(FramingError) as first:
        decoder.next_frame()
    decoder.receive_data(SUM)
    with pytest.raises(FramingError) as second:
        decoder.next_frame()

    assert second.value is first.value
    decoder.reset()
    assert decoder.next_frame() is None
    assert decoder.buffered == 0
    offset = 2 * len(SUM) + len(bad)
    assert read_with(decoder, [SUM]) == ([Frame(SUM[3:], offset, len(SUM))], None)


def test_the_start_of_a_character_survives_a_reset() -> None:
    decoder = FrameDecoder()
    assert read_with(decoder, [b"x#\xf0"])[1]
    decoder.reset()

    _, error = read_with(decoder, [SUM])
    assert error is not None
    assert "corrupted length '\ufffd24'" in error


class TestLimits:
    """What is refused, and when."""

    def test_all_that_is_buffered_counts(self) -> None:
        two = SUM + SUM

        assert len(read([two], max_units=2 * len(SUM))[0]) == 2
        frames, error = read([two], max_units=2 * len(SUM) - 1)
        assert frames == []
        assert error == (
            "BufferLimitError: 54 units buffered, above the limit of 53 "
            "(frame at byte 0)"
        )

    def test_each_piece_is_judged_by_itself(self) -> None:
        assert len(read([SUM, SUM], max_units=len(SUM))[0]) == 2

    def test_a_pair_counts_two_units(self) -> None:
        assert len(read([LOG], max_units=count_units(LOG))[0]) == 1
        assert "BufferLimitError" in str(read([LOG], max_units=count_units(LOG) - 1))

    def test_a_header_that_was_read_no_longer_counts(self) -> None:
        assert len(read([SUM[:3], SUM[3:]], max_units=24)[0]) == 1

    def test_the_first_overflow_is_the_one_that_is_told(self) -> None:
        decoder = FrameDecoder(max_units=3)
        decoder.receive_data(b"1234")
        decoder.receive_data(b"56789")

        with pytest.raises(BufferLimitError, match="4 units buffered"):
            decoder.next_frame()

    def test_a_length_that_was_read_survives_an_overflow(self) -> None:
        decoder = FrameDecoder(max_units=10)
        assert read_with(decoder, [b"5#"]) == ([], None)
        assert "BufferLimitError" in str(read_with(decoder, [b"x" * 11]))
        decoder.reset()

        frames, _ = read_with(decoder, [b"2#{}2#{}"])
        assert texts_of(frames[:1]) == ["2#{}2"]

    def test_without_a_limit_everything_is_buffered(self) -> None:
        decoder = FrameDecoder(max_units=None)
        decoder.receive_data(b"9" * 1000)

        assert decoder.next_frame() is None
        assert decoder.buffered == decoder.buffered_units == 1000

    @pytest.mark.parametrize("length", [b"25", b"999999999999999999999999", b"+25"])
    def test_a_long_frame_is_refused_before_its_body_comes(self, length: bytes) -> None:
        frames, error = read([SUM + length, b"#"], max_length=24)

        assert len(frames) == 1
        assert error is not None
        assert error.startswith("FrameTooLongError: a body of ")
        assert error.endswith(" units, above the limit of 24 (frame at byte 27)")

    def test_a_refused_length_is_forgotten(self) -> None:
        decoder = FrameDecoder(max_length=24)
        decoder.receive_data(b"25#")
        with pytest.raises(FrameTooLongError):
            decoder.next_frame()
        decoder.reset()

        assert decoder.awaited_units is None
        assert len(read_with(decoder, [SUM])[0]) == 1

    @given(streams, st.data())
    def test_a_limit_that_all_frames_keep_changes_nothing(
        self, stream: bytes, data: st.DataObject
    ) -> None:
        pieces = data.draw(cuts(stream))

        assert read(pieces, max_length=10_000) == read(pieces)
        assert read(pieces, max_length=500) == read(pieces)


class TestTheEnd:
    """What may be left when a stream is over."""

    @pytest.mark.parametrize("left", [b"", b"\n", b"\r\n \t"])
    def test_between_two_frames_a_stream_may_end(self, left: bytes) -> None:
        decoder = FrameDecoder()
        decoder.receive_data(SUM + left)
        decoder.receive_eof()

        assert decoder.next_frame()
        assert decoder.next_frame() is None
        assert decoder.next_frame() is None

    @pytest.mark.parametrize("cut", range(1, len(LOG)))
    def test_inside_a_frame_it_may_not(self, cut: int) -> None:
        decoder = FrameDecoder()
        decoder.receive_data(SUM + LOG[:cut])
        decoder.receive_eof()

        assert decoder.next_frame()
        with pytest.raises(TruncatedFrameError) as raised:
            decoder.next_frame()
        assert raised.value.offset == len(SUM)

    def test_the_start_of_a_character_is_left_too(self) -> None:
        decoder = FrameDecoder()
        decoder.receive_data(b"\xf0\x9f")
        decoder.receive_eof()

        with pytest.raises(TruncatedFrameError):
            decoder.next_frame()


class TestOtherUnits:
    """Lengths that count something else than Nest's do."""

    @given(st.lists(texts, max_size=4), st.data())
    def test_frames_are_read_in_the_unit_of_their_writer(
        self, written: list[str], data: st.DataObject
    ) -> None:
        unit = data.draw(st.sampled_from(LengthUnit))
        stream = b"".join(
            b"%d#%b" % (unit.count(text.encode()), text.encode()) for text in written
        )

        frames, error = read(data.draw(cuts(stream)), unit=unit)
        assert (texts_of(frames), error) == (written, None)

    def test_a_length_in_bytes_may_not_end_inside_a_character(self) -> None:
        _, error = read(["2#求,".encode()], unit=LengthUnit.UTF8)

        assert error == (
            "SplitCharacterError: length 2 ends inside a character (frame at byte 0)"
        )

    def test_a_length_in_bytes_is_not_one_in_units(self) -> None:
        stream = '8#{"é😀"}'.replace("8", "10").encode()

        assert texts_of(read([stream], unit=LengthUnit.UTF8)[0]) == ['{"é😀"}']
        assert read([stream])[0] == []


def test_what_is_awaited_can_be_asked() -> None:
    decoder = FrameDecoder()
    asked = []
    for piece in (b"2", b"4#", "é😀".encode()):
        decoder.receive_data(piece)
        decoder.next_frame()
        asked.append((decoder.awaited_units, decoder.buffered_units, decoder.buffered))

    assert asked == [(None, 1, 1), (24, 0, 3), (24, 3, 9)]


@given(wild_streams, st.data())
def test_no_bytes_raise_anything_but_a_decode_error(
    stream: bytes, data: st.DataObject
) -> None:
    limit = data.draw(st.none() | st.integers(0, 20))
    decoder = FrameDecoder(max_units=limit, max_length=limit)
    for piece in data.draw(cuts(stream)):
        decoder.receive_data(piece)
        try:
            while decoder.next_frame():
                pass
        except FramingError as error:
            assert 0 <= error.offset <= len(stream)  # noqa: PT017 — any error does
            decoder.reset()
    decoder.receive_eof()
    try:
        assert decoder.next_frame() is None
    except TruncatedFrameError as error:
        assert error.offset <= len(stream)  # noqa: PT017


def test_a_short_frame_behind_others_may_end_inside_a_character_too() -> None:
    decoder = FrameDecoder()
    decoder.receive_data(LOG + '10#{"a":"求求求😀"}'.encode())

    assert decoder.next_frame() == Frame(LOG.split(b"#", 1)[1], 0, len(LOG))
    with pytest.raises(SplitCharacterError, match="length 10 ends inside") as caught:
        decoder.next_frame()
    assert caught.value.offset == len(LOG)
