"""How much of an exchange is shown: nobody cuts what goes into a pipe."""

from __future__ import annotations

import time

import pytest

from inspector.views.clock import Times
from inspector.views.show_setting import Setting
from tests.inspector.conversation import Wire
from tests.inspector.views.closeups import shown


@pytest.mark.parametrize(
    ("times", "asked", "packets", "around"),
    [
        (Times.RELATIVE, "0.000300 s", "Packets    time s", "Around it    time s"),
        (Times.DELTA, "0.000300 s", "Packets   delta s", "Around it   delta s"),
        (Times.UTC, "11:06:40.000400", "Packets   2026-11-18 UTC", "Around it   2026"),
    ],
)
def test_times_say_what_they_are_asked_to(
    times: Times, asked: str, packets: str, around: str
) -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1).ask("a", "2").answer("2", 1)
    lines = shown(wire, 1, Setting(["a"], 0, 80, times))
    headed = next(line for line in lines if line.startswith("► request"))

    assert f"  {asked}  " in headed
    assert any(line.startswith(packets) for line in lines)
    assert any(line.startswith(around) for line in lines)


def test_a_local_time_names_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)
    lines = shown(wire, 1, Setting(["a"], 0, 120, Times.LOCAL))
    monkeypatch.undo()
    time.tzset()

    assert lines[1].endswith("2026-11-18 20:06:40.000 JST")


def test_lines_are_cut_on_a_terminal_and_whole_in_a_pipe() -> None:
    wire = Wire()
    wire.connect().ask("a", "1", {"x": "y" * 150, "z": 1}).answer("1", 1)
    narrow = Setting(["a"], 0, 40)
    request = [line for line in shown(wire, 1, narrow) if line.startswith("│   ")]
    piped = shown(wire, 1, narrow._replace(cut=False))

    assert request[0].endswith("…")
    assert f'│   "x": "{"y" * 150}",' in piped
