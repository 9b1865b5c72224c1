"""What a client consists of on one event loop: links, the pool of them, the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from servers.errors import UsageError
from servers.hooks import guarded
from servers.limits import Budget
from servers.writing import Shared

from .addresses import dial_to, name_of
from .brokers import Terms
from .caller import Caller
from .checking import CheckingCaller
from .discovered import DiscoveredPool
from .links import Link
from .pool import Pool

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from servers.hooks import Hooks
    from servers.integers import Integers
    from servers.limits import Limits

    from .addresses import Address, Dial
    from .backoff import Backoff
    from .breaker import Breaker
    from .brokers import Broker
    from .discovery import Discovery
    from .ejection import Ejection
    from .links import ConnectionEvent
    from .pool import Balance
    from .statuses import ServerStatus
    from .wire import Wires


class Assembly(msgspec.Struct, frozen=True, kw_only=True):
    """How a client is made; the attributes are its options of the same names.

    Attributes:
        integers: Looks for integers that JavaScript rounds; None looks for none.
        broker: What carries calls, instead of connections to the addresses.
        discovery: Says which addresses there are.
    """

    addresses: Sequence[Address]
    tls: ssl.SSLContext | None
    server_hostname: str | None
    balance: Balance
    wait_for_server: bool
    backoff: Backoff
    ejection: Ejection | None
    breaker: Breaker | None
    limits: Limits
    dial: Dial | None
    integers: Integers | None
    broker: Broker | None = None
    discovery: Discovery | None = None

    def __post_init__(self) -> None:
        """Refuse what would decide twice whether a server gets calls.

        Raises:
            UsageError: There are a breaker and an ejection.
        """
        if self.breaker is not None and self.ejection is not None:
            raise UsageError("pass either breaker or ejection: both keep calls away")

    def caller(
        self,
        hooks: Hooks | None,
        notify: Callable[[ConnectionEvent], None],
        changed: Callable[[ServerStatus], None],
        successor: Callable[[], Caller],
    ) -> Caller:
        """Return what makes calls on the event loop that runs; nothing is connected.

        Args:
            hooks: Callbacks for connections, bytes and calls.
            notify: Called with what happens to connections.
            changed: Called with each status that may have changed.
            successor: Returns the caller of the event loop that runs, once that is
                another one.
        """
        hooks = guarded(hooks)
        wires = self._wires(hooks, notify, changed)
        if self.integers is None:
            return Caller(wires, self.limits, hooks, successor)
        return CheckingCaller(self.integers, wires, self.limits, hooks, successor)

    def _wires(
        self,
        hooks: Hooks | None,
        notify: Callable[[ConnectionEvent], None],
        changed: Callable[[ServerStatus], None],
    ) -> Wires:
        if self.broker is not None:
            terms = Terms(self.limits, hooks, notify, changed, self.wait_for_server)
            return self.broker.wires(terms)
        shared = Shared(self.limits, hooks, Budget(self.limits.buffered_in_all))

        def link(name: str, dial: Dial) -> Link:
            return Link(
                name,
                dial,
                shared,
                self.backoff,
                notify,
                ejection=self.ejection,
                breaker=self.breaker,
                changed=changed,
            )

        if self.discovery is not None:
            return DiscoveredPool(
                self.discovery,
                lambda address: link(*self._way(address)),
                self.balance,
                persistent=self.wait_for_server,
                backoff=self.backoff,
                watched=self.breaker is not None,
            )
        links = [link(name, dial) for name, dial in self._ways()]
        return Pool(links, self.balance, persistent=self.wait_for_server)

    @property
    def names(self) -> list[str]:
        """The names of the addresses."""
        if self.broker is not None:
            return [self.broker.name]
        if self.discovery is not None:
            return [self.discovery.name]
        return [name for name, _ in self._ways()]

    def _ways(self) -> list[tuple[str, Dial]]:
        """Return the name of each address, and how to connect to it."""
        if self.dial is not None:
            return [("the given connection", self.dial)]
        return list(map(self._way, self.addresses))

    def _way(self, address: Address) -> tuple[str, Dial]:
        dial = dial_to(address, self.tls, self.server_hostname, self.limits)
        return name_of(address), dial
