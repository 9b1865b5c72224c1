"""The report of an inspection as values: totals, and what happened under each route.

The names are those of the JSON line ``summary`` in ``docs/output.md``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Kind
from inspector.figures.latency import Latencies
from inspector.figures.summary import Summary
from inspector.words import duration, plural

from .health import health_members
from .reprs import milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inspector.figures.report import Report as Figures
    from inspector.figures.rows import PatternRow
    from protocol import Json


class Pattern(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What happened under one route.

    Attributes:
        route: The route.
        messages: Message calls.
        events: Events.
        errors: Messages that ended in an error, or that nobody handled.
        unanswered: Messages that had no reply.
        bytes: Of all their frames on the wire.
    """

    route: str
    messages: int
    events: int
    errors: int
    unanswered: int
    bytes: int
    _latencies: Latencies

    @classmethod
    def of(cls, route: str, rows: Sequence[tuple[Kind, PatternRow]]) -> Pattern:
        """Return what happened under a route, as messages and as events."""
        latencies, counts = Latencies(), Counter[Kind]()
        for kind, row in rows:
            counts[kind] += row.count
            latencies.merge(row.latencies)
        return cls(
            route=route,
            messages=counts[Kind.MESSAGE],
            events=counts[Kind.EVENT],
            errors=sum(row.errors for _, row in rows),
            unanswered=sum(row.unanswered for _, row in rows),
            bytes=sum(row.bytes for _, row in rows),
            _latencies=latencies,
        )

    @property
    def count(self) -> int:
        """Messages and events."""
        return self.messages + self.events

    @property
    def p50_ms(self) -> float | None:
        """The median latency in milliseconds; None where nothing was answered."""
        return self.quantile_ms(0.5)

    @property
    def p99_ms(self) -> float | None:
        """The latency that 99 % of the answered messages do not exceed."""
        return self.quantile_ms(0.99)

    @property
    def max_ms(self) -> float | None:
        """The longest latency."""
        return self.quantile_ms(1)

    def quantile_ms(self, fraction: float) -> float | None:
        """Return the latency that a fraction of the answered messages do not exceed.

        Exact for up to 1,000 of them, and within 0.5 % for more.

        Args:
            fraction: Above 0, up to 1.

        Returns:
            Milliseconds from request to first reply; None where nothing was answered.

        Raises:
            ValueError: There is no such fraction.
        """
        if not 0 < fraction <= 1:
            raise ValueError(f"a fraction is above 0 and up to 1, not {fraction}")
        return milliseconds(self._latencies.quantile(fraction))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash((self.route, self.messages, self.events, self.bytes))

    def _compared(self) -> tuple[object, ...]:
        *own, latencies = msgspec.structs.astuple(self)
        return (*own, latencies.maximum, dict(latencies.items()))

    def __repr__(self) -> str:
        said = f"<Pattern {self.route}: {plural(self.count, 'exchange')}"
        half_ns, most_ns = map(self._latencies.quantile, (0.5, 0.99))
        if half_ns is not None and most_ns is not None:
            said += f", p50 {duration(half_ns)}, p99 {duration(most_ns)}"
        return said + ">"


class Report(Summary, frozen=True, kw_only=True):
    """What a capture holds, in figures.

    With ``where``, exchanges, their packets and the patterns are of the chosen ones
    alone.

    Attributes:
        packet_records: Records of the capture.
        connections: TCP connections that are Nest's …
        other_connections: … and that are not.
        frames: Frames that were read.
        messages: Requests, with or without replies.
        events: Events.
        orphans: Replies whose request the capture lacks.
        replies: Responses.
        completed: Messages that completed.
        errors: Messages that ended in an error.
        no_handler: Messages that nobody handles.
        unanswered: Messages without a reply.
        incomplete: Messages with replies, of which none ended them.
        packets_per_message: Number of packets → messages that took it.
        packets_per_event: The same of events.
        data_packets: Segments that were the first to carry some bytes.
        pure_acks: Segments with an ACK and nothing else.
        retransmissions: Segments that carried nothing new.
        control: SYN, FIN and RST segments without data.
        keep_alives: Segments that try whether the other side is there, or has room.
        copies: Packets that were captured a second time.
        gap_bytes: Bytes that the capture lacks.
        unread_bytes: Bytes around those that could not be read either.
        in_doubt: Exchanges that were under way where bytes are missing.
        skipped: Records that hold no TCP, by what they are.
        not_understood: Records that may hold TCP and could not be read, by why.
        carriers: Name of a carrier → what it carried of all this.
        first_ns: When the first record was captured, nanoseconds since 1970; None where
            there is none.
        last_ns: When the last was.
        patterns: Route → what happened under it, in order of appearance.
        health: What fails and what is slow, by the keys of the JSON line.
    """

    first_ns: int | None
    last_ns: int
    patterns: dict[str, Pattern]
    health: dict[str, Any]

    @classmethod
    def of(cls, figures: Figures) -> Report:
        """Return the figures of an inspection as they are now."""
        return cls(
            **msgspec.structs.asdict(figures.summary()),
            first_ns=figures.first_ns,
            last_ns=figures.last_ns,
            patterns=_patterns(figures.patterns.items()),
            health=health_members(figures),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return what the JSON line of the summary holds."""
        members = {name: getattr(self, name) for name in Summary.__struct_fields__}
        for name in ("http", "chains", "tls"):
            if members[name] is msgspec.UNSET:
                del members[name]
        line: dict[str, Json] = msgspec.to_builtins(members, str_keys=True)
        return {"type": "summary"} | line | {"health": self.health}

    def __str__(self) -> str:
        return (
            f"{plural(self.messages, 'message')} and {plural(self.events, 'event')} "
            f"on {plural(self.connections, 'connection')}, "
            f"{self.messages - self.completed:,} not completed, "
            f"{plural(self.packet_records, 'packet')}"
        )

    def __repr__(self) -> str:
        return f"<Report: {self}>"


def _patterns(
    rows: Iterable[tuple[tuple[str, str, Kind], PatternRow]],
) -> dict[str, Pattern]:
    """Return a pattern for each route, whatever happened under it over what carrier."""
    by_route: dict[str, list[tuple[Kind, PatternRow]]] = {}
    for (_, route, kind), row in rows:
        by_route.setdefault(route, []).append((kind, row))
    return {route: Pattern.of(route, found) for route, found in by_route.items()}
