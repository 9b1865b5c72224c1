"""Which outgoing ports are of the service on a listening port: lanes of one service.

Where all programs are on one address, as on a developer's machine, an address does not
tell who sent an exchange. What tells is what the others of its port show: a port whose
exchanges were made for requests to a listening port, or lie inside them, belongs to
that service, if three did, none contradicts, and that is no chance.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

HELD = 3
"""Exchanges of a port that have to show whose it is."""
SURE = 16
"""… and before another service is ruled out for that."""
LEAST_CHANCE = 1e-4
"""What that may be a chance of, at most."""
MAX_PORTS = 20_000
"""Outgoing ports that are known."""
MAX_RECEIVERS = 32
"""Those who handle something at one address, of which it is known when they do."""


class _Port:
    """What the exchanges of an outgoing port show.

    Attributes:
        held: Receiver → exchanges that were made for what it handled.
        unlike: Exchanges that have the data of nothing that anybody handled.
        inside: Exchanges that began while their receivers handled a call …
        within: … the receivers that did so each time; None before the first.
        outside: Exchanges that began while nobody at their address handled anything.
    """

    __slots__ = ("held", "inside", "outside", "unlike", "within")

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.unlike = 0
        self.inside = 0
        self.within: set[str] | None = None
        self.outside = 0


class _Busy:
    """How long a receiver has handled at least one call."""

    __slots__ = ("busy_ns", "until_ns")

    def __init__(self) -> None:
        self.busy_ns = 0
        self.until_ns = 0

    def add(self, begin_ns: int, end_ns: int) -> None:
        """Learn of a call, in the order in which they begin."""
        if end_ns > self.until_ns:
            self.busy_ns += end_ns - max(begin_ns, self.until_ns)
            self.until_ns = end_ns


class Lanes:
    """Learn which outgoing ports belong to which listening ports."""

    def __init__(self) -> None:
        self._ports: dict[str, _Port] = {}
        self._busy: dict[str, _Busy] = {}  # by receiver
        self._at: dict[str, list[str]] = {}  # host → receivers
        self._owned: dict[str, int] = {}  # receiver → what its ports have sent
        self._first_ns = 0
        self._now_ns = 0

    def handle(self, host: str, receiver: str, begin_ns: int, end_ns: int) -> None:
        """Learn that a receiver handled a call."""
        busy = self._busy.get(receiver)
        if busy is None:
            known = self._at.setdefault(host, [])
            if len(known) >= MAX_RECEIVERS:
                return
            known.append(receiver)
            busy = self._busy[receiver] = _Busy()
        busy.add(begin_ns, end_ns)

    def pass_on(self, time_ns: int) -> None:
        """Learn how late it is."""
        self._first_ns = self._first_ns or time_ns
        self._now_ns = max(self._now_ns, time_ns)

    def receivers(self, host: str) -> Collection[str]:
        """Return who handles something at an address, as far as that is followed."""
        return self._at.get(host, ())

    def may_be_of(self, sender: str, host: str) -> Collection[str]:
        """Return the receivers that a port may belong to, by when it has sent."""
        port = self._ports.get(sender)
        within = None if port is None else port.within
        return self._at.get(host, ()) if within is None else within

    def hold(self, sender: str, receiver: str) -> None:
        """Learn that an exchange of a port was made for what a receiver handled."""
        port = self._port(sender)
        if port is not None:
            port.held[receiver] = held = port.held.get(receiver, 0) + 1
            if sender != receiver:
                self._owned[receiver] = max(self._owned.get(receiver, 0), held)

    def unlike(self, sender: str) -> None:
        """Learn of an exchange that has the data of nothing that was handled."""
        port = self._port(sender)
        if port is not None:
            port.unlike += 1

    def lie(self, sender: str, within: Iterable[str], *, outside: bool) -> None:
        """Learn when an exchange of a port began.

        Args:
            sender: The port.
            within: Who handled a call at its address then.
            outside: Whether nobody there handled anything.
        """
        port = self._port(sender)
        if port is None:
            return
        port.outside += outside
        port.inside += 1
        port.within = (
            set(within) if port.within is None else port.within.intersection(within)
        )

    def is_of(self, sender: str, receiver: str) -> bool:
        """Whether a port is known to belong to the service on a listening port."""
        if sender == receiver:
            return True
        port = self._ports.get(sender)
        return port is not None and (
            receiver in _held(port) or self._within(sender) == receiver
        )

    def owners(self, sender: str) -> frozenset[str]:
        """Return the listening ports of the service that a port is known to be of."""
        port = self._ports.get(sender)
        own = frozenset((sender,)) if self.is_owner(sender) else frozenset[str]()
        if port is None:
            return own
        within = self._within(sender)
        return own.union(_held(port, SURE), [within] if within else ())

    def is_owner(self, receiver: str) -> bool:
        """Whether another port is known to belong to the service on this."""
        return self._owned.get(receiver, 0) >= SURE

    def is_known(self, sender: str) -> bool:
        """Whether it is known of a port to what service it belongs."""
        port = self._ports.get(sender)
        return port is not None and bool(_held(port) or self._within(sender))

    def contradicts(self, sender: str) -> bool:
        """Whether a port has sent something for nobody's sake."""
        port = self._ports.get(sender)
        return port is not None and bool(port.outside)

    def only(self, sender: str) -> str:
        """Return the receiver during whose calls alone a port sends; empty for none."""
        return self._within(sender)

    def _within(self, sender: str) -> str:
        port = self._ports.get(sender)
        if port is None or port.outside or port.inside < HELD:
            return ""
        if port.within is None or len(port.within) != 1:
            return ""
        (receiver,) = port.within
        chance = self._share(receiver) ** (port.inside - 1)  # the first has named it
        return receiver if chance < LEAST_CHANCE else ""

    def _share(self, receiver: str) -> float:
        """Return in what share of the time a receiver has handled something."""
        busy, span_ns = self._busy.get(receiver), self._now_ns - self._first_ns
        if busy is None or span_ns <= 0:
            return 1.0
        return min(1.0, busy.busy_ns / span_ns)

    def _port(self, sender: str) -> _Port | None:
        port = self._ports.get(sender)
        if port is None and len(self._ports) < MAX_PORTS:
            port = self._ports[sender] = _Port()
        return port


def _held(port: _Port, least: int = HELD) -> Collection[str]:
    """Return the receiver for whose calls alone a port has sent something, or none."""
    if port.outside or len(port.held) != 1:
        return ()
    ((receiver, count),) = port.held.items()
    return (receiver,) if count >= least and port.unlike * 2 <= count else ()


@lru_cache(4_096)
def is_crowded(host: str) -> bool:
    """Whether many programs have an address, since it is that of the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
