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
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, TYPE_CHECKING

from servers.errors import UsageError

from .beginnings import LOOKED_AT, MARK, WANTED, empty, is_capture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from _typeshed import WriteableBuffer

STDIN = "-"
_INSPECTOR = (sys.executable, "-m", "inspector.cli")
_PREFIX = "protocol-inspect: "
_NO_CAPTURE = "not a capture"  # as the inspector says it
_TOGETHER = 2**16  # bytes of a capture that are passed on together, at most
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
        UsageError: It is neither of the two, or no capture, and there are options for
            one; or the iteration, nothing is in it.
    """
    with _opened(name) as file:
        of_capture = is_capture(_peeked(name, file), called(name))
        if more and not of_capture:
            raise UsageError(
                f"{called(name)} is not a capture: {more[0]} is for those; JSON lines "
                "have what was chosen when they were written"
            )
        if of_capture:
            with _inspected(name, [*command, *more], file) as lines:
                yield lines
        else:
            yield _lines(name, file)


def called(name: str) -> str:
    """Return what errors call a file."""
    return "stdin" if name == STDIN else name


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
        return file.peek(LOOKED_AT)[:LOOKED_AT]  # type: ignore[attr-defined, no-any-return]
    except OSError as error:
        raise _unreadable(name, error) from None


def _lines(name: str, file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file, each as soon as it has come.

    Raises:
        UsageError: It holds nothing, or a line has no end.
    """
    first, has_something = True, False
    try:
        while line := file.readline(_LONGEST):
            if len(line) == _LONGEST:
                raise UnreadableError(f"{called(name)}: a line is longer than 64 MiB")
            line = line.removeprefix(MARK) if first else line
            first = False
            has_something = has_something or bool(line.strip())
            yield line
    except OSError as error:
        raise _unreadable(name, error) from None
    if not has_something:
        raise empty(called(name))


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
        *words, last = words or [f"{called(name)}: not read to its end"]
    for each in words:
        print(each, file=sys.stderr)  # noqa: T201 — as it is written there
    if code:
        wanted = f"; {WANTED}" if _NO_CAPTURE in last else ""
        raise UnreadableError(last.removeprefix(_PREFIX) + wanted)


def _feed(file: IO[bytes], program: IO[bytes] | None) -> None:
    assert program is not None
    try:
        with program:
            # As it comes: of a live capture 64 KiB may take hours.
            while some := file.read1(_TOGETHER):  # type: ignore[attr-defined]
                program.write(some)
                program.flush()
    except (OSError, ValueError):  # it has ended, and says why; or we have, and closed
        return


def _unreadable(name: str, error: OSError) -> UnreadableError:
    reason = (error.strerror or str(error)).lower()
    return UnreadableError(f"{called(name)}: {reason}")
