"""The report of a fleet: figures that merge exactly, whoever counted what.

A view is what some sources saw, each scope apart. Where several views have a scope, one
of them counts: that of most sources, else that of the host which is asked. What is
kept is in order, so that equal figures are equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = "protocol-inspect fleet report"
VERSION = 1

# What a file may say; of what a run has counted nothing is checked.
_MOST = 2**63 - 1
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
Nanoseconds: TypeAlias = Annotated[int, msgspec.Meta(ge=-_MOST, le=_MOST)]
Drift: TypeAlias = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
Bucket: TypeAlias = Annotated[int, msgspec.Meta(ge=-1, le=10_000)]
Kind: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(message|event|orphan)$")]
Severity: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(error|warning|note)$")]


class Durations(msgspec.Struct, frozen=True, omit_defaults=True):
    """Durations in nanoseconds, as :mod:`inspector.figures.latency` counts them.

    Attributes:
        longest_ns: The longest.
        exact: All of them, in order, where they are a thousand at most …
        buckets: … else buckets that grow by 1 %, each with how many are in it.
    """

    longest_ns: Count = 0
    exact: list[Count] = []
    buckets: list[tuple[Bucket, Count]] = []


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client asks of a server under a route.

    Attributes:
        carrier: What carries it.
        client: The address of the client, or over a broker its endpoint …
        server: … and the endpoint of the server, or of the broker …
        service: … and over a broker what it is served by.
        route: The route.
        kind: ``message`` or ``event``.
        count: Exchanges …
        errors: … that ended in an error …
        unhandled: … which nobody handled …
        statuses: … or had a status code.
        unanswered: … or had no reply.
        bytes: Of all their frames on the wire.
        latency: From request to first reply.
        broker: What of that a broker took …
        handler: … and the handler.
    """

    carrier: str
    client: str
    server: str
    service: str
    route: str
    kind: Kind
    count: Count
    errors: Count = 0
    unhandled: Count = 0
    statuses: dict[int, Count] = {}
    unanswered: Count = 0
    bytes: Count = 0
    latency: Durations | None = None
    broker: Durations | None = None
    handler: Durations | None = None


class Speakers(msgspec.Struct, frozen=True, omit_defaults=True):
    """The connections of a scope, over one carrier.

    Attributes:
        first: One of both hosts, or a broker …
        second: … and the other; empty for a broker.
        carrier: What the connections carry.
        connections: How many there are …
        resets: … and how many of them were reset.
        packets: Their packets by kind, as the summary of a capture names them.
    """

    first: str
    second: str
    carrier: str
    connections: Count
    resets: Count = 0
    packets: dict[str, Count] = {}


