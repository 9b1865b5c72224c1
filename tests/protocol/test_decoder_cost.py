"""What decoding costs: time in proportion to the bytes, memory to what has come.

Work is counted, not timed: the events of the interpreter (every line and call of
``protocol``), and the bytes that it allocates.
"""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Self

import pytest

import protocol
from protocol import FrameDecoder, count_units, encode_frame, parse_packet, route
from tests.steps import steps_in
from tests.strategies import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_KIB = 1024
_MIB = 1024 * _KIB


def _steps(work: Callable[[], object]) -> int:
    """Return how many lines of the package some work runs through."""
    return steps_in(protocol, work)


def _allocated(work: Callable[[], object]) -> int:
    """Return how many bytes are allocated at most at any time of some work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _in_pieces(stream: bytes, size: int) -> Iterable[bytes]:
    return (stream[start : start + size] for start in range(0, len(stream), size))


class CountedBytes(bytearray):
    """A buffer that counts the bytes that are moved to and from it."""

    moved = 0

    def __iadd__(self, more: object) -> Self:
        assert isinstance(more, bytes)
        CountedBytes.moved += len(more)
        super().__iadd__(more)
        return self

    def __getitem__(self, key: object) -> object:  # type: ignore[override]
        taken = super().__getitem__(key)  # type: ignore[call-overload]
        CountedBytes.moved += len(taken) if isinstance(taken, bytearray) else 1
        return taken

    def find(self, sub: bytes, start: int = 0) -> int:  # type: ignore[override]
        CountedBytes.moved += len(self) - start
        return super().find(sub, start)


def _long_frame(body: bytes) -> bytes:
    """Return a frame whose header is 12 bytes, so that no size changes the cuts."""
    return b"%011d#%b" % (count_units(body), body)


def _bytes_moved(body: bytes) -> int:
    """Return how many bytes a long frame in pieces of 1 KiB moves in the buffer."""
    decoder = FrameDecoder()
    stream = _long_frame(body)
    CountedBytes.moved = 0
    for piece in _in_pieces(stream, _KIB):
        decoder.receive_data(piece)
        if type(decoder._buffer) is bytearray:  # noqa: SLF001
            decoder._buffer = CountedBytes(decoder._buffer)  # noqa: SLF001
        frame = decoder.next_frame()
    assert frame is not None
    assert frame.size == len(stream)
    return CountedBytes.moved


@pytest.mark.parametrize("character", ["x", "求", "😀"])
def test_a_long_frame_in_small_pieces_takes_linear_time(character: str) -> None:
    body = character.encode() * (_MIB // len(character.encode()))
    once, twice = body, body * 2

    steps = [_steps(lambda b=b: _read_long(b)) for b in (once, twice)]  # type: ignore[misc]
    moved = [_bytes_moved(b) for b in (once, twice)]
    assert 1.9 < steps[1] / steps[0] < 2.1
    assert 1.9 < moved[1] / moved[0] < 2.1
    assert moved[1] < 6 * len(twice)


def _read_long(body: bytes) -> None:
    frames, error = read(_in_pieces(_long_frame(body), _KIB))
    assert ([len(frame.body) for frame in frames], error) == ([len(body)], None)


@pytest.mark.parametrize("frame", [b"1#5", b"2#{}", b'13#{"a":"12345"}'])
def test_many_small_frames_in_one_piece_take_linear_time(frame: bytes) -> None:
    def steps(count: int) -> int:
        return _steps(lambda: _read_many(frame, count))

    assert steps(21_000) / steps(10_500) < 2.05  # C takes no steps


def _read_many(frame: bytes, count: int) -> None:
    frames, error = read([frame * count])
    assert (len(frames), error) == (count, None)


def test_small_frames_of_one_piece_are_not_copied_again_and_again() -> None:
    """Quadratic work inside one call would show in what is allocated."""
    stream = b"2#{}" * 20_000
    decoder = FrameDecoder()
    decoder.receive_data(stream)

    def pull() -> None:
        while decoder.next_frame():
            pass

    assert _allocated(pull) < 10 * _KIB


def test_searching_for_a_delimiter_goes_on_where_it_ended() -> None:
    def moved(size: int) -> int:
        decoder = FrameDecoder()
        CountedBytes.moved = 0
        for _ in range(size):
            decoder.receive_data(b"0" * _KIB)
            if type(decoder._buffer) is bytearray:  # noqa: SLF001
                decoder._buffer = CountedBytes(decoder._buffer)  # noqa: SLF001
            assert decoder.next_frame() is None
        return CountedBytes.moved

    assert 1.9 < moved(512) / moved(256) < 2.1


@pytest.mark.parametrize("length", [b"134217727", b"9999999999", b"9" * 400])
def test_a_length_alone_costs_nothing(length: bytes) -> None:
    sent = length + b"#" + b"x" * 10 * _KIB
    read(_in_pieces(sent, _KIB))  # what is compiled when it is first used, is

    assert _allocated(lambda: read(_in_pieces(sent, _KIB))) < 10 * len(sent)


def test_a_long_frame_costs_what_has_come_of_it() -> None:
    body = b"x" * (4 * _MIB)
    stream = encode_frame(body)[:-1]
    pieces = list(_in_pieces(stream, 64 * _KIB))

    assert _allocated(lambda: read(pieces)) < 2 * len(stream)


def test_what_was_read_is_let_go() -> None:
    decoder = FrameDecoder()

    def work() -> None:
        for _ in range(100):
            decoder.receive_data(b"2#{}" * 256)
            while decoder.next_frame():
                pass

    assert _allocated(work) < 10 * _KIB


@pytest.mark.parametrize("brackets", [b"[]", b'{"a":'])
def test_no_nesting_is_too_deep(brackets: bytes) -> None:
    depth = 100_000
    opening = brackets[:-1] if brackets == b"[]" else brackets
    deep = opening * depth + b"1" + (b"]" if brackets == b"[]" else b"}") * depth
    frames, _ = read([encode_frame(b'{"pattern":%b,"data":%b}' % (deep, deep))])
    packet = parse_packet(frames[0])

    assert isinstance(packet, protocol.Event)
    assert packet.data == protocol.JsonText(deep)
    assert protocol.encode_packet(packet).partition(b"#")[2] == frames[0].body
    assert route(packet.pattern).count("{") == 6
