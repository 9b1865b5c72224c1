"""Closeups of captures in the making, and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.closeup import Closeup, close_up
from inspector.views.show_setting import Setting
from inspector.views.show_view import closeup_lines, command_lines

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire

EVERYTHING = Setting(["a b.pcap"], 0, 80)


def closeup(wire: Wire, number: int) -> Closeup:
    """Return what there is to know of an exchange of a capture."""
    found = looked_up(wire, number)
    assert found is not None
    return found


def looked_up(wire: Wire, number: int) -> Closeup | None:
    """Return the same; None where there is no such exchange."""
    journal = Journal()
    pipeline = Pipeline(taps=[journal])
    return close_up(number, pipeline.inspect(wire.records), journal)[0]


def shown(wire: Wire, number: int, setting: Setting = EVERYTHING) -> list[str]:
    """Return the lines of an exchange, as they are shown."""
    found = closeup(wire, number)
    setting = setting._replace(first_ns=wire.records[0].time_ns)
    lines = [*closeup_lines(found, setting), *command_lines(found, setting)]
    return [line.plain.rstrip() for line in lines]


def part(lines: list[str], title: str) -> list[str]:
    """Return the lines from one that begins with a title to the next empty one."""
    start = next(i for i, line in enumerate(lines) if line.lstrip().startswith(title))
    end = next((i for i in range(start, len(lines)) if not lines[i]), len(lines))
    return lines[start:end]
