"""One capture by every way that its packets can take; all of them say the same.

=========  ====================================================================
ordinary   stage by stage, since a tap listens in between
records    one record after the other
python     batches that are scanned in Python
scanned    batches that are scanned by whatever does so here: C, if it was compiled
=========  ====================================================================
"""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from unittest.mock import patch

from inspector.calls.exchanges import Exchange
from inspector.library.given import given
from inspector.library.passes import Pass
from inspector.listening import Tap
from inspector.pipeline import Options
from inspector.sources.scanning import scan, scan_in_python
from inspector.views.jsonlines import exchange_line, finding_line, summary_line
from inspector.views.report_view import report_lines

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.figures.report import Report
    from inspector.library.given import Given
    from inspector.sources.reading import Scan

WAYS: dict[str, Scan | None] = {
    "records": None,
    "python": scan_in_python,
    "scanned": scan,
}
"""All but the ordinary way: what scans blocks for it."""


class Told(NamedTuple):
    """What is told of a capture, whichever way its packets took.

    Attributes:
        findings: The findings as JSON lines, in their order.
        figures: The report as a table and as a JSON line, and its rows of packets.
        problems: What could not be read.
    """

    findings: list[bytes]
    figures: list[object]
    problems: list[str]


class Read(NamedTuple):
    """What came of a capture by one way.

    Attributes:
        told: What is told of it.
        exchanges: The exchanges as JSON lines, as far as they were wanted.
    """

    told: Told
    exchanges: list[bytes]


def read_ordinarily(capture: bytes | Path) -> Read:
    """Return what comes of a capture stage by stage."""
    return _read(Pass(_opened(capture), Options(), [Tap()]))


def read_by(
    way: str, capture: bytes | Path | BinaryIO, *, figures_only: bool = False
) -> Read:
    """Return what comes of a capture by one of :data:`WAYS`."""
    passed = Pass(_opened(capture), Options(), scan=WAYS[way])
    return _read(passed, figures_only=figures_only)


def check_ways(capture: bytes | Path) -> None:
    """Check that all ways say the same of a capture."""
    ordinary = read_ordinarily(capture)
    for way in WAYS:
        assert read_by(way, capture) == ordinary, way
        assert read_by(way, capture, figures_only=True).told == ordinary.told, way


def _opened(capture: bytes | Path | BinaryIO) -> Given:
    return given(BytesIO(capture) if isinstance(capture, bytes) else capture)


def _read(passed: Pass, *, figures_only: bool = False) -> Read:
    exchanges, findings = [], []
    for item in passed.items(figures_only=figures_only):
        if isinstance(item, Exchange):
            exchanges.append(exchange_line(item))
        else:
            findings.append(finding_line(item))
    report = passed.report()
    figures: list[object] = [
        summary_line(report),
        [str(line) for line in report_lines(report, ["a.pcap"], 120)],
        _rows(report),
        (report.packet_records, report.first_ns, report.last_ns),
    ]
    problems = [str(problem) for problem in passed.problems]
    return Read(Told(findings, figures, problems), exchanges)


def _rows(report: Report) -> dict[object, object]:
    """Return what the rows of packets hold: more than is shown of them."""
    return {
        key: (row.exchanges, row.data, row.acks, row.plain, row.shared, row.in_flight)
        for key, row in report.packet_rows.items()
    }


def counted(capture: bytes | Path, tries: int = 0) -> Counter[str]:
    """Return how many exchanges a capture has, and how many are made for figures.

    Args:
        capture: Where it is.
        tries: How often chains are sought, for which others are made as well.
    """
    with patch("inspector.pipeline.TRIES", tries):
        passed = Pass(_opened(capture), Options())
        items = list(passed.items(figures_only=True))
    made = sum(isinstance(each, Exchange) for each in items)
    return Counter(all=passed.report().kinds.total(), made=made)
