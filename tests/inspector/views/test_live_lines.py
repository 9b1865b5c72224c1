from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from rich.console import Console

from inspector.calls.exchanges import Exchange
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.views.console import THEME
from inspector.views.live_lines import JsonLines, TextLines, print_live_report
from inspector.views.live_status import LiveStatus
from tests.inspector.captures import SEED, SHOWCASE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_SECOND = 1_000_000_000
_CALM = LiveStatus(5 * _SECOND, _SECOND, 0, [])


def console() -> Console:
    return Console(file=io.StringIO(), width=80, theme=THEME, highlight=False)


def written(screen: Console) -> list[str]:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


def inspected(capture: Path) -> Pipeline:
    inspection = Pipeline()
    for _ in inspection.inspect(read_capture(str(capture))):
        pass
    return inspection


def test_each_exchange_and_finding_is_a_line_for_people() -> None:
    screen = console()
    view = TextLines(screen, "lo")
    items = list(Pipeline().inspect(read_capture(str(SHOWCASE))))
    for item in items:
        view.show(item)
    assert view.tick(lambda: _CALM)
    lines = written(screen)

    assert len(lines) == len(items)
    assert any("  refuse  {}  error: refused on purpose  " in line for line in lines)
    assert any(line.endswith("  unknown  {}  event  1 packet") for line in lines)
    assert sum(line.startswith("error ") for line in lines) >= 1


def test_a_call_that_waits_is_a_line() -> None:
    screen = console()
    view = TextLines(screen, "lo")
    items = Pipeline().inspect(read_capture(str(SEED)))
    exchange = next(item for item in items if isinstance(item, Exchange))
    view.show_waiting(exchange, 1_500_000_000)

    assert written(screen) == ["21:00:33.638  log  #1 waits for 1.50 s"]


def test_where_packets_were_dropped_nothing_is_claimed_complete() -> None:
    report = inspected(SEED).report()
    for dropped in (0, 3):
        screen = console()
        status = LiveStatus(5, 1, dropped, [])
        print_live_report(screen, "lo", status, report, [])
        told = "≠ 3 packets dropped: nothing here is complete."
        assert (told in written(screen)) == bool(dropped)


def test_the_next_command_needs_a_file() -> None:
    report = inspected(SEED).report()
    for files in ([], ["calls.pcapng"]):
        screen = console()
        print_live_report(screen, "lo", _CALM, report, files)
        lines = written(screen)
        assert lines[0].startswith("calls.pcapng  " if files else "lo  ")
        assert any(line.startswith("next ") for line in lines) == bool(files)
        assert lines[-1]


def test_what_was_not_written_is_in_no_command() -> None:
    report = inspected(SHOWCASE).report()
    for files in ([], ["calls.pcapng"]):
        screen = console()
        print_live_report(screen, "lo", _CALM, report, files)
        lines = "\n".join(written(screen))
        assert ("see  " in lines) == bool(files)
        assert ("protocol-inspect " in lines) == bool(files)


def test_without_nest_traffic_that_is_the_report() -> None:
    screen = console()
    print_live_report(screen, "lo", _CALM, Pipeline().report(), [])

    assert written(screen) == ["lo: no Nest traffic in 0 packets."]


def test_json_lines_end_with_how_it_was_captured(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    inspection = inspected(SEED)
    view = JsonLines("lo")
    assert view.tick(lambda: _CALM)
    view.finish(LiveStatus(5, 7, 2, []), inspection.report(), ["a.pcapng"])
    view.tick(lambda: _CALM)
    capture, summary = map(json.loads, capfdbinary.readouterr().out.splitlines())

    assert capture == {
        "type": "capture",
        "source": "lo",
        "running_ns": 7,
        "dropped": 2,
        "complete": False,
        "files": ["a.pcapng"],
    }
    assert summary["type"] == "summary"
