"""What a developer should know about one place of a capture.

Equal findings are folded in the report. Their words stand in
:mod:`inspector.findings.catalogue`; :mod:`inspector.findings.detective` makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import NEWEST, NestVersion

from .catalogue import RULES, Severity

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.packets import DataPacket


class Finding(msgspec.Struct, kw_only=True):
    """Something that a developer should know.

    Attributes:
        code: What it is; stable, see the catalogue.
        severity: How much it matters.
        connection: Where it happened.
        side: The side that caused it.
        packet: The record in which it shows.
        time_ns: When that was captured.
        exchange: The number of the exchange that it is about, if it is about one.
        route: The route of that exchange.
        subject: What it is about in a word, such as ``reply`` or ``password``.
        detail: What more there is to say, in words.
        duration_ns: How long something took.
        size: How many bytes, frames or segments it is about.
        nest: The version of Nest that it is judged by.
    """

    code: str
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
    nest: NestVersion = NEWEST

    @property
    def sender(self) -> str:
        """The side that caused it: ``client`` or ``server``."""
        return "client" if self.side == (self.connection.client or 0) else "server"

    @property
    def message(self) -> str:
        """What happened, as one sentence."""
        return RULES[self.code].message(self)

    @property
    def hint(self) -> str:
        """What to do about it."""
        return RULES[self.code].hint(self)


def about(
    exchange: Exchange,
    code: str,
    packet: DataPacket,
    *,
    reply: bool,
    **more: Any,  # noqa: ANN401 — the fields of a Finding that it has besides
) -> Finding:
    """Return a finding about a packet of an exchange, of its reply or its request."""
    client = exchange.connection.client or 0
    more.setdefault("severity", RULES[code].severity)
    return Finding(
        code=code,
        connection=exchange.connection,
        side=1 - client if reply else client,
        packet=packet.number,
        exchange=exchange.number,
        route=exchange.route,
        **more,
    )


def about_bytes(
    direction: Direction,
    code: str,
    packet: int,
    **more: Any,  # noqa: ANN401 — the fields of a Finding that it has besides
) -> Finding:
    """Return a finding about what one side sent, in a record of the capture."""
    more.setdefault("severity", RULES[code].severity)
    return Finding(
        code=code,
        connection=direction.connection,
        side=direction.side,
        packet=packet,
        **more,
    )
