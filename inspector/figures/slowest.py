"""The exchanges that took longest, as many as a person looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import participants
from inspector.calls.serving import answered_in, asked_in, service_of
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

MOST = 5
"""How many are kept."""


class SlowExchange(NamedTuple):
    """What is kept of an exchange that took long.

    Attributes:
        latency_ns: From the completed request to the completed first reply.
        number: Its number.
        carrier: What carried it.
        route: Its route.
        packets: The records that completed its request and its first reply.
        client: Who asked, by what it is known by on all its connections …
        server: … and who was asked.
    """

    latency_ns: int
    number: int
    carrier: str
    route: str
    packets: tuple[int, int]
    client: str
    server: str


class Slowest:
    """The exchanges that took longest, whatever the order in which they come.

    Attributes:
        least_ns: More than this an exchange has to take to be one of them.
    """

    def __init__(self) -> None:
        self._kept: list[SlowExchange] = []
        self.least_ns = -1

    def __iter__(self) -> Iterator[SlowExchange]:
        return iter(self._kept)

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that has a route and was answered."""
        client, server = (end.key for end in participants(exchange.connection))
        if exchange.passage is not None:
            client, server = exchange.client_text, service_of(exchange)
        asked, answered = asked_in(exchange), answered_in(exchange)
        slow = SlowExchange(
            latency_ns=exchange.latency_ns or 0,
            number=exchange.number,
            carrier=exchange.ledger.carrier,
            route=exchange.route or "",
            packets=(asked.number, answered.number),
            client=client,
            server=server,
        )
        self._keep([slow])

    def merge(self, other: Slowest, exchanges: int, packets: int) -> None:
        """Take in those of a later part of the capture.

        Args:
            other: Which.
            exchanges: How many exchanges there were before that part.
            packets: How many records.
        """
        self._keep(
            [
                each._replace(
                    number=each.number + exchanges,
                    packets=(each.packets[0] + packets, each.packets[1] + packets),
                )
                for each in other
            ]
        )

    def _keep(self, more: list[SlowExchange]) -> None:
        both = [*self._kept, *more]
        self._kept = sorted(both, key=lambda each: (-each.latency_ns, each.number))[
            :MOST
        ]
        if len(self._kept) == MOST:
            self.least_ns = self._kept[-1].latency_ns
