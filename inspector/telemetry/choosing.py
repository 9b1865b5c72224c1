"""Which exchanges become spans: what is slow, wrong, or sampled, and what is above it.

A span whose parent nobody sends hangs in the air. So whoever caused what is chosen is
chosen as well, up to the beginning of the chain, as far as it is remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind, payload_bytes
from protocol.named_tuple import NamedTuple

from .conventions import ends_of, is_wrong
from .spans import span_of, times_of
from .traces import is_sampled, place_of, remote_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    from inspector.calls.exchanges import Exchange

    from .traces import Place, Remote

REMEMBERED = 2_048
"""Exchanges that may turn out to have caused what is chosen."""
_SMALL = 4_096  # bytes of payloads, up to which an exchange is kept as it is


class Chosen(NamedTuple):
    """A span, and whose it is.

    Attributes:
        service: Who serves: the ``service.name`` of its resource.
        span: The span.
    """

    service: str
    span: Span


class _Known:
    """An exchange that others may have been made for.

    What is not sent yet is kept as it is, since hardly any is ever sent; with large
    payloads it is kept as a span, which has none.
    """

    __slots__ = ("parent", "place", "remote", "unsent")

    def __init__(self, remote: Remote | None, place: Place, parent: int | None) -> None:
        self.remote, self.place, self.parent = remote, place, parent
        self.unsent: Exchange | Chosen | None = None


class Choice:
    """Choose among exchanges.

    Args:
        slow_ns: From how long on one is slow, in nanoseconds; None for no limit.
        share: Which share of all traces is chosen as well, from 0 to 1.
        chains: Whether exchanges know whom they were made for, and come in order.
        most: How many are remembered as possible parents.
    """

    def __init__(
        self,
        slow_ns: int | None,
        share: float = 0,
        *,
        chains: bool = False,
        most: int = REMEMBERED,
    ) -> None:
        self._slow_ns, self._share = slow_ns, share
        self._most = most if chains else 0
        self._known: OrderedDict[int, _Known] = OrderedDict()

    def add(self, exchange: Exchange) -> Iterator[Chosen]:
        """Take in an exchange that is over; yield the spans that are to be sent.

        What is above a span comes before it, and each comes once.
        """
        notable = self._is_notable(exchange)
        if exchange.kind is Kind.ORPHAN or not (notable or self._share or self._most):
            return
        known = self._know(exchange)
        if notable or is_sampled(known.place.trace_id, self._share):
            yield from self._above(known)
            yield _chosen(exchange, known.place)
        elif self._most:
            small = payload_bytes(exchange) <= _SMALL
            known.unsent = exchange if small else _chosen(exchange, known.place)
        self._remember(exchange.number, known)

    def _know(self, exchange: Exchange) -> _Known:
        link = exchange.link
        parent = None if link is None else link.parent
        above = None if parent is None else self._known.get(parent)
        remote = remote_of(exchange)
        known = None if above is None else (above.remote, above.place)
        return _Known(remote, place_of(exchange, remote, known), parent)

    def _is_notable(self, exchange: Exchange) -> bool:
        """Whether it is wrong, or slow."""
        if is_wrong(exchange):
            return True
        begin_ns, end_ns = times_of(exchange)
        return self._slow_ns is not None and end_ns - begin_ns >= self._slow_ns

    def _above(self, known: _Known) -> Iterator[Chosen]:
        """Yield the spans above one that were not sent yet, the first of them first."""
        found: list[Chosen] = []
        while known.parent is not None and not known.place.remote:
            above = self._known.get(known.parent)
            if above is None or above.unsent is None:
                break
            unsent = above.unsent
            if not isinstance(unsent, Chosen):
                unsent = _chosen(unsent, above.place)
            found.append(unsent)
            above.unsent, known = None, above
        yield from reversed(found)

    def _remember(self, number: int, known: _Known) -> None:
        if not self._most:
            return
        self._known[number] = known
        if len(self._known) > self._most:
            self._known.popitem(last=False)


def _chosen(exchange: Exchange, place: Place) -> Chosen:
    return Chosen(ends_of(exchange).server, span_of(exchange, place))
