"""A small carrier that keeps all properties: a line that begins with ``!`` is an event.

A carrier that lacks one of them is this one with a part of it overridden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import (
    Cost,
    Recognition,
    Skipped,
    Transfer,
    Trouble,
    Verdict,
)
from protocol import Event

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Taken, Talk, Unit


class LinesTalk:
    """Reads ``!name`` to the end of each line."""

    def __init__(self) -> None:
        self.client: int | None = 0
        self.kept = [b"", b""]
        self.places = [0, 0]

    @property
    def plain(self) -> int:
        return 0

    def receive(self, side: int, data: bytes, time_ns: int) -> list[Unit]:
        *lines, self.kept[side] = (self.kept[side] + data).split(b"\n")
        self.places[side] += len(data)
        begin = self.places[side] - sum(map(len, lines)) - len(lines)
        begin -= len(self.kept[side])
        units = []
        for line in lines:
            end = begin + len(line) + 1
            units.append(self.unit(side, begin, end, line))
            begin = end
        return units

    def unit(self, side: int, begin: int, end: int, line: bytes) -> Unit:
        if not line.startswith(b"!"):
            return Trouble(
                side=side, begin=begin, end=end, code="no-mark", detail="", framed=True
            )
        packet = Event(line[1:].decode("latin-1"))
        return Transfer(side=side, begin=begin, end=end, packet=packet, body=b"")

    def lose(self, side: int) -> list[Unit]:
        begin, end = self.places[side] - len(self.kept[side]), self.places[side]
        self.kept[side] = b""
        return [Skipped(side=side, begin=begin, end=end)] if begin < end else []

    def received(self, side: int) -> int:
        return self.places[side]

    def buffered(self, side: int) -> int:
        return len(self.kept[side])

    def begun(self, side: int) -> int:
        return len(self.kept[side])

    def finish(self, side: int, time_ns: int, cause: str) -> list[Unit]:
        return []

    def express(self, side: int) -> Express | None:
        return None


class Lines:
    """Lines that begin with ``!``."""

    name = "lines"
    title = "Lines"
    brokered = False
    queued = False
    reach = 1

    def recognise(self, beginning: bytes) -> Recognition | Verdict:
        if not beginning:
            return Verdict.UNDECIDED
        return Recognition() if beginning.startswith(b"!") else Verdict.OTHER

    def find(self, middle: bytes, *, boundary: bool) -> Recognition | None:
        if boundary and middle.startswith(b"!"):
            return Recognition()
        place = middle.find(b"\n!")
        return None if place < 0 else Recognition(place + 1)

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        return LinesTalk()

    def cost(self, taken: Taken) -> Cost | None:
        return Cost(1, "line")

    def explain(self, unit: Unit) -> str:
        return "line"

    def measure(self, transfer: Transfer) -> str:
        return "1 line"


lines = Lines()
