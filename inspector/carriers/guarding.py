"""A third-party carrier, whose errors do not stop an inspection.

=====================  ==============================================================
what fails             what follows
=====================  ==============================================================
recognise, find        the bytes are not taken for its own, and a warning says why
a talk                 one Trouble, ``carrier-failure``, and a warning; no more is
                       read of the connection, whose bytes count as not read
… to hide channels     the same, before anything of it is shown
cost, explain, measure nothing is said, but for a warning
=====================  ==============================================================

To fail is to raise, or to return what cannot be: a place outside of what was received,
a payload that is not JSON; for channels see :mod:`.watching`. Ours are not guarded: the
tests hold them to more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from inspector.plugins import FAILURES, Guard, described

from .base import (
    CARRIER_FAILURE,
    CarrierWarning,
    Cost,
    Recognition,
    Skipped,
    Transfer,
    Trouble,
    Unit,
    Verdict,
)
from .checking import check_packet, checked_cost, checked_place, checked_units
from .watching import ShownError, Watch, check_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from protocol import Packet

    from .base import Carrier, Concealment, Express, Side, Taken, Talk

T = TypeVar("T")

_PAYLOADS = ("data", "metadata", "response", "err", "status")


class Guarded:
    """A carrier that answers whatever happens.

    Args:
        carrier: What it guards.
    """

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._guard = Guard(f"carrier {carrier.name}", CarrierWarning)
        self._ask = self._guard.ask
        self.name, self.title = carrier.name, carrier.title
        self.brokered, self.queued = bool(carrier.brokered), bool(carrier.queued)
        self.reach = carrier.reach

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        """Judge a stream by the bytes that one side begins with."""

        def ask() -> Recognition | Verdict:
            judged = self._carrier.recognise(beginning)
            if isinstance(judged, Verdict):
                return judged
            return checked_place(judged, beginning)

        otherwise: Recognition | Verdict = Verdict.OTHER
        return self._ask("recognise", ask, otherwise)

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        """Find the first unit in the middle of a stream."""

        def ask() -> Recognition | None:
            found = self._carrier.find(middle, boundary=boundary)
            return None if found is None else checked_place(found, middle)

        return self._ask("find", ask, None)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        """Return what reads one connection."""
        return GuardedTalk(self._guard, self._carrier, conceal, whole=whole)

    def cost(self, taken: Taken) -> Cost | None:
        """Return what an exchange takes."""

        def ask() -> Cost | None:
            return checked_cost(self._carrier.cost(taken))

        return self._ask("cost", ask, None)

    def explain(self, unit: Unit) -> str:
        """Return a unit in a few words."""
        return self._ask("explain", lambda: str(self._carrier.explain(unit)), "")

    def measure(self, transfer: Transfer) -> str:
        """Return how large a transfer is in a unit of the carrier's own."""
        return self._ask("measure", lambda: str(self._carrier.measure(transfer)), "")


