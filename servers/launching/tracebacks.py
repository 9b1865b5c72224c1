"""Tracebacks of what a user's program raised, with the frames of the user alone."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException

_NAMES = ("stdlib", "platstdlib", "purelib", "platlib")
_OTHERS = (
    str(Path(__file__).parents[1]),  # this package, which may be installed anywhere
    *(path for name in _NAMES if (path := sysconfig.get_path(name))),
)

_COMPILED = ".pyx"  # of uvloop, by a path that is relative to its own sources


def shortened(error: BaseException) -> str:
    """Return the traceback without the frames of libraries, ours included.

    The errors that it came from are shortened, too. A stack of which nothing would be
    left keeps its last frame that is not ours.
    """
    told = TracebackException.from_exception(error)
    _shorten(told, set())
    return "".join(told.format()).rstrip("\n")


def _shorten(told: TracebackException, seen: set[int]) -> None:
    seen.add(id(told))
    frames = [each for each in told.stack if not each.filename.startswith("<frozen ")]
    mine = [each for each in frames if _is_of_user(each)]
    theirs = [each for each in frames if not each.filename.startswith(_OTHERS[0])]
    last = [] if told.exc_type is SyntaxError else theirs[-1:]  # it has a place itself
    told.stack = StackSummary.from_list(mine or last)
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None and id(other) not in seen:
            _shorten(other, seen)


def _is_of_user(frame: FrameSummary) -> bool:
    name = frame.filename
    return not name.startswith(_OTHERS) and not name.endswith(_COMPILED)
