"""How the patterns of each service are used, to find what is out of habit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.costs import has_sessions, has_streams
from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.serving import service_of
from protocol import UNDEFINED, Json, dumps

from .conclusions import Valueless
from .evidence import answer_place, place_of, request_place
from .likeness import Likeness
from .subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .finding import Place

MAX_ROUTES = 4096
"""Patterns of one service whose habits are remembered."""
MAX_SERVICES = 1024
"""Services whose patterns are remembered."""
_LEARNT = 4096  # patterns of connections that are known at a glance
_SHOWN = 40  # characters of a pattern that a finding shows
_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT


class Habit:
    """What is known of one pattern of a service.

    Attributes:
        valued: Whether it has answered with a value.
        valueless: The first reply without one, while none has come …
        bare: … and how many of its calls had no value until then.
        spellings: Kind → how the pattern was first written, as text or as JSON.
        respelled: Whether it was written otherwise too.
        emitted: The first event.
        answered: The first request that was answered.
    """

    __slots__ = (
        "answered",
        "bare",
        "emitted",
        "respelled",
        "spellings",
        "valued",
        "valueless",
    )

    def __init__(self) -> None:
        self.valued = False
        self.valueless: Place | None = None
        self.bare = 0
        self.spellings: dict[Kind, str | bytes] = {}
        self.respelled = False
        self.emitted: Place | None = None
        self.answered: Place | None = None


class Spelling(msgspec.Struct, gc=False):
    """A pattern that is written otherwise than before, for the first time.

    Attributes:
        call: The exchange that writes it so.
        text: How it is written there, as JSON.
    """

    call: Exchange
    text: str


class Use(msgspec.Struct, gc=False):
    """How an exchange uses its pattern, and what is known of that by now.

    Attributes:
        call: The exchange.
        habit: What is known of the pattern.
        mixed: Whether it is the first to show that the pattern is both sent and
            emitted.
        valueless: The reply without a value that is now known to lack one.
    """

    call: Exchange
    habit: Habit
    mixed: bool = False
    valueless: Place | None = None


@place_of.register(Spelling)
@place_of.register(Use)
def _(evidence: Spelling | Use) -> Place:
    return request_place(evidence.call)


# decision 32: Habits are learnt as the capture goes by
class Habits:
    """What is known of the patterns of all services.

    Args:
        most_routes: Patterns of one service that are remembered.
        most_services: Services of which any are.

    Attributes:
        subscriptions: What was subscribed to at brokers.
    """

    def __init__(
        self, most_routes: int = MAX_ROUTES, most_services: int = MAX_SERVICES
    ) -> None:
        self._most_routes, self._most_services = most_routes, most_services
        self._services: dict[str, dict[str, Habit]] = {}  # by their address
        self._likeness = Likeness()
        self.subscriptions = Subscriptions()
        # Connection (over a broker who serves it), route and kind → the pattern of
        # which nothing is left to learn.
        self._learnt: dict[tuple[int | str, str | None, Kind], str] = {}

    def usual(self, call: Exchange) -> bool:
        """Whether there is nothing to learn from an exchange with a route."""
        place = call.connection.number if call.passage is None else service_of(call)
        key = place, call.route, call.kind
        if self._learnt.get(key) == call.pattern:  # as it is for nearly every one
            return True
        usual = self.is_usual(service_of(call), call.route, call.kind, call.pattern)
        if usual and type(call.pattern) is str:
            if len(self._learnt) >= _LEARNT:
                self._learnt.clear()
            self._learnt[key] = call.pattern
        return usual

    def is_usual(
        self, service: str, route: str | None, kind: Kind, pattern: Json
    ) -> bool:
        """Whether nothing is left to learn of a pattern of a service; once so, always.

        Args:
            service: The service, by what it is known by.
            route: The route of the pattern.
            kind: Whether it is sent or emitted.
            pattern: The pattern as it was sent.
        """
        routes = self._services.get(service)
        if routes is None:
            return len(self._services) >= self._most_services
        habit = routes.get(route)  # type: ignore[arg-type]
        if habit is None:
            return len(routes) >= self._most_routes
        spelling = pattern if type(pattern) is str else _spelling(pattern)
        known = habit.valued or kind is _EVENT
        return known and habit.spellings.get(kind) == spelling

    def learn(self, call: Exchange) -> Iterator[Spelling | Use]:
        """Yield what an exchange shows of its pattern, and remember it."""
        if has_sessions(call.carrier):  # one handler takes a pattern either way
            return
        habit = self._habit(call)
        if habit is None:
            return
        kinds = len(habit.spellings)
        spelling = _spelling(call.pattern)
        known = habit.spellings.setdefault(call.kind, spelling)
        if known != spelling and not habit.respelled:
            habit.respelled = True
            yield Spelling(call, shown_beside(_text(spelling), _text(known)))
        use = Use(call, habit)
        if call.outcome is Outcome.COMPLETED:
            use.valueless = _valueless(habit, call)
        if call.kind is _EVENT:
            habit.emitted = habit.emitted or request_place(call)
        elif call.outcome is Outcome.COMPLETED:
            habit.answered = habit.answered or request_place(call)
        both = {_EVENT, _MESSAGE} <= habit.spellings.keys()
        use.mixed = both and len(habit.spellings) > kinds
        yield use

    def answers(self, service: str, route: str | None) -> bool:
        """Whether a service has answered a pattern by now."""
        habit = self._services.get(service, {}).get(route or "")
        return habit is not None and habit.answered is not None

    def knows(self, service: str) -> bool:
        """Whether a call of Nest has reached a service."""
        return service in self._services

    def conclusions(self) -> Iterator[Valueless]:
        """Yield the patterns whose calls were all answered without a value."""
        for service, routes in self._services.items():
            for habit in routes.values():
                if habit.valueless is not None and habit.emitted is None:
                    yield Valueless(
                        place=habit.valueless, server=service, calls=habit.bare
                    )

    def elsewhere(self, service: str, route: str | None) -> str:
        """Return another service that knows a pattern by now, or nothing."""
        for other, routes in self._services.items():
            if other != service and route in routes:
                return other
        return ""

    def closest(self, service: str, route: str | None) -> str:
        """Return the pattern of a service that is most like another, or nothing.

        That other may itself be known: whoever emits it does not learn of a handler.
        """
        known = [each for each in self._services.get(service, {}) if each != route]
        return self._likeness.closest(service, route or "", known)

    def _habit(self, call: Exchange) -> Habit | None:
        """Return what is known of the pattern of an exchange; None if nothing is.

        Whoever sends a pattern that nobody handles says nothing of how it is used.
        """
        if call.route is None or call.outcome is Outcome.NO_HANDLER:
            return None
        service = service_of(call)
        routes = self._services.get(service)
        if routes is None:
            if len(self._services) >= self._most_services:
                return None
            routes = self._services[service] = {}
        habit = routes.get(call.route)
        if habit is None and len(routes) < self._most_routes:
            habit = routes[call.route] = Habit()
        return habit


def _spelling(pattern: Json) -> str | bytes:
    if type(pattern) is str:
        return pattern
    return b"" if pattern is UNDEFINED else dumps(pattern)


def shown(text: str) -> str:
    """Return a pattern as far as a finding shows it."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def shown_beside(text: str, other: str) -> str:
    """Return a spelling as far as a finding shows it: where it differs from another."""
    pairs = enumerate(zip(text, other, strict=False))
    same = next((place for place, (one, two) in pairs if one != two), len(other))
    begin = max(min(same - _SHOWN // 4, len(text) - _SHOWN), 0)
    return "…" * (begin > 0) + shown(text[begin:])


def _text(spelling: str | bytes) -> str:
    """Return how a pattern is written, as JSON."""
    text = spelling if isinstance(spelling, bytes) else dumps(spelling)
    return text.decode("utf-8", "replace")


def _valueless(habit: Habit, call: Exchange) -> Place | None:
    """Return a reply without a value where the handler gives one otherwise."""
    if call.replies[0].response is not UNDEFINED:
        habit.valued = True
        missed, habit.valueless = habit.valueless, None
        return missed
    if len(call.replies) > 1 or has_streams(call.carrier):  # a stream may be empty
        return None
    if habit.valued:
        return answer_place(call)
    habit.valueless = habit.valueless or answer_place(call)
    habit.bare += 1
    return None
