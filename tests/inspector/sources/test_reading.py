from __future__ import annotations

import io
import os
import signal
import threading
import time
from typing import Any

import pytest

from inspector.sources.reading import Reading
from tests.patience import PATIENCE


def test_what_is_read_is_told() -> None:
    told: list[int] = []
    reading, file = Reading(told.append), io.BytesIO(b"0123456789")

    assert [reading.read(file.read, 4) for _ in range(4)] == [
        b"0123",
        b"4567",
        b"89",
        b"",
    ]
    assert told == [4, 8, 10, 10]
    assert reading.bytes_read == 10


def test_nothing_is_read_any_more_once_it_is_stopped() -> None:
    reading, file = Reading(), io.BytesIO(b"0123456789")
    reading.read(file.read, 4)
    reading.stop()

    assert reading.read(file.read, 4) == b""
    assert file.tell() == 4


def test_a_pipe_that_is_waited_for_is_left_at_once() -> None:
    readable, writable = os.pipe()
    reading = Reading()
    before = signal.signal(signal.SIGUSR1, lambda *_: reading.stop())
    main = threading.get_ident()
    try:
        # Only once the read has begun does the signal have something to end.
        threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGUSR1)).start()
        begun = time.monotonic()
        with os.fdopen(readable, "rb") as file:
            assert reading.read(file.read, 4) == b""
        assert time.monotonic() - begun < PATIENCE
    finally:
        signal.signal(signal.SIGUSR1, before)
        os.close(writable)


def test_an_interrupt_that_nobody_asked_for_is_passed_on() -> None:
    def interrupted(_size: int) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Reading().read(interrupted, 4)


@pytest.mark.parametrize("piece", [b"ab", bytearray(b"ab"), memoryview(b"ab")])
def test_bytes_of_any_kind_are_read(piece: bytes) -> None:
    assert Reading().read(lambda _: piece, 4) == b"ab"


@pytest.mark.parametrize("piece", [None, "ab", 2])
def test_what_is_not_bytes_is_refused(piece: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="a file is read as bytes, not as"):
        Reading().read(lambda _: piece, 4)
