"""Who speaks: what figures are kept apart by, so that nothing is counted twice.

A connection belongs to the two hosts at its ends; one that passes messages of a broker
belongs to that broker, since an exchange over it runs over several connections. What
several sources saw of one scope is counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of
from inspector.figures.connections import Connections
from inspector.figures.totals import Totals
from inspector.streams.packets import PacketCounts
from inspector.tcp.segments import endpoints
from protocol.named_tuple import NamedTuple

from .trails import Trails

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from inspector.findings.finding import Finding
    from inspector.streams.connections import Connection

MAX_SCOPES = 10_000
"""Pairs of hosts that are told apart; all others are one."""
MAX_FINDINGS = 10_000
"""Findings that are told apart by their kind, scope and server."""


class Scope(NamedTuple):
    """Who speaks.

    Attributes:
        first: A host, the lower of both as text; or the endpoint of a broker.
        second: The other host; empty for a broker.
    """

    first: str
    second: str = ""


OTHERS = Scope("(others)", "(others)")


class ScopedTotal:
    """What is counted of the connections of a scope.

    Attributes:
        connections: How many there are.
        resets: How many of them were reset.
        counts: Their packets.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.resets = 0
        self.counts = PacketCounts()

    def add(self, connection: Connection) -> None:
        """Take in one more connection."""
        self.connections += 1
        self.resets += connection.reset
        self.counts.add(connection.counts)


def scope_of(connection: Connection) -> Scope:
    """Return the scope of a connection."""
    server = connection.server_endpoint
    if broker_of(connection):
        return Scope(str(server))
    return between(connection.client_endpoint.host, server.host)


def scope_of_pair(client: str, server: str, *, brokered: bool) -> Scope:
    """Return the scope of what a client asks of a server."""
    if brokered:
        return Scope(server)
    return between(host_of(client), host_of(server))


def scope_in(flow: bytes, seen: Container[Scope]) -> Scope:
    """Return the scope that a flow is of.

    Args:
        flow: Of a packet; to a broker, or from one, it is that of the broker.
        seen: The scopes that there are.
    """
    source, target = endpoints(flow)
    for each in (Scope(str(source)), Scope(str(target))):
        if each in seen:
            return each
    return between(source.host, target.host)


def between(one: str, other: str) -> Scope:
    """Return the scope of two hosts."""
    return Scope(*sorted((one, other)))


def host_of(end: str) -> str:
    """Return the host of ``address:port``, or an address as it is."""
    host, colon, port = end.rpartition(":")
    return host if colon and port.isdecimal() else end


class _ScopedTotals(Totals):
    """The totals of connections that are over, by scope as well."""

    def __init__(self) -> None:
        super().__init__()
        self.scopes: dict[tuple[Scope, str], ScopedTotal] = {}
        self.trails = Trails()

    def add(self, connection: Connection) -> None:
        super().add(connection)
        _total(self.scopes, connection).add(connection)
        self.trails.add(connection)


class ScopedConnections(Connections):
    """The connections that a carrier reads, counted by scope when they are over."""

    def __init__(self) -> None:
        super().__init__()
        self.forgotten = self._over_by_scope = _ScopedTotals()

    @property
    def trails(self) -> Trails:
        """Where the connections ran that are over, or have been counted."""
        return self._over_by_scope.trails

    def scopes(self) -> Iterator[tuple[Scope, str, ScopedTotal]]:
        """Yield scopes with a carrier and what is counted of both, in order."""
        together = self._over_by_scope.scopes
        for connection in self.known:
            _total(together, connection).add(connection)
            self.trails.add(connection)
        self.known.clear()
        for (scope, carrier), total in sorted(together.items(), key=_place):
            yield scope, carrier, total


def _place(item: tuple[tuple[Scope, str], ScopedTotal]) -> tuple[Scope, str]:
    return item[0]


def _total(
    scopes: dict[tuple[Scope, str], ScopedTotal], connection: Connection
) -> ScopedTotal:
    key = scope_of(connection), connection.carrier
    if key not in scopes and len(scopes) >= MAX_SCOPES:
        key = OTHERS, connection.carrier
    return scopes.setdefault(key, ScopedTotal())


class Found(NamedTuple):
    """What findings have in common that are counted as one.

    Attributes:
        scope: Who speaks where they show.
        code: Their kind …
        severity: … and how much it matters.
        subject: What it is about in a word …
        server: … and where it is.
    """

    scope: Scope
    code: str
    severity: str
    subject: str
    server: str


class ScopedFinding:
    """Findings that say the same of a scope.

    Attributes:
        count: How many there are.
        message: What the first of them says …
        hint: … and what to do about it.
        route: The route that it is about; empty for none.
        first_ns: When it showed first; 0 where nobody knows …
        last_ns: … and last.
    """

    def __init__(self, first: Finding) -> None:
        self.count = 0
        self.message = first.message
        self.hint = first.hint
        self.route = first.route or ""
        self.first_ns = first.time_ns
        self.last_ns = first.time_ns

    def add(self, finding: Finding) -> None:
        """Take in one more."""
        self.count += 1
        self.last_ns = max(self.last_ns, finding.time_ns, finding.last_ns)


class ScopedFindings:
    """Findings by what they have in common.

    Attributes:
        rows: What they have in common → which they are; once these are too many, the
            kind alone.
    """

    def __init__(self) -> None:
        self.rows: dict[Found, ScopedFinding] = {}

    def add(self, finding: Finding) -> None:
        """Count a finding; what many exchanges show together is no source's to say."""
        if finding.conclusion is not None:
            return
        scope = scope_of(finding.connection)
        subject = finding.subject.lower()
        key = Found(scope, finding.code, finding.severity, subject, finding.server)
        if key not in self.rows and len(self.rows) >= MAX_FINDINGS:
            key = Found(OTHERS, finding.code, finding.severity, "", "")
        row = self.rows.get(key)
        if row is None:  # what it says takes as long as all else
            row = self.rows[key] = ScopedFinding(finding)
            row.route = row.route if key.scope != OTHERS else ""
        row.add(finding)
