"""Requests that wait for their responses, which come in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from .requests import Head

MOST = 1_024
"""Requests of a connection that may wait; clients allow five or so."""


class Asked(msgspec.Struct, gc=False):
    """A request that waits for its response.

    Attributes:
        head: What it says of itself.
        time_ns: When it came, in nanoseconds since 1970.
        data: All its bytes, if they are needed to read the response.
        about: What its response is about.
        name: The group that it is for, or the mechanism that it names.
    """

    head: Head
    time_ns: int
    data: bytes = b""
    about: tuple[Any, ...] = ()
    name: str = ""


class Pending:
    """The requests of a connection that are not answered.

    Attributes:
        raw: How many tokens of SASL are to come without a head, from each side.
    """

    __slots__ = ("_asked", "raw")

    def __init__(self) -> None:
        self._asked: dict[int, Asked] = {}
        self.raw = [0, 0]

    def add(self, asked: Asked) -> None:
        """Learn of a request; of too many the oldest is forgotten."""
        self._asked.pop(asked.head.number, None)
        if len(self._asked) >= MOST:
            del self._asked[next(iter(self._asked))]
        self._asked[asked.head.number] = asked

    def knows(self, number: int) -> bool:
        """Whether a request of a number waits."""
        return number in self._asked

    def waiting(self, number: int) -> Asked | None:
        """Return the request of a number, which waits still; None for none."""
        return self._asked.get(number)

    def take(self, number: int) -> Asked | None:
        """Return the request of a number, and forget those before it."""
        if number not in self._asked:
            return None
        while True:
            first = next(iter(self._asked))
            asked = self._asked.pop(first)
            if first == number:
                return asked
