"""One stream read both ways, by ``_cut.c`` and by Python, which is its oracle.

::

    data   4 bytes: how to read    the rest: what comes, cut into pieces of two sizes

Bytes alone say what happens, so that a fuzzer can: the limits, the unit, the sizes of
the pieces, and how frames are taken. Everything that can be seen of a decoder must be
the same after every piece.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import protocol
from protocol.native import PURE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

HEAD = 4
"""Bytes at the beginning of the data that say how the rest is read."""
_MAX_UNITS = (protocol.NEWEST.max_units, None, 8, 1_002, 1_003, 40)
_MAX_LENGTH = (None, 998, 999, 20)
_MOST_PIECES = 64  # of a stream, so that each takes about as long as another
_LIMITS = (256, 1, 2, 3, 0, -1)  # of frames that are taken together


def load_pure() -> ModuleType:
    """Import the package a second time, without C; what was imported stays."""
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _ours(name)}
    wished = os.environ.get(PURE)
    os.environ[PURE] = "1"
    try:
        return import_module("protocol")
    finally:
        if wished is None:
            del os.environ[PURE]
        for name in filter(_ours, list(sys.modules)):
            del sys.modules[name]
        sys.modules.update(before)


def _ours(name: str) -> bool:
    return name == "protocol" or name.startswith("protocol.")


pure = load_pure()
"""The package without C."""


class Reading(NamedTuple):
    """How a stream is read.

    Attributes:
        limits: What a decoder is given.
        sizes: Bytes of the pieces, which alternate.
        together: How many frames are taken together at most; None for one by one.
        pull: How many frames are taken of a piece at most.
        whole: Whether a piece that is one frame goes the shortest way.
    """

    limits: dict[str, Any]
    sizes: tuple[int, int]
    together: int | None
    pull: int
    whole: bool


def reading(head: bytes, package: ModuleType) -> Reading:
    """Return what the head of some data says, for one of the packages."""
    units = list(package.LengthUnit)
    limits, first, second, taking = head
    return Reading(
        {
            "max_units": _MAX_UNITS[limits % 6],
            "max_length": _MAX_LENGTH[limits // 6 % 4],
            "unit": units[max(limits // 24 - 7, 0) % 3],  # most often UTF-16
        },
        (first + 1, second * second + 1),
        _LIMITS[taking // 4 % 6] if taking % 2 else None,
        1 if taking & 64 and not taking % 2 else sys.maxsize,
        whole=bool(taking & 2),
    )


def check(data: bytes) -> None:
    """Read data both ways.

    Raises:
        AssertionError: They differ.
    """
    data = data.ljust(HEAD, b"\0")
    ours, theirs = (list(read(data, each)) for each in (protocol, pure))
    assert ours == theirs, f"{data!r}\nin C:      {ours}\nin Python: {theirs}"


def read(data: bytes, package: ModuleType) -> Iterator[object]:
    """Yield all that can be seen while data is read by one of the packages."""
    how, stream = reading(data[:HEAD], package), data[HEAD:]
    yield from _functions(stream, data[1], package)
    decoder = package.FrameDecoder(**how.limits)
    for piece in _pieces(stream, how.sizes):
        yield from _piece(decoder, piece, how, package)
        yield _state(decoder)
    decoder.receive_eof()
    yield from _frames(decoder, how)


def _functions(stream: bytes, units: int, package: ModuleType) -> Iterator[object]:
    yield package.whole_body(stream)
    yield (most := package.count_units(stream))
    for wanted in {0, units, most}:
        try:
            if wanted <= most:
                yield package.units.size_of_units(stream, wanted)
        except ValueError as error:
            yield str(error)


def _pieces(stream: bytes, sizes: tuple[int, int]) -> Iterator[bytes]:
    least = len(stream) // _MOST_PIECES
    start, number = 0, 0
    while start < len(stream):
        end = start + max(sizes[number % 2], least)
        yield stream[start:end]
        start = end
        number += 1


def _piece(
    decoder: Any,  # noqa: ANN401 — of either package
    piece: bytes,
    how: Reading,
    package: ModuleType,
) -> Iterator[object]:
    body = package.whole_body(piece) if how.whole and decoder.ready else None
    if body is not None:
        decoder.pass_over(len(piece))
        yield body
        return
    decoder.receive_data(piece)
    yield from _frames(decoder, how)


def _frames(decoder: Any, how: Reading) -> Iterator[object]:  # noqa: ANN401
    """Yield the frames that are there, and the error that ends them."""
    pulled = 0
    try:
        while pulled < how.pull:
            if how.together is not None:
                yield from decoder.next_bodies(how.together)
            frame = decoder.next_frame()
            if frame is None:
                return
            pulled += 1
            yield frame.body if how.together else (frame.body, frame.offset, frame.size)
    except Exception as error:  # noqa: BLE001 — which error is what is compared
        yield type(error).__name__, str(error), getattr(error, "offset", None)
        decoder.reset()


def _state(decoder: Any) -> tuple[object, ...]:  # noqa: ANN401
    return (
        decoder.consumed,
        decoder.buffered,
        decoder.buffered_units,
        decoder.awaited_units,
        decoder.ready,
        decoder.rest,
    )
