"""The table of packets on the wire: what message calls, events and connections took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.words import plural

from .layout import Cell, Column, table_lines
from .rendering import carrier_title
from .verdict import packet_range, why

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.figures.report import Report
    from inspector.figures.rows import PacketRow

    from .text import Text

_KIND_NAMES = {
    Kind.MESSAGE: "message call",
    Kind.EVENT: "event",
    Kind.ORPHAN: "orphan reply",
}
_MAX_ROWS = 5
WIRE_COLUMNS = [
    Column("Packets on the wire"),
    Column("exchanges", right=True),
    Column("each", right=True),
    Column("data", right=True),
    Column("ACKs", right=True),
    Column("why", flexible=10),
]


def carrier_name(report: Report, carrier: str) -> str:
    """Return what a carrier is called in front of a noun; TCP alone is not named."""
    return "" if report.carriers == ["tcp"] else f"{carrier_title(carrier)} "


def wire_lines(report: Report, width: int) -> Iterator[Text]:
    """Yield the table: each kind by number of packets, all else, and the sum."""
    yield from table_lines(WIRE_COLUMNS, wire_rows(report), width)


def wire_rows(report: Report) -> list[list[Cell]]:
    """Return the rows of the table; the last two are of all else, and the sum."""
    rows = [
        row
        for carrier in report.carriers
        for kind in Kind
        for row in _kind_rows(report, carrier, kind)
    ]
    return [*rows, _rest_row(report), _total_row(report)]


def _rest_row(report: Report) -> list[Cell]:
    """Return the row of the packets that are of no exchange above."""
    title = "all else" if report.selective else "connection"
    counts, rows = report.counts, report.packet_rows.values()
    data = counts.data_packets - sum(row.data for row in rows)
    acks = counts.pure_acks - sum(row.acks for row in rows)
    apart = _apart(report)
    why = f"and {apart}" if apart else ""
    return _row(title, "", "", data or "", acks, why, "muted")


def _total_row(report: Report) -> list[Cell]:
    number = sum(report.kinds.values())
    counts = report.counts
    packets = f"= {plural(counts.packets, 'packet')}"
    why = f"and {counts.apart:,} {packets}" if counts.apart else packets
    return _row(
        "total", number, "", counts.data_packets, counts.pure_acks, why, "muted"
    )


def _kind_rows(report: Report, carrier: str, kind: Kind) -> Iterator[list[Cell]]:
    """Yield a kind's rows: the five most frequent, then the rest as a range."""
    own = {
        packets: row
        for (over, each, packets), row in sorted(report.packet_rows.items())
        if over == carrier and each is kind
    }
    frequent = sorted(own, key=lambda packets: (-own[packets].exchanges, packets))
    shown = sorted(frequent[:_MAX_ROWS])
    rest = frequent[_MAX_ROWS:]
    name = carrier_name(report, carrier) + _KIND_NAMES[kind]
    for packets in shown:
        reasons = why(carrier, kind, [own[packets]])
        yield _packet_row(name, f"{packets:,}", reasons, [own[packets]])
        name = ""
    if rest:
        others = [own[packets] for packets in rest]
        yield _packet_row(name, packet_range(rest), why(carrier, kind, others), others)


def _packet_row(
    name: str, each: str, reasons: str, rows: Sequence[PacketRow]
) -> list[Cell]:
    exchanges = sum(row.exchanges for row in rows)
    data, acks = sum(row.data for row in rows), sum(row.acks for row in rows)
    cells = _row(name, exchanges, each, data, acks, reasons, "")
    cells[2] = Cell(each, "answer")
    cells[5] = Cell(cells[5].text, "muted")
    return cells


def _row(*cells: object) -> list[Cell]:
    *values, style = cells
    texts = (f"{each:,}" if isinstance(each, int) else str(each) for each in values)
    return [Cell(text, str(style)) for text in texts]


def _apart(report: Report) -> str:
    """Return the packets that are neither data nor pure ACKs, in words."""
    parts, counts = [], report.counts
    if counts.control:
        reset = ", RST" if report.resets else ""
        parts.append(f"{counts.control:,} SYN, FIN{reset}")
    if counts.retransmissions:
        parts.append(f"{counts.retransmissions:,} retransmitted")
    if counts.keep_alives:
        parts.append(plural(counts.keep_alives, "keep-alive"))
    if counts.copies:
        parts.append(f"{counts.copies:,} captured twice")
    return ", ".join(parts)
