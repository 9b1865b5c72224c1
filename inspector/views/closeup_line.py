"""The JSON line of one exchange with its packets, findings and neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.filters.as_sent import value_as_sent

from .closeup import Others
from .jsonlines import finding_members, line_with
from .packet_lines import packet_members

if TYPE_CHECKING:
    from .closeup import Closeup, Neighbour, PacketRow

_line = line_with(("captured", "omitted", "findings", "neighbours"))


def closeup_line(closeup: Closeup) -> bytes:
    """Return an exchange as a line that has more keys than that of a list.

    They are ``captured``, its packets and in between how many others; ``omitted``,
    how many of these are left out in the middle; ``findings``; and ``neighbours``.
    """
    return _line(
        closeup.exchange,
        [_row(row) for row in closeup.rows],
        closeup.omitted,
        [finding_members(each) for each in closeup.findings],
        [_neighbour(each) for each in closeup.neighbours],
    )


def _row(row: PacketRow) -> dict[str, Any]:
    if not isinstance(row, Others):
        return packet_members(row)
    return {"others": row.count, "number": row.first, "exchanges": row.exchanges}


def _neighbour(each: Neighbour) -> dict[str, Any]:
    return {
        "number": each.number,
        "kind": each.kind,
        "outcome": each.outcome,
        "route": None if each.route is None else value_as_sent(each.route),
        "time_ns": each.time_ns,
        "latency_ns": each.latency_ns,
    }
