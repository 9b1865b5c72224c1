"""A file of recordings, stdin, or a capture, which the inspector reads.

The inspector is another program: it is run, and its lines are read as it writes them.
A capture is told from JSON lines by its first bytes.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from select import POLLIN, poll
from shutil import copyfileobj
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, TYPE_CHECKING

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed import WriteableBuffer

STDIN = "-"
_INSPECTOR = (sys.executable, "-m", "inspector.cli")
_PREFIX = "protocol-inspect: "
_BLANKS = b" \t\r\n\xef\xbb\xbf"  # and the mark of UTF-8
_PCAPNG = b"\n\r\r\n"  # the type of its first block, which looks like blanks
_LOOKED_AT = 64  # bytes
_LONGEST = 64 * 2**20
"""Bytes of a line; a frame of Nest cannot be as long."""


class UnreadableError(UsageError):
    """There is no such file, or it cannot be read to its end."""


@contextmanager
def lines_of(
    name: str, command: Sequence[str], *, more: Sequence[str] = ()
) -> Iterator[Iterator[bytes]]:
    """Give the lines of a file, or of what the inspector says of a capture.

    Args:
        name: Of the file; ``-`` for stdin.
        command: What the inspector is asked of a capture, such as ``exchanges --json``.
        more: Options for that; none is for JSON lines.

    Raises:
        UnreadableError: The file cannot be opened, or the iteration, it cannot be read.
        UsageError: It is no capture, and there are options for one.
    """
    with _opened(name) as file:
        is_capture = _is_capture(_peeked(name, file))
        if more and not is_capture:
            raise UsageError(
                f"{name} is not a capture: {more[0]} is for those; JSON lines have "
                "what was chosen when they were written"
            )
        if is_capture:
            with _inspected(name, [*command, *more], file) as lines:
                yield lines
        else:
            yield _lines(name, file)


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == STDIN:
        with _stdin() as file:
            yield file
        return
    try:
        opened = Path(name).open("rb")  # noqa: SIM115 — closed below
    except OSError as error:
        raise _unreadable(name, error) from None
    with opened:
        yield opened


@contextmanager
def _stdin() -> Iterator[IO[bytes]]:
    """Read stdin for as long as the block lasts: then whoever waits for it goes on."""
    woken, wake = os.pipe()
    # The own file of Python is left alone: who waits in it holds its lock to the end.
    file = io.BufferedReader(_Awaited(sys.stdin.fileno(), woken))
    try:
        yield file
    finally:
        os.close(wake)
        file.close()
        os.close(woken)


class _Awaited(io.RawIOBase):
    """What comes by a file descriptor, until another is closed at its other end."""

    def __init__(self, source: int, woken: int) -> None:
        self._source, self._woken = source, woken
        self._poll = poll()
        for each in (source, woken):
            self._poll.register(each, POLLIN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if any(each == self._woken for each, _ in self._poll.poll()):
            return 0
        view = memoryview(buffer)
        data = os.read(self._source, len(view))
        view[: len(data)] = data
        return len(data)


def _peeked(name: str, file: IO[bytes]) -> bytes:
    try:
        return file.peek(_LOOKED_AT)[:_LOOKED_AT]  # type: ignore[attr-defined, no-any-return]
    except OSError as error:
        raise _unreadable(name, error) from None


def _is_capture(beginning: bytes) -> bool:
    if beginning.startswith(_PCAPNG):
        return True
    text = beginning.lstrip(_BLANKS)
    return bool(text) and not text.startswith(b"{")


def _lines(name: str, file: IO[bytes]) -> Iterator[bytes]:
    first = True
    try:
        while line := file.readline(_LONGEST):
            if len(line) == _LONGEST:
                raise UnreadableError(f"{name}: a line is longer than 64 MiB")
            yield line.removeprefix(b"\xef\xbb\xbf") if first else line
            first = False
    except OSError as error:
        raise _unreadable(name, error) from None


@contextmanager
def _inspected(
    name: str, command: Sequence[str], file: IO[bytes]
) -> Iterator[Iterator[bytes]]:
    """Run the inspector on a capture for as long as the block lasts."""
    from_stdin = name == STDIN
    with TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603 — this program itself
            [*_INSPECTOR, *command, "--", name],
            stdin=subprocess.PIPE if from_stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            process_group=0,  # Ctrl-C is for us: we end it
        )
        assert program.stdout is not None
        if from_stdin:
            Thread(target=_feed, args=(file, program.stdin), daemon=True).start()
        try:
            yield _lines_of_program(name, program, said)
        finally:
            if program.poll() is None:
                program.terminate()
            program.wait()
            program.stdout.close()  # not before: who waits in it holds its lock


def _lines_of_program(
    name: str, program: subprocess.Popen[bytes], said: IO[bytes]
) -> Iterator[bytes]:
    assert program.stdout is not None
    yield from program.stdout
    code = program.wait()
    said.seek(0)
    words = said.read().decode("utf-8", "replace").splitlines()
    if code:  # its last line says why
        *words, last = words or [f"{name}: not read to its end"]
    for each in words:
        print(each, file=sys.stderr)  # noqa: T201 — as it is written there
    if code:
        raise UnreadableError(last.removeprefix(_PREFIX))


def _feed(file: IO[bytes], program: IO[bytes] | None) -> None:
    assert program is not None
    try:
        with program:
            copyfileobj(file, program)
    except (OSError, ValueError):  # it has ended, and says why; or we have, and closed
        return


def _unreadable(name: str, error: OSError) -> UnreadableError:
    return UnreadableError(f"{name}: {(error.strerror or str(error)).lower()}")
