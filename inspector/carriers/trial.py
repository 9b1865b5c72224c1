"""A talk that is held to its word at each step, and a search that keeps to its reach.

Whatever a part of a carrier raises becomes an :class:`AssertionError` that says which
part it was, and what it was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .base import Recognition, Remark, Side, Skipped, Span, Transfer, Trouble, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import ParamSpec, TypeVar

    from .base import Carrier, Unit
    from .samples import Loss

    P = ParamSpec("P")
    T = TypeVar("T")

_MICROSECOND = 1_000  # between two pieces, in nanoseconds
_SHOWN = 60  # characters of a value in a message


class Reading:
    """A talk that is held to its word at each step.

    Args:
        carrier: Whose talk it is.
        where: What is read, in words.
        whole: Whether that begins with the connection.

    Attributes:
        talk: The talk.
        units: All that it returned.
    """

    def __init__(self, carrier: Carrier, where: str, *, whole: bool = True) -> None:
        self.talk = call(carrier.talk, None, whole=whole)
        self.units: list[Unit] = []
        self._carrier, self._where = carrier, where
        self._given = [0, 0]
        self._ends = [0, 0]
        self._time_ns = 0

    @property
    def extents(self) -> list[Unit]:
        """The units that have a place of their own."""
        return self.extents_from(0, 0)

    def extents_from(self, first: int, shift: int) -> list[Unit]:
        """Return those from one on, by other places, without what the cuts decide."""
        found = []
        for unit in self.units[first:]:
            if isinstance(unit, Remark | Skipped):
                continue
            moved = msgspec.structs.replace(
                unit,
                begin=unit.begin + shift,
                end=unit.end + shift,
                secret=tuple(
                    Span(begin + shift, end + shift) for begin, end in unit.secret
                ),
            )
            if isinstance(moved, Trouble):
                moved.lost = 0
            found.append(moved)
        return found

    def receive(self, side: Side, data: bytes) -> list[Unit]:
        """Give it the next bytes of a side; an inspection gives some, never none."""
        if not data:
            return []
        self._time_ns += _MICROSECOND
        self._given[side] += len(data)
        return self._take(side, call(self.talk.receive, side, data, self._time_ns))

    def pass_over(self, side: Side, data: bytes) -> None:
        """Learn that its express way has read the next bytes of a side."""
        self._given[side] += len(data)
        self._take(side, [])

    def lose(self, side: Side) -> None:
        """Tell it that the next bytes of a side are missing."""
        self._take(side, call(self.talk.lose, side))
        kept = call(self.talk.buffered, side)
        self._demand(not kept, f"after a loss it keeps {kept} bytes")

    def finish(self) -> list[Unit]:
        """Tell it that no more bytes will come."""
        units = []
        for side in (0, 1):
            done = call(self.talk.finish, side, self._time_ns, "end")
            units += self._take(side, done)
        return units

    def _take(self, side: Side, units: list[Unit]) -> list[Unit]:
        given = self._given[side]
        received = call(self.talk.received, side)
        self._demand(received == given, f"it received {received} bytes of {given}")
        kept, begun = call(self.talk.buffered, side), call(self.talk.begun, side)
        self._demand(
            0 <= begun <= kept <= given,
            f"of {given} bytes it keeps {kept} and has begun a unit with {begun}",
        )
        for unit in units:
            self._place(side, unit)
            call(self._carrier.explain, unit)
            if isinstance(unit, Transfer):  # its pieces say what time it is here
                unit.since_ns = 0
                if unit.after is not None:
                    unit.after = unit.after._replace(full_ns=0)
        self.units += units
        return units

    def _place(self, side: Side, unit: Unit) -> None:
        """Demand that a unit has a valid place, after those before it."""
        given, last = self._given[side], self._ends[side]
        self._demand(unit.side == side, f"bytes of side {side} completed {unit}")
        self._demand(0 <= unit.begin <= unit.end <= given, f"{unit} of {given} bytes")
        self._demand(last <= unit.end, f"{unit} after one that ends at {last}")
        for begin, end in unit.secret:
            inside = unit.begin <= begin <= end <= unit.end
            self._demand(inside, f"a secret at {begin} to {end} is not in {unit}")
        self._ends[side] = unit.end

    def _demand(self, held: bool, words: str) -> None:  # noqa: FBT001 — a condition
        if not held:
            raise AssertionError(f"{self._where}: {words}")


class Search:
    """The search for a unit after a loss, in as few bytes as an inspection keeps.

    Args:
        carrier: Whose unit it is.
        loss: What is missing.

    Attributes:
        skipped: Bytes of the side that its talk was not given.
    """

    def __init__(self, carrier: Carrier, loss: Loss) -> None:
        self.skipped = loss.end - loss.begin
        self._carrier = carrier
        self._kept = b""
        self._boundary = True
        self._found = False

    def following(self, data: bytes) -> bytes:
        """Return what the talk is to be given: nothing before a unit was found."""
        if self._found:
            return data
        self._kept += data
        found = find(self._carrier, self._kept, boundary=self._boundary)
        if found is not None:
            self._found = True
            self.skipped += found.place
            return self._kept[found.place :]
        passed = max(len(self._kept) - self._carrier.reach, 0)
        self.skipped += passed
        self._kept = self._kept[passed:]
        self._boundary = self._boundary and not passed
        return b""


def recognise(carrier: Carrier, beginning: bytes) -> Recognition | Verdict:
    """Return how a carrier judges a beginning.

    Raises:
        AssertionError: That is not a judgement.
    """
    judged = call(carrier.recognise, beginning)
    if isinstance(judged, Verdict):
        return judged
    return _checked(judged, beginning)


def find(carrier: Carrier, middle: bytes, *, boundary: bool) -> Recognition | None:
    """Return where a carrier finds a unit.

    Raises:
        AssertionError: That is not a place in these bytes.
    """
    found = call(carrier.find, middle, boundary=boundary)
    return None if found is None else _checked(found, middle)


def _checked(found: object, data: bytes) -> Recognition:
    if not isinstance(found, Recognition) or not 0 <= found.place < len(data):
        raise AssertionError(f"{found!r} is not a place in {short(data)}")
    return found


def call(function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Return what a part of a carrier returns.

    Raises:
        AssertionError: It raised.
    """
    try:
        return function(*args, **options)
    except Exception as error:
        name = getattr(function, "__qualname__", repr(function))
        given = ", ".join(map(short, args))
        raise AssertionError(f"{name}({given}) raised {error!r}") from error


def packets(units: Iterable[Unit]) -> list[object]:
    """Return the packets in units, and the codes of what is malformed."""
    return [
        (unit.side, unit.packet if isinstance(unit, Transfer) else unit.code)
        for unit in units
        if isinstance(unit, Transfer | Trouble)
    ]


def short(value: object) -> str:
    """Return a value as a message names it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
