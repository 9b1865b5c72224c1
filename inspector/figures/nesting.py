"""What a call waited for: the calls that its service made meanwhile.

::

    gateway ──── #1 ────► service ──── #2 ────► database's service
            ◄─── 797 ms ──        ◄─── 730 ms ─

No packet says that #2 was made for #1. It is taken to be so where the host that #1
asks made it inside the time of #1, and all values of its data are in the data of #1;
not where it might as well be for another call, of which the same holds.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.calls.participants import participants
from protocol import UNDEFINED, Json, dumps, loads
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.calls.leaves import leaves
    from inspector.streams.connections import Connection

    from .slowest import Slowest
else:  # decision 158
    leaves = on_demand("inspector.calls.leaves:leaves")

_REMEMBERED = 256  # calls that ended before the one that is looked at …
_MOST = 256  # … and those that are kept around it
_LARGEST = 4096  # bytes of a request whose data is kept
_TELLING_TEXT = 3  # characters of a text that is no chance in two payloads …
_TELLING_NUMBER = 100  # … and the least of such a number, whatever its keys


class Call(NamedTuple):
    """What is kept of a call.

    Attributes:
        number: Its number.
        route: Its route.
        asked_ns: When its request was complete …
        answered_ns: … and its first reply.
        client: The host that asked.
        server: The server that was asked, and …
        host: … its host.
        data: What was asked; None where that is too large to keep.
    """

    number: int
    route: str
    asked_ns: int
    answered_ns: int
    client: str
    server: str
    host: str
    data: bytes | None

    def within(self, other: Call) -> bool:
        """Whether it went on inside the time of another call."""
        return other.asked_ns <= self.asked_ns and self.answered_ns <= other.answered_ns

    def made_by(self, other: Call) -> bool:
        """Whether the host that another call asks made it, inside its time."""
        elsewhere = self.server != other.server
        return self.client == other.host and elsewhere and self.within(other)

    def made_for(self, other: Call) -> bool:
        """Whether it has the data of another call as well, or a part of it."""
        return self.made_by(other) and _is_part(self.data, other.data)


class Nested(NamedTuple):
    """What took the time of a call.

    Attributes:
        inner: The call made for it that took longest; None for no call.
        others: How many others were made for it.
        waited_ns: How long at least one of them was under way.
        alone: Whether its host made no other call meanwhile, so that the rest of the
            time is its own.
        outer: The number of the call for which it was made; None for no such call.
    """

    inner: Call | None
    others: int
    waited_ns: int
    alone: bool
    outer: int | None


# decision 93
class Nesting:
    """Remember what went on around the calls that took longest.

    Attributes:
        middle: Hosts that are asked, and ask other servers; without any, no call can be
            made for another.
    """

    def __init__(self) -> None:
        self.middle: set[str] = set()
        self._clients: dict[str, set[str]] = {}  # host → the servers that it asks
        self._servers: dict[str, set[str]] = {}  # host → the servers on it
        self._ended: deque[Call] = deque(maxlen=_REMEMBERED)
        self._around: dict[int, tuple[Call, list[Call]]] = {}

    def meet(self, connection: Connection) -> None:
        """Learn of a new connection who speaks; over a broker, nobody asks a host."""
        client, server = participants(connection)
        if server.role != "server" or client.key in self._clients.get(server.key, ()):
            return
        host = server.endpoint.host
        self._clients.setdefault(client.key, set()).add(server.key)
        self._servers.setdefault(host, set()).add(server.key)
        for each in (client.key, host):
            asked, own = self._clients.get(each, set()), self._servers.get(each, set())
            if own and (asked - own or len(own) > 1):
                self.middle.add(each)

    def add(self, exchange: Exchange, slowest: Slowest) -> None:
        """Take in a call that was answered; it may be one of the slowest already."""
        call = _call(exchange)
        if call is None or self.middle.isdisjoint((call.client, call.host)):
            return
        for slow in slowest:
            known = self._around.get(slow.number)
            if known is not None:
                if call.asked_ns < known[0].answered_ns and len(known[1]) < _MOST:
                    known[1].append(call)
            elif slow.number == call.number:
                self._surround(call, slowest)
        self._ended.append(call)

    def _surround(self, call: Call, slowest: Slowest) -> None:
        """Keep what went on around one of the slowest, and of no others."""
        kept = {slow.number for slow in slowest}
        self._around = {n: a for n, a in self._around.items() if n in kept}
        before = [each for each in self._ended if each.answered_ns > call.asked_ns]
        self._around[call.number] = call, before

    def of(self, number: int) -> Nested | None:
        """Return what took the time of one of the slowest; None if it is not known."""
        known = self._around.get(number)
        return None if known is None else _judge(*known)

    def merge(self, other: Nesting, shift: int) -> None:
        """Take in a later part of the capture, its numbers raised by ``shift``."""
        self.middle |= other.middle
        for number, (call, around) in other._around.items():
            self._around[number + shift] = (
                call._replace(number=call.number + shift),
                [each._replace(number=each.number + shift) for each in around],
            )


def _call(exchange: Exchange) -> Call | None:
    client, server = participants(exchange.connection)
    if server.role != "server" or exchange.first_reply_ns is None:
        return None
    data: bytes | None = None
    if exchange.request_bytes <= _LARGEST:
        data = b"" if exchange.data is UNDEFINED else bytes(exchange.data)
    return Call(
        exchange.number,
        exchange.route or "",
        exchange.asked_ns,
        exchange.first_reply_ns,
        client.key,
        server.key,
        server.endpoint.host,
        data,
    )


def _judge(call: Call, around: list[Call]) -> Nested:
    made = [each for each in around if each.made_for(call)]
    inner = [
        each
        for each in made
        if not any(each.made_for(other) for other in made)
        and not any(_may_be_for(each, other, call) for other in around)
    ]
    known = {each.number for each in made if any(map(each.within, inner))}
    outer = [each for each in around if call.made_for(each)]
    return Nested(
        max(inner, key=_time_of, default=None),
        max(0, len(inner) - 1),
        _covered_ns(inner),
        not any(
            each.client == call.host and each.server != call.server
            for each in around
            if each.number not in known and each.asked_ns < call.answered_ns
        ),
        _innermost(outer),
    )


def _may_be_for(each: Call, other: Call, call: Call) -> bool:
    """Whether a call may be made for another than the one that is looked at."""
    if other is each or other.within(call) or call.within(other):
        return False
    return each.made_by(other) and (
        other.data is None or each.data is None or _is_part(each.data, other.data)
    )


def _innermost(outer: list[Call]) -> int | None:
    """Return the number of the innermost of some calls; None if two only overlap."""
    ordered = sorted(outer, key=_time_of)
    for inside, outside in pairwise(ordered):
        if not inside.within(outside):
            return None
    return ordered[0].number if ordered else None


def _time_of(call: Call) -> int:
    return call.answered_ns - call.asked_ns


def _covered_ns(calls: Iterable[Call]) -> int:
    """Return how long at least one of some calls was under way."""
    total, until = 0, 0
    for call in sorted(calls, key=lambda each: each.asked_ns):
        total += max(0, call.answered_ns - max(call.asked_ns, until))
        until = max(until, call.answered_ns)
    return total


def _is_part(inner: bytes | None, outer: bytes | None) -> bool:
    """Whether all values of some data are in other data, and that is no chance."""
    if not inner or not outer:
        return False
    own, others = _values_of(inner), _values_of(outer)
    return own.texts <= others.texts and any(
        _is_telling(text, known=(key, text) in others.keyed) for key, text in own.keyed
    )


class _Values(NamedTuple):
    """The values in some data that hold no others, as JSON, also each with its key."""

    texts: frozenset[str]
    keyed: frozenset[tuple[str, str]]


@lru_cache(2 * _MOST)  # each is compared with all that went on around it
def _values_of(data: bytes) -> _Values:
    keyed = frozenset(_values(loads(data)))
    return _Values(frozenset(text for _, text in keyed), keyed)


def _values(value: Json) -> Iterator[tuple[str, str]]:
    """Yield the values that hold no others, as JSON, each with its key."""
    return ((key, dumps(leaf).decode()) for key, leaf in leaves(value))


def _is_telling(text: str, *, known: bool) -> bool:
    """Whether a value, as JSON, is hardly in two payloads by chance.

    Args:
        text: The value.
        known: Whether it has the same key in both.
    """
    if text.startswith('"'):
        return len(text) - 2 >= _TELLING_TEXT
    if text in {"null", "true", "false"}:
        return False
    return known or abs(float(text)) >= _TELLING_NUMBER
