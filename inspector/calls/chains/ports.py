"""What the exchanges of a port show, and when those who listen were at work."""

from __future__ import annotations

from collections import deque

from .notes import EVENT_NS, LATE_NS

_MOST_ENDS = 32  # of calls that are remembered
MOST_FLOWS = 32
"""Values of a port, and of a kind, that are remembered."""


class Port:
    """What the exchanges of an outgoing port show.

    Attributes:
        connection: The number of its connection …
        ready_ns: … and when something was sent on it first.
        held: Receiver → exchanges that were made for what it handled.
        flows: Receiver → values that it was the first to pass on, or to say next.
        told: Receiver → such values that it had said before it can have heard them.
        shared: Port → values that were heard here, and sent there at once.
        named: Exchange → the receiver whose client it names, and others who may.
        joined: Receiver → exchanges that show it to be of the same service.
        unlike: Exchanges that have the data of nothing that anybody handled.
        inside: Exchanges that began while their receivers handled a call …
        within: … the receivers that did so each time; None before the first …
        near: … those that did, or had just done so …
        possible: … and those that may have been at work each time.
        outside: Exchanges that began while nobody at their address handled anything.
        handlers: Who handled its exchanges, and so is another.
    """

    __slots__ = (
        "connection",
        "flows",
        "handlers",
        "held",
        "inside",
        "joined",
        "named",
        "near",
        "outside",
        "possible",
        "ready_ns",
        "shared",
        "told",
        "unlike",
        "within",
    )

    def __init__(self, connection: int, ready_ns: int) -> None:
        self.connection = connection
        self.ready_ns = ready_ns
        self.held: dict[str, int] = {}
        self.flows: dict[str, dict[str, int]] = {}
        self.told: dict[str, dict[str, int]] = {}
        self.shared: dict[str, dict[str, int]] = {}
        self.named: dict[str, tuple[str, frozenset[str]]] = {}
        self.joined: dict[str, int] = {}
        self.unlike = 0
        self.inside = 0
        self.within: set[str] | None = None
        self.near: set[str] | None = None
        self.possible: set[str] | None = None
        self.outside = 0
        self.handlers: set[str] = set()


class Busy:
    """How long a receiver has handled at least one call."""

    __slots__ = ("busy_ns", "ends", "event_ns", "until_ns")

    def __init__(self) -> None:
        self.busy_ns = 0
        self.until_ns = 0
        self.event_ns = -EVENT_NS
        self.ends: deque[int] = deque(maxlen=_MOST_ENDS)

    def add(self, begin_ns: int, end_ns: int) -> None:
        """Learn of a call, in the order in which they begin."""
        self.ends.append(end_ns)
        if end_ns > self.until_ns:
            self.busy_ns += end_ns - max(begin_ns, self.until_ns)
            self.until_ns = end_ns

    def has_just_ended(self, time_ns: int) -> bool:
        """Whether a call was over just before a time."""
        return any(time_ns - LATE_NS <= each < time_ns for each in self.ends)

    def may_send(self, time_ns: int) -> bool:
        """Whether it may send something at a time, for a call or an event that it had.

        Who has answered may send something for a while all the same.
        """
        latest_ns = max(self.until_ns + LATE_NS, self.event_ns + EVENT_NS)
        return latest_ns >= time_ns


def may_be_of(port: Port, receiver: str) -> bool:
    """Whether a port has sent something while a receiver may have, each time."""
    possible = (receiver,) if port.possible is None else port.possible
    return receiver in possible and receiver not in port.handlers


def both(known: set[str] | None, seen: set[str]) -> set[str]:
    """Return those that were seen each time; None was seen before the first."""
    return seen if known is None else known & seen


def learn(
    flows: dict[str, dict[str, int]], whose: str, value: str, weight: int
) -> None:
    """Remember a value, and the most that it ever showed."""
    if whose not in flows and len(flows) >= MOST_FLOWS:
        return
    known = flows.setdefault(whose, {})
    if value in known or len(known) < MOST_FLOWS:
        known[value] = max(weight, known.get(value, 0))
