"""Work that is counted, not timed: the lines of a package that it runs through."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType


def steps_in(package: ModuleType, work: Callable[[], object]) -> int:
    """Return how many lines of a package some work runs through.

    Args:
        package: The package, with all its modules.
        work: What is to be done.
    """
    home = str(Path(str(package.__file__)).parent)
    steps = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:  # noqa: ANN401
        nonlocal steps
        if not frame.f_code.co_filename.startswith(home):
            return None
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps
