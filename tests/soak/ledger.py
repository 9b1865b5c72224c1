"""What was asked in a soak, what the servers noted of it, and what became of it.

Every call has a number of its own, which its request and its reply carry. Settling
compares three records of the same calls: how they ended for their callers, when their
handlers began, and when these finished.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Ending = Literal["answered", "timeout", "lost", "unreachable"]
"""A reply, RequestTimeoutError, ConnectionLostError and ConnectError."""

_TEXT = 40  # units at least, so that the texts of two calls differ


@dataclass(frozen=True)
class Way:
    """How calls reach their servers.

    Attributes:
        servers: The names of those that may answer.
        sound: Whether the connection is only cut if a server ends.
        noted: Whether the servers note what they handle.
    """

    servers: frozenset[str]
    sound: bool = True
    noted: bool = True


@dataclass(eq=False)
class Call:
    """One call, and how it ended.

    Attributes:
        number: What nothing else in the soak has.
        text: What the reply brings back.
        way: How it reaches a server.
        hurried: Whether the caller gives up early.
        answerable: Whether a reply is expected; events have none.
        ending: How it ended for the caller; None as long as it has not.
    """

    number: int
    text: str
    way: Way
    hurried: bool = False
    answerable: bool = True
    ending: Ending | None = None

    @property
    def order(self) -> dict[str, object]:
        """The payload."""
        return {"number": self.number, "text": self.text}


@dataclass
class Run:
    """What a server has noted between a start and an end.

    Attributes:
        server: The name of the server.
        killed: Whether it was ended without grace.
        began: How often the handler of each call was entered.
        finished: How often it was left.
    """

    server: str
    killed: bool = False
    began: Counter[int] = field(default_factory=Counter)
    finished: Counter[int] = field(default_factory=Counter)


class Ledger:
    """The calls of a soak.

    Attributes:
        ended: Calls that have ended for their callers so far.
        endings: How many ended in each way.
        problems: What must not have happened, in words.
    """

    def __init__(self) -> None:
        self.ended = 0
        self.endings: Counter[str] = Counter()
        self.problems: list[str] = []
        self._numbers = itertools.count(1)
        self._calls: dict[int, Call] = {}
        self._given_up: set[int] = set()  # settled calls that a server may note late

    def begin(
        self,
        way: Way,
        size: int = 0,
        *,
        hurried: bool = False,
        answerable: bool = True,
    ) -> Call:
        """Return a new call, of which nothing is sent yet."""
        number = next(self._numbers)
        text = f"{number}·" * (max(size, _TEXT) // (len(str(number)) + 1))
        call = Call(number, text, way, hurried=hurried, answerable=answerable)
        self._calls[number] = call
        return call

    def reply(self, call: Call, value: object) -> None:
        """Note a reply, which must be that of the call."""
        expected = call.order | ({"found": None} if call.way.noted else {})
        if value != expected:
            self._problem(f"call {call.number} got what is not its own: {value!r:.300}")
        self.end(call, "answered")

    def end(self, call: Call, ending: Ending) -> None:
        """Note how a call ended for its caller, which happens once."""
        if call.ending is not None:
            self._problem(f"call {call.number} ended again: {call.ending}, {ending}")
        call.ending = ending
        self.ended += 1
        self.endings[ending] += 1

    def undocumented(self, call: Call, error: object) -> None:
        """Note an error that no page names."""
        self._problem(f"call {call.number} failed in a way of its own: {error!r:.300}")
        self.end(call, "lost")

    def settle(self, runs: list[Run], harmed: frozenset[str]) -> None:
        """Compare what callers have seen with what servers have noted.

        Args:
            runs: What was noted since the last time.
            harmed: The servers that were ended in that time.
        """
        began = sum((run.began for run in runs), Counter[int]())
        finished = sum((run.finished for run in runs), Counter[int]())
        promised = {n for run in runs if not run.killed for n in run.finished}
        for call in self._calls.values():
            self._check_ending(call, harmed)
            if call.way.noted:
                self._check_notes(call, began, finished)
                self._check_promise(call, promised)
                self._check_event(call, promised, harmed)
        self._check_strangers(began)
        self._given_up |= {
            call.number for call in self._calls.values() if call.ending != "answered"
        }
        self._calls.clear()

    def _check_ending(self, call: Call, harmed: frozenset[str]) -> None:
        """Check that a call ended, and in a way for which there was a cause."""
        allowed = {"answered"}
        if call.hurried:
            allowed.add("timeout")
        if not call.way.sound or call.way.servers & harmed:
            allowed |= {"lost", "unreachable"}
        if call.ending not in allowed:
            self._problem(f"call {call.number} ended without a cause: {call.ending}")

    def _check_notes(
        self, call: Call, began: Counter[int], finished: Counter[int]
    ) -> None:
        """Check that a call ran at most once, and as its end says."""
        number, times = call.number, began[call.number]
        if times > 1 or finished[number] > times:
            self._problem(f"call {number} ran {times} times")
        if call.ending == "answered" and call.answerable and not finished[number]:
            self._problem(f"call {number} was answered, and never finished")
        if call.ending == "unreachable" and times:
            self._problem(f"call {number} was not sent, says its error, and ran")

    def _check_promise(self, call: Call, promised: set[int]) -> None:
        """Check that whoever finished within the grace was heard by who waited."""
        waited = call.way.sound and call.ending not in {"answered", "timeout"}
        if waited and call.number in promised:
            self._problem(f"call {call.number} finished, and its reply was lost")

    def _check_event(
        self, call: Call, promised: set[int], harmed: frozenset[str]
    ) -> None:
        """Check that an event ran if nothing stood in its way."""
        if call.answerable or not call.way.sound or call.way.servers & harmed:
            return
        if call.number not in promised:
            self._problem(f"event {call.number} was lost")

    def _check_strangers(self, began: Counter[int]) -> None:
        """Check that nothing ran but what was asked now, or given up before."""
        for number in began.keys() - self._calls.keys() - self._given_up:
            self._problem(f"call {number} ran, and was settled before")

    def _problem(self, text: str) -> None:
        self.problems.append(text)
