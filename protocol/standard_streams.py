"""Standard streams that whoever started a program has closed, as ``>&-`` does.

Python has None in place of such a stream, and the next file or socket would get its
number, and be written to as if it were the stream.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import TextIO


def open_standard_streams(*, may_lose: bool = False) -> None:
    """Open those of stdin, stdout and stderr that are closed, as a program begins.

    Nothing is on such a stdin, and what goes to such a stderr goes nowhere. To write to
    such a stdout is an error (EBADF), so that nothing is lost without a word.

    Args:
        may_lose: Whether what goes to such a stdout goes nowhere, too: of a service,
            which has nothing to say there.
    """
    if None not in {sys.stdin, sys.stdout, sys.stderr}:
        return
    # In this order: a file gets the lowest number that is free.
    if sys.stdin is None:
        sys.stdin = _opened(os.O_RDONLY, 0, "r")
    if sys.stdout is None:
        sys.stdout = _opened(os.O_WRONLY if may_lose else os.O_RDONLY, 1, "w")
    if sys.stderr is None:
        sys.stderr = _opened(os.O_WRONLY, 2, "w")


def _opened(flags: int, number: int, mode: str) -> TextIO:
    descriptor = os.open(os.devnull, flags)
    if descriptor != number:
        os.dup2(descriptor, number)
        os.close(descriptor)
    stream = open(number, mode, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 — as long as the process
    return cast("TextIO", stream)
