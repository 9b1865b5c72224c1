"""What a page needs of an inspection, gathered while the captures are read.

Besides the exchanges it counts when calls began, tells clients of one host apart, and
seeks parents. What it keeps is bounded, whatever the length of the captures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import begins
from inspector.calls.exchanges import Exchange, Kind
from inspector.figures.services import ByPort
from inspector.figures.timeline import Moments, failed
from inspector.views.concerns import concerns

from .packets import Packets
from .page_limits import USUAL
from .parents import Parents
from .stores import Stores
from .trimming import kept, kept_plain

if TYPE_CHECKING:
    from inspector.calls.plain import PlainExchange
    from inspector.findings.finding import Finding
    from inspector.journal import CapturedPacket

    from .page_limits import PageLimits
    from .trimming import Kept

_CONCLUSIONS = 24  # that are compared with each exchange


class Gathering:
    """Exchanges, findings and packets, as far as a page has them.

    Args:
        limits: How much it has.

    Attributes:
        limits: The same.
        seen: How many exchanges there were.
        by_port: What happened between endpoints.
        calls: When calls and events began …
        failures: … and those of them that failed.
        packets: The packets.
    """

    def __init__(self, limits: PageLimits = USUAL) -> None:
        self.limits = limits
        self.seen = 0
        self.by_port = ByPort(limits.traffic, limits.pairs)
        self.calls, self.failures = Moments(), Moments()
        self.packets = Packets(limits)
        self._stores = Stores(limits)
        self._known: dict[int, Kept] = {}  # those in the stores
        self._conclusions: list[Finding] = []
        self._parents = Parents(self._link)

    def add(self, item: Exchange | Finding) -> None:
        """Take in what the inspection yields."""
        if isinstance(item, Exchange):
            self._add_exchange(item)
        elif item.exchange is not None and item.exchange in self._known:
            self._known[item.exchange].add_finding(item)
        room = len(self._conclusions) < _CONCLUSIONS
        if room and not isinstance(item, Exchange) and item.conclusion is not None:
            self._conclusions.append(item)

    def add_plain(self, plain: PlainExchange) -> None:
        """Take in one that is an exchange only for whoever looks at it."""
        self._keep(kept_plain(plain, self.limits))
        self._parents.add_plain(plain)
        self.by_port.add_plain(plain)
        self.calls.add(plain.call.record.time_ns)

    def add_packet(self, packet: CapturedPacket) -> None:
        """Take in a captured packet of which all is known."""
        self.packets.add(packet)

    def finish(self) -> None:
        """Settle what is open, when all has been read."""
        self._parents.finish()

    def exchanges(self) -> list[Kept]:
        """Return the exchanges, in the order of their numbers."""
        found = sorted(self._stores, key=lambda each: each.number)
        for finding in self._conclusions:
            for each in found:
                if finding not in each.findings and concerns(finding, each.exchange):
                    each.add_finding(finding)
        self._conclusions = []
        return found

    def _add_exchange(self, exchange: Exchange) -> None:
        self._keep(kept(exchange, self.limits))
        self._parents.add(exchange)
        if begins(exchange.carrier) or exchange.kind is Kind.ORPHAN:
            return
        self.by_port.add(exchange)
        self.calls.add(exchange.time_ns)
        if failed(exchange):
            self.failures.add(exchange.time_ns)

    def _keep(self, held: Kept) -> None:
        self.seen += 1
        self._known[held.number] = held
        for each in self._stores.add(held):
            self._known.pop(each.number, None)

    def _link(self, exchange: Exchange) -> None:
        held = self._known.get(exchange.number)
        if held is not None:
            held.link = exchange.link
