"""The totals of an inspection: the last JSON line, and the words of ``--fail-on``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from inspector.streams.decrypted import Decrypted


class CarrierSummary(msgspec.Struct, frozen=True):
    """What one carrier carried of it.

    Attributes:
        connections: Connections that are Nest's.
        messages: Requests, each with its replies.
        events: Events.
        packets_per_message: Number of packets → messages that took it.
        packets_per_event: The same of events.
        transfers: Packets of Nest that passed: over TCP, its frames.
        errands: What the carrier did for one of them, such as to confirm it.
        idle_units: What it did for itself, such as heartbeats.
    """

    connections: int
    messages: int
    events: int
    packets_per_message: dict[int, int]
    packets_per_event: dict[int, int]
    transfers: int
    errands: int
    idle_units: int


class RequestSummary(msgspec.Struct, frozen=True):
    """What passed beside Nest's traffic that may have begun it, such as HTTP.

    Attributes:
        requests: Requests, each with its response.
        completed: … that had one that is no failure …
        errors: … or one that is …
        unanswered: … or none …
        incomplete: … or not all of one.
        in_flight: … or were under way when the capture ended.
    """

    requests: int
    completed: int
    errors: int
    unanswered: int
    incomplete: int
    in_flight: int


class CausedSummary(msgspec.Struct, frozen=True):
    """What requests of a route cause.

    Attributes:
        route: The route of what they cause.
        carrier: What carries that.
        kind: ``message`` or ``event``.
        requests: How many requests cause it …
        calls: … how often …
        most: … and at most for one of them.
        packets: What these took.
        waited_ns: How long the requests waited for them, those at the same time each.
    """

    route: str
    carrier: str
    kind: str
    requests: int
    calls: int
    most: int
    packets: int
    waited_ns: int


class ChainSummary(msgspec.Struct, frozen=True):
    """Requests of a route that cause others.

    Attributes:
        route: Their route.
        carrier: What carries them.
        requests: How many there are …
        causing: … that cause something …
        time_ns: … and what those took that have a reply.
        chains: How many of them began a chain …
        packets: … and what these took, by carrier.
        causes: What they cause.
    """

    route: str
    carrier: str
    requests: int
    causing: int
    time_ns: int
    chains: int
    packets: dict[str, int]
    causes: list[CausedSummary]


class SecretSummary(msgspec.Struct, frozen=True):
    """What became of connections that TLS protects, where there is a key log.

    Attributes:
        decrypted: Connections of which data were read.
        undecrypted: Why nothing, or nothing more, could be read → of how many.
    """

    decrypted: int
    undecrypted: dict[str, int]


class Summary(msgspec.Struct, frozen=True, tag_field="type", tag="summary"):
    """The totals of an inspection, by the keys of their JSON line.

    docs/output.md says what each means; the order is that of the line.
    """

    packet_records: int
    connections: int
    other_connections: int
    frames: int
    messages: int
    events: int
    orphans: int
    replies: int
    completed: int
    errors: int
    no_handler: int
    unanswered: int
    incomplete: int
    packets_per_message: dict[int, int]
    packets_per_event: dict[int, int]
    data_packets: int
    pure_acks: int
    retransmissions: int
    control: int
    keep_alives: int
    copies: int
    gap_bytes: int
    unread_bytes: int
    in_doubt: int
    skipped: dict[str, int]
    not_understood: dict[str, int]
    carriers: dict[str, CarrierSummary]
    in_flight: int
    http: RequestSummary | msgspec.UnsetType = msgspec.UNSET
    chains: list[ChainSummary] | msgspec.UnsetType = msgspec.UNSET
    tls: SecretSummary | msgspec.UnsetType = msgspec.UNSET


def secret_summary(decrypted: Decrypted) -> SecretSummary | msgspec.UnsetType:
    """Return what became of connections that TLS protects; UNSET for none."""
    if not decrypted:
        return msgspec.UNSET
    return SecretSummary(decrypted.connections, dict(decrypted.unread))
