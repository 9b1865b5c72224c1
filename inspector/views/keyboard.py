"""Keys that are pressed while something else goes on."""

from __future__ import annotations

import os
import select
from contextlib import suppress

try:
    import termios
    import tty
except ImportError:  # Windows has neither, and does without keys
    _can_read = False
else:
    _can_read = True

ESCAPE = "\x1b"
ENTER = "\n"
DELETE = "\x7f"
_MOST = 256  # bytes of keys at once


class Keyboard:
    """The keyboard of a terminal, whose keys come at once and are not shown.

    Ctrl-C stays what it is.

    Args:
        descriptor: Of the terminal.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor, termios.TCSADRAIN)

    @classmethod
    def of_terminal(cls) -> Keyboard | None:
        """Return the keyboard of this process; None where it has none.

        The terminal is asked, and not stdin: that may be a capture.
        """
        if not _can_read:
            return None
        try:
            return cls(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
        except (OSError, termios.error):
            return None

    def pressed(self) -> str:
        """Return the keys since the last time; an arrow is an escape and letters."""
        if not select.select([self._descriptor], [], [], 0)[0]:
            return ""
        try:
            keys = os.read(self._descriptor, _MOST)
        except OSError:  # the terminal is gone
            return ""
        return keys.decode("utf-8", "replace").replace("\r", ENTER)

    def close(self) -> None:
        """Leave the terminal as it was."""
        with suppress(OSError, termios.error):
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)
        with suppress(OSError):
            os.close(self._descriptor)
