"""All of protocol/ together: whatever comes, only its own errors are raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import (
    DecodeError,
    EncodeError,
    Event,
    Frame,
    FrameDecoder,
    FramingError,
    Packet,
    PacketError,
    Request,
    Response,
    encode_frame,
    encode_packet,
    parse_packet,
    route,
)
from tests.strategies import cuts, packets, read, values, wild_streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def _read_all(pieces: Iterable[bytes]) -> Iterator[Packet | DecodeError]:
    """Read as a server does: go on where it is possible, start afresh where not."""
    decoder = FrameDecoder(max_units=10_000)
    for piece in pieces:
        decoder.receive_data(piece)
        yield from _pull(decoder)


def _pull(decoder: FrameDecoder) -> Iterator[Packet | DecodeError]:
    while True:
        try:
            frame = decoder.next_frame()
            if frame is None:
                return
            yield parse_packet(frame)
        except PacketError as error:
            yield error
        except FramingError as error:
            yield error
            decoder.reset()


@settings(max_examples=300)
@given(wild_streams, st.data())
def test_no_bytes_raise_anything_else(stream: bytes, data: st.DataObject) -> None:
    for packet in _read_all(data.draw(cuts(stream))):
        if isinstance(packet, DecodeError):
            assert str(packet).endswith(f"(frame at byte {packet.offset})")
        elif isinstance(packet, Response):
            assert packet.final or not packet.failed
        else:
            assert isinstance(route(packet.pattern), str)


@given(st.lists(packets, max_size=5), st.data())
def test_packets_are_read_in_the_order_in_which_they_were_written(
    written: list[Packet], data: st.DataObject
) -> None:
    stream = b"".join(encode_packet(packet) for packet in written)
    packets_read = list(_read_all(data.draw(cuts(stream))))

    assert [type(packet) for packet in packets_read] == [type(one) for one in written]
    assert [encode_packet(packet) for packet in packets_read] == [  # type: ignore[arg-type]
        encode_packet(parse_packet(frame)) for frame in read([stream])[0]
    ]


@given(st.lists(packets, min_size=1, max_size=3), st.sampled_from([b"5", b"{", b"{}"]))
def test_a_frame_that_says_nothing_does_not_lose_the_next(
    written: list[Packet], nothing: bytes
) -> None:
    stream = encode_frame(nothing).join(map(encode_packet, written))
    packets_read = list(_read_all([stream]))

    assert [isinstance(packet, PacketError) for packet in packets_read] == [
        place % 2 == 1 for place in range(2 * len(written) - 1)
    ]


_oddities = (
    values | st.just(object()) | st.just({1, 2}) | st.binary() | st.complex_numbers()
)


@given(_oddities, _oddities, _oddities)
def test_whatever_is_written_only_an_encode_error_is_raised(
    one: object, two: object, three: object
) -> None:
    for packet in (
        Request(one, two, three),  # type: ignore[arg-type]
        Event(one, two, three),  # type: ignore[arg-type]
        Response(one, two, three),  # type: ignore[arg-type]
        Event(one, extra={"x": two}),  # type: ignore[dict-item]
    ):
        try:
            assert isinstance(encode_packet(packet), bytes)
        except EncodeError as error:
            assert str(error)  # noqa: PT017 — any will do that says something


def test_a_frame_is_no_packet_until_it_was_parsed() -> None:
    assert not isinstance(Frame(b"{}", 0, 4), Request | Event | Response)
