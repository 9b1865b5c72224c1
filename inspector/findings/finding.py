"""What a developer should know about one place of a capture."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from inspector.calls.participants import broker_of
from inspector.shorthand import short
from protocol.named_tuple import NamedTuple

from .servers import Servers

if TYPE_CHECKING:
    from inspector.ranges import RangeSet
    from inspector.streams.connections import Connection
    from protocol import NestVersion


Kind = TypeVar("Kind")


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Place(NamedTuple):
    """Where something shows.

    Attributes:
        connection: On which connection.
        side: The side that caused it.
        packet: In which record of the capture.
        exchange: The number of the exchange that it is about, if it is about one.
        route: The route of that exchange.
        time_ns: When that record was captured, nanoseconds since 1970; 0 where the
            evidence does not say.
        server: What serves that exchange, by what it is known by; empty for the server
            of the connection. See :mod:`inspector.calls.serving`.
        channel: Where that exchange was sent to, over a broker.
    """

    connection: Connection
    side: int
    packet: int
    exchange: int | None = None
    route: str | None = None
    time_ns: int = 0
    server: str = ""
    channel: str | None = None


class Wording(Protocol):
    """What gives a finding its code and its words: see :mod:`.rule`."""

    code: str
    see: str
    either_side: bool
    missing: bool

    def message(self, finding: Finding, /) -> str:
        """Return what happened, as one sentence."""

    def hint(self, finding: Finding, /) -> str:
        """Return what to do about it."""


class Subscribed(Protocol):
    """What knows what was subscribed to at brokers: see :mod:`.subscriptions`."""

    def known(self, broker: str, /) -> int:
        """Return how many subjects are known to be subscribed to at a broker."""

    def subscriber(self, broker: str, subject: str, /) -> str:
        """Return who subscribes to a subject, or nothing."""

    def closest(self, broker: str, subject: str, /) -> str:
        """Return the subject at a broker that is most like another, or nothing."""

    def elsewhere(self, broker: str, subject: str, /) -> str:
        """Return another broker where somebody subscribes to a subject, or nothing."""


class Habitual(Protocol):
    """What knows how patterns are used, by now: see :mod:`.habits`."""

    @property
    def subscriptions(self) -> Subscribed:
        """What was subscribed to at brokers."""

    def answers(self, service: str, route: str | None, /) -> bool:
        """Whether a service has answered a pattern."""

    def elsewhere(self, service: str, route: str | None, /) -> str:
        """Return another service that knows a pattern, or nothing."""

    def closest(self, service: str, route: str | None, /) -> str:
        """Return the pattern of a service that is most like another, or nothing."""


class Finding(msgspec.Struct, kw_only=True):
    """Something that a developer should know.

    Attributes:
        rule: What kind of finding it is.
        severity: How much it matters.
        connection: Where it happened.
        side: The side that caused it.
        packet: The record in which it shows.
        exchange: The number of the exchange that it is about, if it is about one.
        route: The route of that exchange.
        subject: What it is about in a word, such as ``reply`` or ``password``.
        detail: What more there is to say, in words.
        duration_ns: How long something took, in nanoseconds.
        size: How many bytes, frames or segments it is about.
        ended_in: The record that ended its connection; 0 where that does not matter.
        conclusion: What it was judged from, where that is what many exchanges show.
        further: The records in which it shows besides ``packet``, if there are any.
        others: The numbers of the exchanges that it is about besides ``exchange``.
        time_ns: When it showed, nanoseconds since 1970; 0 where nobody knows …
        last_ns: … and when it showed last, where it is about several exchanges.
        nest: The version of Nest that it is judged by.
        servers: The servers that there are.
        habits: How the patterns of all services are used; None where nobody knows.
        served: What serves that exchange; empty for the server of the connection.
        channel: Where that exchange was sent to, over a broker; else None.
    """

    rule: Wording
    severity: Severity
    connection: Connection
    side: int
    packet: int
    exchange: int | None = None
    route: str | None = None
    subject: str = ""
    detail: str = ""
    duration_ns: int = 0
    size: int = 0
    ended_in: int = 0
    conclusion: object = None
    further: RangeSet | None = None
    others: RangeSet | None = None
    time_ns: int = 0
    last_ns: int = 0
    nest: NestVersion
    servers: Servers = msgspec.field(default_factory=Servers)
    habits: Habitual | None = None
    served: str = ""
    channel: str | None = None

    @property
    def code(self) -> str:
        """What it is; stable, see ``docs/findings.md``."""
        return self.rule.code

    @property
    def name(self) -> str:
        """The pattern of that exchange, written short; ``a packet`` without one."""
        return "a packet" if self.route is None else short(self.route)

    @property
    def carrier(self) -> str | None:
        """The name of the carrier of its connection, such as ``tcp``.

        Where that carries something else, it is that of the service whose port it went
        to. None where neither is known.
        """
        return self.connection.carrier or self.connection.service or None

    @property
    def sender(self) -> str:
        """The side that caused it: ``client`` or ``server``."""
        return "client" if self.side == (self.connection.client or 0) else "server"

    @property
    def broker(self) -> str:
        """What to call the broker of its connection; empty where there is none."""
        return broker_of(self.connection)

    @property
    def speaker(self) -> str:
        """The side that caused it, in words: a broker is not called a server alone."""
        sender = self.sender
        return f"{self.broker} server".lstrip() if sender == "server" else sender

    @property
    def server(self) -> str:
        """What serves its exchange, by what it is known by; else its connection."""
        return self.served or self.connection.server_text

    @property
    def service(self) -> str:
        """The service that it is about, by its name, as ``10.0.0.2:3000`` or ``:3000``.

        The last, where that can be no other; see :mod:`.servers`. Where it is about no
        exchange over a broker, it is that broker.
        """
        if self.served or not self.broker:
            return self.called(self.server)
        return self.reached

    @property
    def reached(self) -> str:
        """What to call the server at the end of its connection, or the broker there."""
        return self.servers.reached(self.connection)

    def called(self, server: str) -> str:
        """Return what to call another server, given as ``address:port``."""
        return self.servers.called(server, self.connection)

    def concluded(self, kind: type[Kind]) -> Kind:
        """Return what it was judged from, which is of a type that its rule knows."""
        assert isinstance(self.conclusion, kind)
        return self.conclusion

    def named(self, server: str) -> str:
        """Return what to show of a server, given as ``address:port``."""
        if self.broker:
            return self.called(server)
        return self.connection.names.server(server)

    @property
    def message(self) -> str:
        """What happened, as one sentence."""
        return self.rule.message(self)

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self.rule.hint(self)
