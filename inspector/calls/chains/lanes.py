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

from .notes import LATE_NS
from .ports import MOST_FLOWS, Busy, Port, both, learn, may_be_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .origins import Origins

HELD = 3
"""Exchanges of a port that have to show whose it is."""
SURE = 16
"""… and before another service is ruled out for that."""
LEAST_CHANCE = 1e-4
"""What that may be a chance of, at most."""
PROVED = 6
"""What flows have to show together: three rare values, at ``STRONG`` each."""
STRONG = 2
NAMED = 3
"""… or a client that is named twice, by what its gateway has told it alone."""
_MOST_ASKERS = 64
_MOST_JOINED = 256
MAX_PORTS = 20_000
"""Outgoing ports that are known."""
MAX_RECEIVERS = 32
"""Those who handle something at one address, of which it is known when they do."""


class Lanes:
    """Learn which outgoing ports belong to which listening ports.

    Args:
        origins: Which values are rare: others are passed on by chance.
        patience: For how many exchanges an answer of ``owners`` may be an old one.
    """

    def __init__(self, origins: Origins, patience: int = 0) -> None:
        self._patience = self._left = patience
        self._answers: dict[str, frozenset[str]] = {}
        self._origins = origins
        self._ports: dict[str, Port] = {}
        self._busy: dict[str, Busy] = {}  # by receiver
        self._at: dict[str, list[str]] = {}  # host → receivers
        self._owned: dict[str, int] = {}  # receiver → what its ports have sent
        self._askers: dict[str, list[str]] = {}  # receiver → ports that ask it
        self._joined: dict[str, None] = {}  # ports of services that have two receivers
        self._first_ns = 0
        self._now_ns = 0

    def handle(self, host: str, receiver: str, begin_ns: int, end_ns: int) -> None:
        """Learn that a receiver handled a call."""
        busy = self._busy_of(host, receiver)
        if busy is not None:
            busy.add(begin_ns, end_ns)

    def hear(self, host: str, receiver: str, time_ns: int, soon_ns: int) -> None:
        """Learn that a receiver has had an event, which it may handle for a while."""
        busy = self._busy_of(host, receiver)
        if busy is not None:
            busy.add(time_ns, time_ns + soon_ns)
            busy.event_ns = time_ns

    def _busy_of(self, host: str, receiver: str) -> Busy | None:
        busy = self._busy.get(receiver)
        if busy is None:
            known = self._at.setdefault(host, [])
            if len(known) >= MAX_RECEIVERS:
                return None
            known.append(receiver)
            busy = self._busy[receiver] = Busy()
        return busy

    def pass_on(self, time_ns: int) -> None:
        """Learn how late it is."""
        self._first_ns = self._first_ns or time_ns
        self._now_ns = max(self._now_ns, time_ns)
        self._left -= 1
        if self._left < 0:
            self.renew()

    def renew(self) -> None:
        """Answer anew whose ports are whose."""
        self._left = self._patience
        self._answers.clear()

    def receivers(self, host: str) -> Collection[str]:
        """Return who handles something at an address, as far as that is followed."""
        return self._at.get(host, ())

    def connect(self, sender: str, connection: int, time_ns: int) -> bool:
        """Learn what connection a port has; return whether it may have waited for it.

        Args:
            sender: The port.
            connection: The number of its connection.
            time_ns: When it has sent something.
        """
        port = self._ports.get(sender)
        if port is None or port.connection != connection:
            if port is None and len(self._ports) >= MAX_PORTS:
                return True
            port = self._ports[sender] = Port(connection, time_ns)
        return time_ns <= port.ready_ns + LATE_NS

    def may_be_of(self, sender: str, host: str) -> Collection[str]:
        """Return the receivers that a port may belong to, by when it has sent."""
        port = self._ports.get(sender)
        within = None if port is None else port.within
        return self._at.get(host, ()) if within is None else within

    def hold(self, sender: str, receiver: str) -> None:
        """Learn that an exchange of a port was made for what a receiver handled."""
        port = self._ports.get(sender)
        if port is not None:
            port.held[receiver] = held = port.held.get(receiver, 0) + 1
            if sender != receiver:
                self._owned[receiver] = max(self._owned.get(receiver, 0), held)

    def flow(self, sender: str, receiver: str, value: str, weight: int) -> None:
        """Learn that a receiver was the first to say what passed at a port alone.

        Args:
            sender: The port, which had a value or sent it.
            receiver: Who said it next.
            value: The value.
            weight: How much that shows, of ``PROVED``; 0 if it was said too early.
        """
        port = self._ports.get(sender)
        if port is not None:
            learn(port.flows if weight else port.told, receiver, value, weight or 1)

    def share(self, sender: str, other: str, value: str, weight: int) -> None:
        """Learn that a port had a value as an answer, which another sent at once."""
        port = self._ports.get(sender)
        if port is not None:
            learn(port.shared, other, value, weight)

    def name(
        self, sender: str, receiver: str, others: frozenset[str], value: str
    ) -> None:
        """Learn that an exchange of a port names the client of a gateway.

        Args:
            sender: The port.
            receiver: The gateway, which has told the client how it is called …
            others: … and those who were told as well.
            value: What the exchange is known by.
        """
        port = self._ports.get(sender)
        if port is not None and len(port.named) < MOST_FLOWS:
            port.named[value] = receiver, others

    def join(self, sender: str, receiver: str) -> None:
        """Learn from an exchange that a port and a receiver are of one service."""
        port = self._ports.get(sender)
        if port is not None and len(self._joined) < _MOST_JOINED:
            port.joined[receiver] = port.joined.get(receiver, 0) + 1
            self._joined[sender] = None

    def ask(self, sender: str, handlers: Iterable[str]) -> None:
        """Learn who handles what a port has sent."""
        port = self._ports.get(sender)
        if port is None:
            return
        for each in handlers:
            if each not in port.handlers:
                port.handlers.add(each)
                askers = self._askers.setdefault(each, [])
                if len(askers) < _MOST_ASKERS:
                    askers.append(sender)

    def unlike(self, sender: str) -> None:
        """Learn of an exchange that has the data of nothing that was handled."""
        port = self._ports.get(sender)
        if port is not None:
            port.unlike += 1

    def lie(
        self,
        sender: str,
        host: str,
        time_ns: int,
        *,
        within: Iterable[str],
        outside: bool,
    ) -> None:
        """Learn when an exchange of a port began.

        Args:
            sender: The port …
            host: … and its address.
            time_ns: When the exchange began.
            within: Who handled a call there then.
            outside: Whether nobody there handled anything.
        """
        port = self._ports.get(sender)
        if port is None:
            return
        port.outside += outside
        port.inside += 1
        at = set(self._at.get(host, ())) - port.handlers
        seen = {each for each in at if self._busy[each].until_ns >= time_ns}
        seen.update(within)
        late_ns = time_ns - LATE_NS
        near = seen | {each for each in at if self._busy[each].until_ns >= late_ns}
        may = near | {each for each in at if self._busy[each].may_send(time_ns)}
        port.within = both(port.within, seen)
        port.near = both(port.near, near)
        port.possible = both(port.possible, may)

    def is_of(self, sender: str, receiver: str) -> bool:
        """Whether a port is known to belong to the service on a listening port."""
        if sender == receiver or receiver in self.owners(sender):
            return True
        port = self._ports.get(sender)
        return port is not None and receiver in self._held(port)

    def owners(self, sender: str) -> frozenset[str]:
        """Return the listening ports of the service that a port is known to be of."""
        known = self._answers.get(sender)
        if known is None:
            known = self._owners(sender)
            if self._patience:
                self._answers[sender] = known
        return known

    def _owners(self, sender: str) -> frozenset[str]:
        port = self._ports.get(sender)
        own = {sender} if self.is_owner(sender) or self._members(sender) else set[str]()
        if port is not None:
            own.update(self._proved(sender, port), self._held(port, SURE))
        return frozenset(own.union(*map(self._members, own)))

    def are_apart(self, sender: str, receiver: str) -> bool:
        """Whether the service of a port is known to be another than a receiver's.

        That is so if one has asked the other.
        """
        owners = self.owners(sender)
        for each in (receiver, *owners):
            others = owners if each == receiver else (receiver,)
            for asker in self._askers.get(each, ()):
                if not self.owners(asker).isdisjoint(others):
                    return True
        return False

    def _members(self, receiver: str) -> frozenset[str]:
        """Return the other listening ports of the service on one."""
        found = set[str]()
        for sender in self._joined:
            port = self._ports[sender]
            joined = {each for each, count in port.joined.items() if count >= HELD}
            group = joined.union(self._proved(sender, port)) if joined else joined
            if receiver in group:
                found |= group
        return frozenset(found)

    def is_owner(self, receiver: str) -> bool:
        """Whether another port is known to belong to the service on this."""
        return self._owned.get(receiver, 0) >= SURE

    def is_known(self, sender: str) -> bool:
        """Whether it is known of a port to what service it belongs."""
        port = self._ports.get(sender)
        return port is not None and bool(self._held(port) or self._proved(sender, port))

    def is_strange(self, sender: str) -> bool:
        """Whether a port is known to be of some service, or of nobody who is asked."""
        port = self._ports.get(sender)
        if port is None:
            return True
        return bool(port.outside or port.unlike) or self.is_known(sender)

    def contradicts(self, sender: str) -> bool:
        """Whether a port has sent something for nobody's sake."""
        port = self._ports.get(sender)
        return port is not None and bool(port.outside)

    def only(self, sender: str) -> str:
        """Return the receiver during whose calls alone a port sends; empty for none."""
        port = self._ports.get(sender)
        if port is None or port.outside:
            return ""
        proved = self._proved(sender, port)
        if len(proved) != 1 or not proved <= (port.within or set()):
            return ""
        (receiver,) = proved
        return receiver

    def just_ended(self, host: str, time_ns: int) -> frozenset[str]:
        """Return the receivers at an address that have answered just before a time."""
        return frozenset(
            each
            for each in self._at.get(host, ())
            if self._busy[each].has_just_ended(time_ns)
        )

    def _proved(self, sender: str, port: Port) -> frozenset[str]:
        """Return the receivers that what a port has sent proves to be its service."""
        found = self._flowing(port)
        for other, values in port.shared.items():
            if self._weight(values) >= PROVED and other in self._ports:
                found |= self._flowing(self._ports[other])
        found = {each for each in found if may_be_of(port, each)}
        within = self._within(sender)
        return frozenset({*found, within} if within else found)

    def _flowing(self, port: Port) -> set[str]:
        """Return the receivers that what flows through a port proves to be its own."""
        weights = {each: self._weight(port.flows[each]) for each in port.flows}
        joined = {each for each, count in port.joined.items() if count >= HELD}
        for receiver, others in port.named.values():
            if others <= joined | port.handlers:
                weights[receiver] = weights.get(receiver, 0) + NAMED
        found = {
            receiver
            for receiver, weight in weights.items()
            if may_be_of(port, receiver)
            and not self._weight(port.told.get(receiver, {}))
            and weight >= PROVED
        }
        return found if len(found) == 1 else set()  # of two, one has it by chance

    def _weight(self, values: dict[str, int]) -> int:
        """Return how much the values of a flow show; common ones show nothing."""
        rare = self._origins.has_rare
        return sum(weight for value, weight in values.items() if rare((value,)))

    def _within(self, sender: str) -> str:
        port = self._ports.get(sender)
        if port is None or port.outside or port.inside < HELD:
            return ""
        if port.near is None or len(port.near) != 1:
            return ""
        (receiver,) = port.near
        chance = self._share(receiver) ** (port.inside - 1)  # the first has named it
        return receiver if chance < LEAST_CHANCE else ""

    def _share(self, receiver: str) -> float:
        """Return in what share of the time a receiver has handled something."""
        busy, span_ns = self._busy.get(receiver), self._now_ns - self._first_ns
        if busy is None or span_ns <= 0:
            return 1.0
        return min(1.0, busy.busy_ns / span_ns)

    @staticmethod
    def _held(port: Port, least: int = HELD) -> Collection[str]:
        """Return the receiver for whose calls alone a port has sent, or none."""
        if port.outside or len(port.held) != 1:
            return ()
        ((receiver, count),) = port.held.items()
        if receiver not in (port.possible or (receiver,)):
            return ()
        return (receiver,) if count >= least and port.unlike * 2 <= count else ()


@lru_cache(4_096)
def is_crowded(host: str) -> bool:
    """Whether many programs have an address, since it is that of the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
