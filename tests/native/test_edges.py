"""What no stream does to the extension: other types, and a state that is none."""

from __future__ import annotations

import gc
import weakref
from inspect import getdoc, signature
from itertools import product
from typing import Any

import pytest

import protocol
from protocol import FrameDecoder, encode_frame
from tests.native import both

# One byte for each row and limit of Unicode's table of well-formed UTF-8.
_BYTES = bytes.fromhex("41 7f 80 8f 90 9f a0 bf c0 c2 df e0 e1 ec ed ee ef f0 f1 f4 f5")
cut: Any = protocol.native.cut
SUM = b'24#{"pattern":"p","data":1}'
_FUNCTIONS = ["whole_body", "count_units", "size_of_units"]


def _decoder() -> Any:  # noqa: ANN401 — its state is private
    decoder = FrameDecoder()
    decoder.receive_data(SUM * 2)
    return decoder


def test_all_that_may_be_a_character_counts_as_python_decodes_it() -> None:
    for size in (1, 2, 3, 4):
        for some in product(_BYTES, repeat=size):
            utf8 = bytes(some)
            assert cut.count_units(utf8) == _units(utf8), utf8


def _units(utf8: bytes) -> int:
    try:
        return len(utf8.decode().encode("utf-16-le")) // 2
    except UnicodeDecodeError:
        return -1


@pytest.mark.parametrize(
    "header", [b"", b"#", b"9#", b"10", b"10/", b"1:0#", b"010#", b"999", b"9999#"]
)
def test_what_is_no_plain_header_is_no_frame(header: bytes) -> None:
    assert cut.whole_body(header) is None
    assert cut.whole_body(header + b"7" * (10 - len(header))) is None


@pytest.mark.parametrize("name", _FUNCTIONS)
@pytest.mark.parametrize("given", ["24#", None, bytearray(b"10#"), memoryview(b"10#")])
def test_what_is_not_bytes_is_refused(name: str, given: object) -> None:
    numbers = (1,) if name == "size_of_units" else ()

    with pytest.raises(TypeError, match="expected bytes"):
        getattr(cut, name)(given, *numbers)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(TypeError):
        cut.size_of_units(b"", "1")
    with pytest.raises(OverflowError):
        cut.size_of_units(b"", 1 << 64)
    with pytest.raises(TypeError):
        _decoder().next_bodies("3")
    with pytest.raises(TypeError):
        _decoder().next_bodies(most=3)


def test_no_units_are_no_bytes() -> None:
    assert cut.size_of_units(b"\xff", 0) == cut.size_of_units(b"x", -1) == 0


@pytest.mark.parametrize("position", [-1, 2 * len(SUM) + 1, 1 << 62, -(1 << 62)])
def test_a_position_outside_of_the_buffer_is_never_read(position: int) -> None:
    decoder = _decoder()
    decoder._position = position  # noqa: SLF001

    assert decoder.next_bodies() == []


@pytest.mark.parametrize(
    "buffer", [bytearray(SUM), "24#", None, type("B", (bytes,), {})(SUM)]
)
def test_a_buffer_of_another_kind_is_left_to_python(buffer: object) -> None:
    decoder = _decoder()
    decoder._buffer = buffer  # noqa: SLF001

    assert decoder.next_bodies() == []


def test_without_a_buffer_there_is_nothing() -> None:
    decoder = _decoder()
    del decoder._buffer  # noqa: SLF001

    assert decoder.next_bodies() == []
    with pytest.raises(AttributeError):
        decoder.next_frame()


def test_an_error_of_what_makes_a_frame_is_passed_on_and_nothing_is_consumed() -> None:
    def refuse(*_: object) -> None:
        raise ZeroDivisionError

    decoder = _decoder()
    decoder._frame = refuse  # noqa: SLF001
    with pytest.raises(ZeroDivisionError):
        decoder.next_frame()

    assert decoder.consumed == 0


def test_a_decoder_that_is_its_own_buffer_is_collected() -> None:
    decoder = _decoder()
    decoder._buffer = decoder._frame = decoder  # noqa: SLF001
    gone = weakref.ref(decoder)
    del decoder
    gc.collect()

    assert gone() is None


def test_a_type_of_its_own_has_no_frames() -> None:
    assert cut.ShortFrames().next_bodies() == []
    with pytest.raises(AttributeError):
        cut.ShortFrames().next_frame()


@pytest.mark.parametrize("name", ["next_frame", "next_bodies"])
def test_a_method_says_of_itself_what_python_says(name: str) -> None:
    ours = getattr(cut.ShortFrames, name)
    theirs = getattr(both.pure.cutting.ShortFrames, name)

    assert ours.__doc__ == getdoc(theirs)
    assert list(signature(ours).parameters) == list(signature(theirs).parameters)


def test_a_function_says_of_itself_what_python_says() -> None:
    assert cut.whole_body.__doc__ == getdoc(both.pure.whole_body)


def test_what_makes_a_frame_may_be_set_while_it_makes_one() -> None:
    class Fickle:
        def __call__(self, *_: object) -> str:
            del decoder._frame  # noqa: SLF001
            gc.collect()
            return type(self).__name__

    decoder = _decoder()
    decoder._frame = Fickle()  # noqa: SLF001

    assert decoder.next_frame() == "Fickle"
    with pytest.raises(SystemError):
        decoder.next_frame()


def test_what_is_returned_is_a_copy() -> None:
    decoder = _decoder()
    bodies = decoder.next_bodies()
    decoder.receive_data(encode_frame(b"0123456789") * 9)

    assert bodies == [SUM[3:]] * 2