class GuardedTalk:
    """A talk that says once that it fails, and from then on that nothing is read.

    Args:
        guard: Warns of it.
        carrier: Whose talk it is.
        conceal: What hides secrets in what it reads.
        whole: Whether the capture holds the beginning of the connection.
    """

    def __init__(
        self,
        guard: Guard,
        carrier: Carrier,
        conceal: Concealment | None,
        *,
        whole: bool,
    ) -> None:
        self._guard, self._conceal = guard, conceal
        self._watch = watch = None if conceal is None else Watch(conceal)
        self._given = [0, 0]
        self._ended = [0, 0]  # places up to which there were units
        self._talk: Talk | None = None
        self._error: BaseException | None = None  # that was not reported yet
        try:
            self._talk = carrier.talk(watch, whole=whole)
        except FAILURES as error:
            self._error = error

    @property
    def client(self) -> Side | None:
        """The side that asks, once that is known."""
        client = self._ask(lambda talk: talk.client, None)
        return client if isinstance(client, int) and client in {0, 1} else None

    @client.setter
    def client(self, side: Side | None) -> None:
        self._ask(lambda talk: setattr(talk, "client", side), None)

    @property
    def plain(self) -> int:
        """Packets that its express readers have read."""
        return self._ask(lambda talk: int(talk.plain), 0)

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        begin = self._given[side]
        self._given[side] += len(data)
        if self._talk is None and self._error is None:
            return [Skipped(side=side, begin=begin, end=self._given[side])]
        return self._read(side, lambda talk: talk.receive(side, data, time_ns))

    def lose(self, side: Side) -> list[Unit]:
        """Return what is left of a side whose next bytes are missing."""
        return self._read(side, lambda talk: talk.lose(side))

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:
        """Return what there is to say of a side of which no byte will come."""
        return self._read(side, lambda talk: talk.finish(side, time_ns, cause))

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._given[side]

    def buffered(self, side: Side) -> int:
        """Return how many of them it keeps for a unit that is not complete."""
        kept = self._ask(lambda talk: int(talk.buffered(side)), 0)
        return min(max(kept, 0), self._given[side])

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to a unit that is not complete."""
        begun = self._ask(lambda talk: int(talk.begun(side)), 0)
        return min(max(begun, 0), self._given[side])

    def express(self, side: Side) -> Express | None:
        """Return what may read the next bytes of a side, if there is such a way."""
        way = self._ask(lambda talk: talk.express(side), None)
        return None if way is None else _GuardedExpress(self, way, side)

    def read_whole(
        self, way: Express, side: Side, data: bytes
    ) -> Packet | Trouble | None:
        """Return what an express way makes of the next bytes of a side."""
        read = self._ask(lambda _: way.read_whole(data), None)
        if read is None and self._error is None:
            return None
        self._given[side] += len(data)
        self._ended[side] = given = self._given[side]
        if isinstance(read, Trouble):
            trouble, nothing = read, list[Unit]()
            self._ask(lambda _: checked_units([trouble], side, 1, given), nothing)
        elif read is not None:
            packet = read
            self._ask(lambda _: check_packet(packet), None)
            self._ask(lambda _: check_hidden(self._watch, [packet]), None)
        return read if self._error is None else self._trouble(side)

    def _read(self, side: Side, read: Callable[[Talk], Iterable[Unit]]) -> list[Unit]:
        given, nothing = self._given[side], list[Unit]()
        fresh = given - self._ended[side]
        units = self._ask(
            lambda talk: checked_units(read(talk), side, fresh, given), nothing
        )
        self._ask(lambda _: check_hidden(self._watch, units), None)
        self._ended[side] = max([self._ended[side], *(each.end for each in units)])
        return units if self._error is None else [self._trouble(side)]

    def _ask(self, ask: Callable[[Talk], T], otherwise: T) -> T:
        if self._talk is None:
            return otherwise
        try:
            return ask(self._talk)
        except FAILURES as error:
            self._talk, self._error = None, error
            return otherwise

    def _trouble(self, side: Side) -> Trouble:
        """Return what is to be said, once, of its failure."""
        error, self._error = self._error, None
        assert error is not None
        place = self._given[side]
        ours = self._conceal is None or isinstance(error, ShownError)
        reason = described(error, words=ours)
        self._guard.warn("read", f"{reason}; the rest of its connection is not read")
        return Trouble(
            side=side, begin=place, end=place, code=CARRIER_FAILURE, detail=reason
        )


class _GuardedExpress:
    """The express way of a talk."""

    def __init__(self, talk: GuardedTalk, way: Express, side: Side) -> None:
        self._talk, self._way, self._side = talk, way, side

    def read_whole(self, data: bytes) -> Packet | Trouble | None:
        """Return the packet, or what is wrong with it; None for any other bytes."""
        return self._talk.read_whole(self._way, self._side, data)
