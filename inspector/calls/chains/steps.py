"""Which calls of a request wait for one another, and which of them have to.

Calls that are under way at the same time are one *step*, and so are calls of one route
that follow one another. A step has to wait for an earlier one if its data has a value
that came with the answers to that: what the request itself says, and what the earlier
call was asked with, was there before.

::

    user ━━━━━━                   answers {"zone": "eu-7"}
    stock       ━━━━              asks {"item": 7}       could have begun with user
    price            ━━━          asks {"zone": "eu-7"}  had to wait for user, not stock
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TEXTS = 512
"""Values in answers to one request's calls; of more, what comes later has to wait."""
MOST_NAMED = 8
"""Routes that are named."""


class Call(NamedTuple):
    """A call that one request makes.

    Attributes:
        name: Its carrier and its route.
        begin_ns: When it began …
        end_ns: … and when its last reply was complete.
        asks: The values in its data, as text; None where they are too many.
        answers: Those in its replies that it was not asked with; None likewise, and
            where it failed: whoever asks again, or something else, had to know that.
    """

    name: tuple[str, str]
    begin_ns: int
    end_ns: int
    asks: frozenset[str] | None
    answers: frozenset[str] | None


class _Step:
    """Calls that are one step."""

    __slots__ = ("answers", "begin_ns", "end_ns", "free", "name", "ready_ns")

    def __init__(self, call: Call) -> None:
        self.name = call.name
        self.begin_ns = call.begin_ns
        self.end_ns = call.end_ns
        self.ready_ns = 0  # when it could begin, from the beginning of the first step
        self.free = True  # whether it has nothing of the step before it
        self.answers: set[str] | None = set()

    @property
    def over_ns(self) -> int:
        """When it could be over, from the beginning of the first step."""
        return self.ready_ns + self.end_ns - self.begin_ns


class Steps:
    """The calls of one request, as they follow one another.

    Args:
        known: The values that the request itself has, as text.

    Attributes:
        needless: The routes, each with its carrier, of steps that waited for the one
            before and have nothing of it, and of those; of many, the first.
        waits: How many steps did.
    """

    __slots__ = (
        "_answered",
        "_best_ns",
        "_floor_ns",
        "_known",
        "_last",
        "_past_ns",
        "needless",
        "waits",
    )

    def __init__(self, known: frozenset[str]) -> None:
        self.needless: dict[tuple[str, str], None] = {}
        self.waits = 0
        self._known = known
        self._last: _Step | None = None
        self._past_ns = 0  # that the steps before the last took
        self._best_ns = 0  # when these could be over
        self._floor_ns = 0  # before which nothing more could begin
        self._answered: dict[str, int] = {}  # value → when it could be known

    def add(self, call: Call) -> None:
        """Take in a call, which began no earlier than those before it."""
        last = self._last
        joins = last is not None and (
            call.begin_ns < last.end_ns or call.name == last.name
        )
        if last is not None and not joins:
            self._close(last)
        step = last if last is not None and joins else self._begin(last, call)
        self._heed(step, call, None if joins else last)
        step.end_ns = max(step.end_ns, call.end_ns)
        if call.answers is None:
            step.answers = None
        elif step.answers is not None:
            step.answers |= call.answers

    def _begin(self, last: _Step | None, call: Call) -> _Step:
        step = self._last = _Step(call)
        step.free = last is not None
        return step

    def _heed(self, step: _Step, call: Call, before: _Step | None) -> None:
        """Find out what a call of a step had to wait for."""
        asks = call.asks
        if asks is None:
            step.ready_ns, step.free = max(self._best_ns, self._floor_ns), False
            return
        answered = self._answered
        times = [answered[each] for each in asks - self._known if each in answered]
        step.ready_ns = max(step.ready_ns, self._floor_ns, *times, 0)
        if before is not None:
            step.free = step.free and _is_apart(asks - self._known, before)
            self._note(step, before)

    def _note(self, step: _Step, before: _Step) -> None:
        """Note that a step waited for the one before it, and has nothing of that."""
        if step.free:
            self.waits += 1
            names = dict.fromkeys((before.name, step.name))
            for name in names:
                if len(self.needless) < MOST_NAMED:
                    self.needless[name] = None

    def _close(self, step: _Step) -> None:
        """Learn what is known when a step is over."""
        over_ns = step.over_ns
        self._past_ns += step.end_ns - step.begin_ns
        self._best_ns = max(self._best_ns, over_ns)
        for each in (step.answers or set()) - self._known:
            if len(self._answered) > MOST_TEXTS:
                break
            self._answered[each] = max(self._answered.get(each, 0), over_ns)
        if step.answers is None or len(self._answered) > MOST_TEXTS:
            self._floor_ns = self._best_ns

    @property
    def waited_ns(self) -> int:
        """How long the request waited for its calls."""
        last = self._last
        return self._past_ns + (last.end_ns - last.begin_ns if last else 0)

    @property
    def saved_ns(self) -> int:
        """How much less that would be if each began as soon as its data was there."""
        last = self._last
        over_ns = max(self._best_ns, last.over_ns if last else 0)
        return self.waited_ns - over_ns


def _is_apart(asks: Iterable[str], before: _Step) -> bool:
    """Whether nothing that is asked came with the answers of a step."""
    return before.answers is not None and before.answers.isdisjoint(asks)
