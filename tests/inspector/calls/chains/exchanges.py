"""Exchanges by hand, for what is learned of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.calls.exchanges import Exchange, Kind, Ledger, Outcome
from inspector.streams.connections import Connection
from inspector.streams.endpoints import Endpoint
from inspector.streams.packets import DataPacket
from protocol import UNDEFINED, JsonText, Response, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.calls.links import Link

MS = 1_000_000


class Traffic:
    """Exchanges, numbered in the order in which they are added."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._connections: dict[tuple[str, str], Connection] = {}

    def connection(self, client: str, server: str) -> Connection:
        key = client, server
        if key not in self._connections:
            ends = Endpoint.parse(client), Endpoint.parse(server)
            made = Connection(len(self._connections) + 1, ends, 0, 0)
            made.client = 0
            self._connections[key] = made
        return self._connections[key]

    def add(  # noqa: PLR0913 — what an exchange has
        self,
        route: str,
        client: str,
        server: str,
        data: Any = UNDEFINED,  # noqa: ANN401 — JSON
        *,
        at: float,
        until: float | None = None,
        answer: Any = 1,  # noqa: ANN401 — JSON
        error: bool = False,
        pushed: bool = False,
        trace: str = "",
    ) -> Exchange:
        """Add a call, or an event where nothing ends it; times are in milliseconds."""
        number, at_ns = len(self.exchanges) + 1, round(at * MS)
        kind = Kind.EVENT if until is None else Kind.MESSAGE
        connection = self.connection(client, server)
        made = Exchange(number, kind, connection, Ledger(number), at_ns, at_ns)
        made.ledger.carrier = "tcp"
        made.route = made.pattern = route
        made.pushed, made.outcome = pushed, Outcome.SENT
        if data is not UNDEFINED:
            made.data = JsonText(dumps(data))
        if trace:
            made.metadata = JsonText(dumps({"traceparent": trace}))
        made.request_packets = [DataPacket(2 * number, at_ns, 0, 1)]
        if until is not None:
            self._end(made, round(until * MS), answer, error=error)
        self.exchanges.append(made)
        return made

    @staticmethod
    def _end(made: Exchange, until_ns: int, answer: Any, *, error: bool) -> None:  # noqa: ANN401
        text = JsonText(dumps(answer))
        made.replies = [Response(id="1", err=text) if error else _value(text)]
        made.outcome = Outcome.ERROR if error else Outcome.COMPLETED
        made.first_reply_ns = made.last_reply_ns = until_ns
        made.reply_packets = [DataPacket(2 * made.number + 1, until_ns, 0, 1)]
        made.reply_ends = made.reply_packets


def _value(text: JsonText) -> Response:
    return Response(id="1", response=text, is_disposed=True)


def parents(exchanges: Iterable[Exchange]) -> dict[int, int | None]:
    """Return number → that of the parent."""
    return {each.number: each.link.parent if each.link else None for each in exchanges}


def evidence_of(link: Link | None) -> str | None:
    return None if link is None or link.evidence is None else link.evidence.value
