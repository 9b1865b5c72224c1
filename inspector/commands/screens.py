"""Whether there is a screen to draw on, and what draws on it."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

from inspector.errors import InspectorError
from inspector.installing import pip_command

_PACKAGE = "textual"


def check_terminal(subject: str) -> None:
    """Make sure that a person sees a screen and has keys, and that Textual is there.

    Args:
        subject: What needs it.

    Raises:
        InspectorError: There is no terminal, or the extra is not installed.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on the last
    seen = all(stream is not None and stream.isatty() for stream in streams)
    if not seen or os.environ.get("TERM") == "dumb":
        raise InspectorError(subject, "needs a terminal, for its screen and its keys")
    if find_spec(_PACKAGE) is None:
        command = pip_command("install", _PACKAGE)
        raise InspectorError(subject, f"Textual is not installed; {command}")