class Noticed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Findings of one kind in a scope.

    Attributes:
        first: One of both hosts, or a broker …
        second: … and the other; empty for a broker.
        code: Their kind.
        severity: How much it matters.
        subject: What it is about in a word; mostly empty.
        server: The server that it is about.
        count: How many there are.
        message: What the first says; its numbers are those of its source.
        hint: What to do about it.
        route: The route that it is about; empty for none.
        first_ns: When it showed first, by the clock of its source; 0 where nobody
            knows …
        last_ns: … and last.
    """

    first: str
    second: str
    code: str
    severity: Severity
    subject: str
    server: str
    count: Count
    message: str
    hint: str
    route: str = ""
    first_ns: Nanoseconds = 0
    last_ns: Nanoseconds = 0


class View(msgspec.Struct, frozen=True):
    """What some sources saw.

    Attributes:
        sources: Their names; several saw the same packets, or hops of one broker.
        scopes: The connections, by scope.
        rows: What was asked there.
        findings: What was found there.
    """

    sources: tuple[str, ...]
    scopes: list[Speakers] = []
    rows: list[Row] = []
    findings: list[Noticed] = []


class Cause(msgspec.Struct, frozen=True):
    """Which calls the requests of a route cause, as one source saw it.

    Attributes:
        source: That source; it saw the request and the calls.
        carrier: What carries the requests …
        route: … and their route.
        kind: ``message`` or ``event``, of the calls …
        caused_carrier: … what carries them …
        caused_route: … and their route.
        requests: How many requests cause them …
        calls: … how many calls …
        most: … and at most for one of them.
        waited_ns: How long the requests waited for them.
    """

    source: str
    carrier: str
    route: str
    kind: str
    caused_carrier: str
    caused_route: str
    requests: Count
    calls: Count
    most: Count
    waited_ns: Nanoseconds


class Shared(msgspec.Struct, frozen=True):
    """What packets that two sources saw say of their clocks, and of the way between.

    Attributes:
        source: A source …
        leading: … and the one that it is compared with.
        packets: How many packets of both were compared.
        offset_ns: How far its clock is ahead, at ``at_ns`` …
        drift: … and what it gains in a nanosecond.
        at_ns: When, by itself.
        transit_ns: How long packets take from one to the other, half of the time there
            and back.
        spread_ns: By how much packets differ from this, mostly.
    """

    source: str
    leading: str
    packets: Count
    offset_ns: Nanoseconds
    drift: Drift
    at_ns: Nanoseconds
    transit_ns: Nanoseconds
    spread_ns: Nanoseconds


class SourceFigures(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was read of a source.

    Attributes:
        name: Its name.
        addresses: Those of its host, as far as somebody says.
        files: How many files it has …
        files_read: … and how many were read to their end.
        records: Records that were read.
        first_ns: When the first was captured, by its own clock; None without one …
        last_ns: … and the last.
        connections: TCP connections that are Nest's …
        other_connections: … and those that are not …
        foreign: … and what most of these speak, on which port → how many.
        gap_bytes: Bytes that its capture lacks …
        unread_bytes: … and bytes around those of which nothing was read.
        skipped: Records that are not TCP, by what they are.
        not_understood: Records that could not be read, by why.
        decrypted: Connections of TLS that were read, with a key log …
        not_decrypted: … and how many others were not, by why.
        problems: What could not be read, or only in part.
        stopped: Whether somebody stopped it.
    """

    name: str
    addresses: tuple[str, ...] = ()
    files: Count = 0
    files_read: Count = 0
    records: Count = 0
    first_ns: Nanoseconds | None = None
    last_ns: Nanoseconds = 0
    connections: Count = 0
    other_connections: Count = 0
    foreign: dict[str, Count] = {}
    gap_bytes: Count = 0
    unread_bytes: Count = 0
    skipped: dict[str, Count] = {}
    not_understood: dict[str, Count] = {}
    decrypted: Count = 0
    not_decrypted: dict[str, Count] = {}
    problems: list[str] = []
    stopped: bool = False


class FleetReport(msgspec.Struct, frozen=True):
    """What a fleet says to each other, and what was read of it.

    Attributes:
        format: What such a file is.
        version: Of this layout; another is refused.
        asked: What was asked, by options that change the figures.
        sources: What was read of each source.
        views: What they saw; no scope is in two of them.
        causes: Which calls requests cause.
        shared: What sources say of each other's clocks.
        left_out: Exchanges of views that were left out, since another source counts
            them: where reports were merged, without their packets.
    """

    format: str = FORMAT
    version: int = VERSION
    asked: dict[str, Any] = {}
    sources: list[SourceFigures] = []
    views: list[View] = []
    causes: list[Cause] = []
    shared: list[Shared] = []
    left_out: Count = 0


def ordered(items: Iterable[Any]) -> list[Any]:
    """Return items in the order of their bytes, which is the same everywhere."""
    encode = msgspec.msgpack.encode
    return sorted(items, key=lambda each: _key(each) or encode(each))


def _key(item: Any) -> Any:  # noqa: ANN401 — of whatever is kept in order
    names = ("sources",) if isinstance(item, View) else _KEYS.get(type(item), ())
    return tuple(getattr(item, name) for name in names)


_KEYS: dict[type, tuple[str, ...]] = {
    Row: ("carrier", "server", "client", "service", "route", "kind"),
    Speakers: ("first", "second", "carrier"),
    Noticed: ("first", "second", "code", "severity", "subject", "server"),
    Cause: ("source", "carrier", "route", "caused_carrier", "caused_route"),
    Shared: ("source", "leading"),
    SourceFigures: ("name",),
}
