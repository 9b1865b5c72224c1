"""The figures of a run as metrics of OpenTelemetry.

=========================================  ======================================
metric                                     attributes
=========================================  ======================================
``rpc.server.call.duration``               rpc.system.name, rpc.method, error.type,
                                           rpc.response.status_code
``messaging.client.sent.messages``         messaging.system, .destination.name,
                                           .operation.name, .operation.type, error.type
``messaging.client.consumed.messages``     the same
``traces_service_graph_request_total``     client, server, connection_type
``traces_service_graph_request_failed_total``  the same
``traces_service_graph_request_server``    the same
``protocol_inspect.…``                     as ``--metrics`` has them
=========================================  ======================================

A collector that writes for Prometheus makes of those under ``protocol_inspect`` the
names that ``--metrics`` serves. A call that is over has a duration to its last reply in
``rpc.server.call.duration``, and to its first in ``protocol_inspect.request.latency``;
one without a reply is in ``protocol_inspect.requests`` alone.

Sources: OpenTelemetry Semantic Conventions 1.40, "RPC metrics" and "Messaging metrics";
names of the service graph and its bounds: OpenTelemetry Collector, service graph
connector, and Grafana Tempo, "Service graphs".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.figures.traffic import OTHERS
from inspector.views.exported import (
    FINE,
    MAX_ROUTES,
    OF_PACKETS,
    RouteLabels,
    class_of,
    shortened,
)

from .conventions import (
    Ends,
    call_attributes,
    delivered,
    ends_of,
    is_wrong,
    message_attributes,
)
from .instruments import BoundedDurations, Count, Durations, Level

if TYPE_CHECKING:
    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

    from inspector.calls.exchanges import Exchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.streams.connections import Process

    from .conventions import Attributes
    from .instruments import Instrument, Window

MAX_PAIRS = 200
"""Pairs of who asks and who serves; all later ones share one."""
_REMEMBERED = 10_000  # connections whose ends need not be looked for
_OURS = "protocol_inspect."
_GRAPH = "traces_service_graph_request_"
_BOUNDS_MS = (
    2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1000, 1400, 2000, 5000, 10_000, 15_000,
)  # fmt: skip
_BOUNDS_NS = tuple(each * 1_000_000 for each in _BOUNDS_MS)


class Metrics:
    """What a run has shown so far.

    Args:
        max_routes: Routes with a name of their own.
        max_pairs: Pairs with names of their own.
    """

    def __init__(
        self, max_routes: int = MAX_ROUTES, max_pairs: int = MAX_PAIRS
    ) -> None:
        self._route = RouteLabels(max_routes).of
        self._max_pairs = max_pairs
        self._pairs: set[Ends] = set()
        self._known: dict[tuple[int, bool, Process | None], Ends] = {}
        self._calls = Durations(
            "rpc.server.call.duration", "From the request to its last reply."
        )
        self._latencies = Durations(
            f"{_OURS}request.latency", "From the request to its first reply."
        )
        self._counts = {name: Count(*each) for name, each in _COUNTS.items()}
        self._waiting = Level(
            f"{_OURS}requests_in_flight", "Requests that wait.", "{request}"
        )
        self._graph = BoundedDurations(
            f"{_GRAPH}server", "From the request to its last reply.", _BOUNDS_NS
        )

    def metrics(self, window: Window) -> list[Metric]:
        """Return all that was counted.

        Args:
            window: From the beginning of the run until now.
        """
        own: list[Instrument] = [self._calls, self._latencies, self._waiting]
        all_of_them = [*own, *self._counts.values(), self._graph]
        found = (each.metric(window) for each in all_of_them)
        return [each for each in found if each is not None]

    def add_exchange(self, exchange: Exchange) -> None:
        """Count an exchange that is over."""
        carrier, kind = exchange.carrier, exchange.kind
        self._count("exchange_packets", exchange.packets, carrier=carrier, kind=kind)
        size, replied = exchange.request_bytes, exchange.reply_bytes
        self._count("sent_bytes", size, carrier=carrier, direction="request")
        self._count("sent_bytes", replied, carrier=carrier, direction="reply")
        if kind is Kind.ORPHAN:
            self._count("orphans", carrier=carrier)
            return
        route = self._route(exchange)
        if kind is Kind.EVENT:
            self._add_event(exchange, route)
        else:
            self._add_call(exchange, route)
        if exchange.outcome not in FINE:
            failure = {"class": class_of(exchange)}
            self._counts["errors"].add(1, {"carrier": carrier, **failure})
        self._add_edge(exchange)

    def add_waiting(self, exchange: Exchange) -> None:
        """Count an exchange that waits for longer than it should."""
        route = self._route(exchange)
        self._count("slow_requests", carrier=exchange.carrier, route=route)

    def add_finding(self, finding: Finding) -> None:
        """Count a finding."""
        self._count("findings", code=finding.code, severity=str(finding.severity))

    def update(self, report: Report, waiting: int | None, dropped: int | None) -> None:
        """Take over the figures that somebody else keeps.

        Args:
            report: The totals so far.
            waiting: Requests that wait for a reply; None of a capture, which is over.
            dropped: Packets that the kernel had no room for; None if nobody knows.
        """
        self._waiting.value = waiting
        totals = {
            "captured_packets": report.packet_records,
            "connections": report.connections,
        }
        if dropped is not None:
            totals["dropped_packets"] = dropped
        for name, value in totals.items():
            self._counts[name].set(value, {})
        for attribute, kind in OF_PACKETS.items():
            value = getattr(report.counts, attribute)
            self._counts["packets"].set(value, {"kind": kind})

    def _add_call(self, exchange: Exchange, route: str) -> None:
        carrier, outcome = exchange.carrier, str(exchange.outcome or "")
        self._count("requests", carrier=carrier, route=route, outcome=outcome)
        latency_ns, duration_ns = exchange.latency_ns, exchange.duration_ns
        if latency_ns is None or duration_ns is None or exchange.untimed:
            return
        self._latencies.add(latency_ns, {"carrier": carrier, "route": route})
        self._calls.add(duration_ns, call_attributes(exchange, route))

    def _add_event(self, exchange: Exchange, route: str) -> None:
        carrier, outcome = exchange.carrier, str(exchange.outcome or "")
        self._count("events", carrier=carrier, route=route, outcome=outcome)
        for name, operation, number in (
            ("sent_messages", "send", 1),
            ("consumed_messages", "receive", delivered(exchange)),
        ):
            if number:
                attributes = message_attributes(exchange, route, operation)
                self._counts[name].add(number, attributes)

    def _add_edge(self, exchange: Exchange) -> None:
        """Count it between who asks and who serves."""
        ends = self._ends(exchange)
        kind = "messaging_system" if exchange.passage is not None else ""
        edge: Attributes = {
            "client": ends.client,
            "server": ends.server,
            "connection_type": kind,
        }
        self._counts["edges"].add(1, edge)
        if is_wrong(exchange):
            self._counts["failed_edges"].add(1, edge)
        duration_ns = exchange.duration_ns
        if duration_ns is not None and not exchange.untimed:
            self._graph.add(duration_ns, edge)

    def _count(self, name: str, number: int = 1, **attributes: str) -> None:
        self._counts[name].add(number, attributes)

    def _ends(self, exchange: Exchange) -> Ends:
        """Return who speaks; one name for all after the first few pairs."""
        if exchange.passage is not None:
            return self._named(exchange)
        connection = exchange.connection
        key = connection.number, exchange.pushed, connection.principal.process
        ends = self._known.get(key)
        if ends is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            ends = self._known[key] = self._named(exchange)
        return ends

    def _named(self, exchange: Exchange) -> Ends:
        ends = Ends(*map(shortened, ends_of(exchange)))
        if ends not in self._pairs:
            if len(self._pairs) >= self._max_pairs:
                return Ends(OTHERS, OTHERS)
            self._pairs.add(ends)
        return ends


_COUNTS = {
    "requests": (f"{_OURS}requests", "Requests that are over.", "{request}"),
    "slow_requests": (
        f"{_OURS}slow_requests",
        "Requests that waited longer than --slow.",
        "{request}",
    ),
    "errors": (f"{_OURS}errors", "Requests and events that failed.", "{exchange}"),
    "events": (f"{_OURS}events", "Events.", "{event}"),
    "orphans": (
        f"{_OURS}orphans",
        "Replies whose request was not captured.",
        "{exchange}",
    ),
    "exchange_packets": (
        f"{_OURS}exchange_packets",
        "Packets that exchanges took.",
        "{packet}",
    ),
    "sent_bytes": (f"{_OURS}sent_bytes", "Size of requests and replies.", "By"),
    "findings": (f"{_OURS}findings", "Findings.", "{finding}"),
    "packets": (
        f"{_OURS}packets",
        "Packets of the connections of Nest, by what they are to TCP.",
        "{packet}",
    ),
    "captured_packets": (
        f"{_OURS}captured_packets",
        "Packets that were read.",
        "{packet}",
    ),
    "dropped_packets": (
        f"{_OURS}dropped_packets",
        "Packets that the kernel had no room for.",
        "{packet}",
    ),
    "connections": (f"{_OURS}connections", "Connections of Nest.", "{connection}"),
    "sent_messages": (
        "messaging.client.sent.messages",
        "Events that were sent.",
        "{message}",
    ),
    "consumed_messages": (
        "messaging.client.consumed.messages",
        "Deliveries of events to handlers.",
        "{message}",
    ),
    "edges": (f"{_GRAPH}total", "Exchanges between two services.", "{request}"),
    "failed_edges": (
        f"{_GRAPH}failed_total",
        "Exchanges between two services that failed.",
        "{request}",
    ),
}
"""What is counted → the name of the metric, what it means, and its unit."""
