from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import time

from inspector.views.keyboard import ENTER, ESCAPE, Keyboard
from tests.inspector.captures import SEED
from tests.patience import PATIENCE


def awaited(keyboard: Keyboard, count: int) -> str:
    """Return the next keys, when so many have come."""
    keys, end = "", time.monotonic() + PATIENCE
    while len(keys) < count and time.monotonic() < end:
        keys += keyboard.pressed()
    return keys


def test_keys_come_at_once_and_are_not_shown() -> None:
    person, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    keyboard = Keyboard(os.dup(terminal))

    assert keyboard.pressed() == ""
    os.write(person, b"q")
    assert awaited(keyboard, 1) == "q"
    os.write(person, "/é\r\x1b".encode())
    assert awaited(keyboard, 4) == f"/é{ENTER}{ESCAPE}"
    os.write(terminal, b"shown")
    assert os.read(person, 100) == b"shown"  # and no echo of a key before it

    keyboard.close()
    assert termios.tcgetattr(terminal) == before
    for each in (person, terminal):
        os.close(each)


def test_ctrl_c_stays_a_signal() -> None:
    person, terminal = pty.openpty()
    keyboard = Keyboard(os.dup(terminal))
    flags = termios.tcgetattr(terminal)[3]
    keyboard.close()

    assert flags & termios.ISIG
    assert not flags & (termios.ECHO | termios.ICANON)
    for each in (person, terminal):
        os.close(each)


def test_a_terminal_that_is_gone_presses_nothing() -> None:
    person, terminal = pty.openpty()
    keyboard = Keyboard(os.dup(terminal))
    os.close(person)

    assert keyboard.pressed() == ""
    keyboard.close()
    os.close(terminal)


_WITHOUT = """
import sys
sys.modules.update(termios=None, tty=None, pwd=None, fcntl=None)
import inspector.views.live_view
from inspector.cli import main
from inspector.views.keyboard import Keyboard
assert Keyboard.of_terminal() is None
sys.exit(main(sys.argv[1:]))
"""


def test_where_there_is_no_termios_commands_over_captures_work() -> None:
    """As on Windows."""
    arguments = [sys.executable, "-c", _WITHOUT, str(SEED)]
    ended = subprocess.run(arguments, capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout
