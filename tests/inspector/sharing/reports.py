"""What a report says, by one process and by parts that are merged."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console

from inspector.capture.shares import Share
from inspector.pipeline import Inspection
from inspector.sharing.merging import merged
from inspector.sharing.packing import pack, unpack
from inspector.sharing.part import PartialInspection
from inspector.views.jsonlines import summary_line
from inspector.views.report_view import print_report
from protocol import NEWEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.analysis.folds import Fold
    from inspector.analysis.report import Report
    from inspector.capture.limits import Limits
    from inspector.capture.records import PacketRecord
    from inspector.sharing.part import Part


def inspected_at_once(
    records: Sequence[PacketRecord], limits: Limits | None = None
) -> Report:
    """Return the report of one process."""
    inspection = Inspection(limits=limits)
    for _ in inspection.inspect(_copies(records)):
        pass
    return inspection.report()


def part_of(
    records: Sequence[PacketRecord], share: Share, limits: Limits | None = None
) -> Part:
    """Return what a part finds, as it comes from another process."""
    inspection = PartialInspection(share, frozenset(), NEWEST, limits)
    part: Part = unpack(pack(inspection.part(_copies(records))))
    return part


def inspected_in_parts(
    records: Sequence[PacketRecord], count: int = 2, limits: Limits | None = None
) -> Report:
    """Return the merged report of some parts."""
    shares = [Share(index, count) for index in range(count)]
    return merged([part_of(records, share, limits) for share in shares], NEWEST)


def told(report: Report) -> list[Any]:
    """Return all that a report says, and in which order."""
    screen = io.StringIO()
    print_report(Console(file=screen, width=120), report, ["capture.pcap"])
    return [
        screen.getvalue(),
        summary_line(report),
        [(key, row.count, row.bytes) for key, row in report.patterns.items()],
        [sorted(row.latencies.items()) for row in report.patterns.values()],
        [_fold(fold) for fold in report.findings.values()],
        (report.clients, report.servers, report.connections),
        # Which connections are long over, one process sees otherwise than two.
        [
            (each.number, each.client_endpoint)
            for each in report.nest
            if not report.forgotten.connections
        ],
        list(report.foreign.items()),
    ]


def _fold(fold: Fold) -> tuple[Any, ...]:
    first = fold.first
    return (
        (first.code, first.severity, first.message, first.hint),
        (first.connection.number, first.side, first.packet, first.exchange),
        (fold.count, fold.details, fold.size, fold.shortest_ns, fold.longest_ns),
        (fold.exchanges(), fold.packets(), fold.named_exchanges()),
    )


def _copies(records: Sequence[PacketRecord]) -> list[PacketRecord]:
    return [msgspec.structs.replace(record) for record in records]
