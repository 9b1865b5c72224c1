from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.errors import UnwritableOutputError
from inspector.fleet.report import (
    Cause,
    FleetReport,
    Shared,
    SourceFigures,
    Translated,
)
from inspector.views.fleet_page import page, save_page
from tests.inspector.fleet.test_overview import REPORT
from tests.inspector.fleet.test_woven import CHAINS

if TYPE_CHECKING:
    from pathlib import Path


class _Checked(HTMLParser):
    """Holds that each tag that is opened is closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, _: object) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _parsed(report: FleetReport) -> _Checked:
    parsed = _Checked()
    parsed.feed(page(report))
    parsed.close()
    assert parsed.open == []
    return parsed


def test_the_page_has_what_the_terminal_has() -> None:
    report = replace(
        REPORT,
        causes=[Cause("a", "tcp", "order", "message", "tcp", "pay", 1, 1, 1, 1)],
        shared=[Shared("b", "a", 9, 1, 0.0, 0, 150_000, 0)],
    )
    parsed = _parsed(report)

    assert parsed.seen.count("table") == 5
    for words in ("8 calls", "10.0.0.9:80", "order", "150 µs", "api-1"):
        assert words in parsed.text


def test_chains_and_other_addresses_are_on_the_page() -> None:
    ends = [Translated("10.96.0.1:80", "10.1.0.2:8888", 3)]
    report = replace(REPORT, translated=ends, readdressed=3, chains=CHAINS)
    parsed = _parsed(report)

    for words in (
        "10.96.0.1:80 is 10.1.0.2:8888",
        "Chains over all hosts",
        "→ pay",
        "The slowest chain of order",
        "api-1:2",
        "An order took 4 packets over 1 carrier: 4 TCP.",
    ):
        assert words in parsed.text


def test_what_was_captured_is_text_and_nothing_else() -> None:
    evil = '<script>alert(1)</script>"\x1b[2J'
    report = FleetReport(sources=[SourceFigures(evil, problems=[evil])])
    parsed = _parsed(report)

    assert "script" not in parsed.seen
    assert parsed.text.count("<script>") == 2
    assert "\x1b" not in parsed.text


def test_it_is_saved_or_one_line_says_why(tmp_path: Path) -> None:
    save_page(str(tmp_path / "a.html"), REPORT)

    assert (tmp_path / "a.html").read_text().endswith("</html>\n")
    with pytest.raises(UnwritableOutputError, match="--html"):
        save_page(str(tmp_path / "none" / "a.html"), REPORT)
