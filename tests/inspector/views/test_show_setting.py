"""How much of an exchange is shown: nobody cuts what goes into a pipe."""

from __future__ import annotations

from inspector.views.show_setting import Setting
from tests.inspector.conversation import Wire
from tests.inspector.views.closeups import shown


def test_lines_are_cut_on_a_terminal_and_whole_in_a_pipe() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", {"x": "y" * 150, "z": 1}).answer("1", 1)
    narrow = Setting(["a"], 0, 40)
    request = [line for line in shown(wire, 1, narrow) if line.startswith("│   ")]
    piped = shown(wire, 1, narrow._replace(cut=False))

    assert request[0].endswith("…")
    assert f'│   "x": "{"y" * 150}",' in piped
