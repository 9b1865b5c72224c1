"""Tracebacks of what a user's program raised, with the frames of the user alone."""

from __future__ import annotations

import copy
import logging
import sysconfig
from collections.abc import Callable
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from types import TracebackType

_Choice: TypeAlias = Callable[[TracebackException], list[FrameSummary]]
"""Returns which frames of an error are shown."""

_NAMES = ("stdlib", "platstdlib", "purelib", "platlib")
_OTHERS = (
    str(Path(__file__).parents[1]),  # this package, which may be installed anywhere
    *(path for name in _NAMES if (path := sysconfig.get_path(name))),
)

_COMPILED = ".pyx"  # of uvloop, by a path that is relative to its own sources


class UserFrames(logging.Formatter):
    """Format records, with tracebacks that have no frames of ours.

    One without a frame of the user is whole: it tells of an error of ours.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; other handlers find its traceback whole."""
        ours = copy.copy(record)  # a record keeps the text of its traceback
        ours.exc_text = None
        return super().format(ours)

    def formatException(  # noqa: N802 — of logging
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | Any,  # noqa: ANN401
    ) -> str:
        """Return the traceback without our frames."""
        error = ei[1]
        if error is None:  # logged where nothing was raised
            return super().formatException(ei)
        return _told(error, _without_ours)


def shortened(error: BaseException) -> str:
    """Return the traceback without the frames of libraries, ours included.

    The errors that it came from are shortened, too. A stack of which nothing would be
    left keeps its last frame that is not ours.
    """
    return _told(error, _of_user_alone)


def _told(error: BaseException, choose: _Choice) -> str:
    told = TracebackException.from_exception(error)
    _shorten(told, choose, set())
    return "".join(told.format()).rstrip("\n")


def _shorten(told: TracebackException, choose: _Choice, seen: set[int]) -> None:
    seen.add(id(told))
    told.stack = StackSummary.from_list(choose(told))
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None and id(other) not in seen:
            _shorten(other, choose, seen)


def _of_user_alone(told: TracebackException) -> list[FrameSummary]:
    frames = [each for each in told.stack if not each.filename.startswith("<frozen ")]
    mine = [each for each in frames if _is_of_user(each)]
    theirs = [each for each in frames if not _is_ours(each)]
    last = [] if told.exc_type is SyntaxError else theirs[-1:]  # it has a place itself
    return mine or last


def _without_ours(told: TracebackException) -> list[FrameSummary]:
    if not any(map(_is_of_user, told.stack)):
        return list(told.stack)
    return [each for each in told.stack if not _is_ours(each)]


def _is_ours(frame: FrameSummary) -> bool:
    return frame.filename.startswith(_OTHERS[0])


def _is_of_user(frame: FrameSummary) -> bool:
    name = frame.filename
    return not name.startswith(_OTHERS) and not name.endswith(_COMPILED)
