"""How the patterns of each service are used, to find what is out of habit."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from protocol import UNDEFINED, Json, dumps

from .finding import about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.streams.endpoints import Endpoint

    from .finding import Finding

MAX_ROUTES = 4096
"""Patterns of one service whose habits are remembered."""
MAX_SERVICES = 1024
"""Services whose patterns are remembered."""
_SHOWN = 40  # characters of a pattern that a finding shows
_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT


class _Habit:
    """What is known of one pattern of a service.

    Attributes:
        valued: Whether it has answered with a value.
        missed: A finding that waits for that: then the value is missing there.
        spellings: Kind → how the pattern is written, as text or as JSON.
        respelled: Whether it was reported that it is written otherwise too.
        emitted: A finding that waits for requests of the same pattern …
        asked: … and one about a request that waits for events, if it was answered.
        mixed: Whether one of them was reported.
    """

    __slots__ = (
        "asked",
        "emitted",
        "missed",
        "mixed",
        "respelled",
        "spellings",
        "valued",
    )

    def __init__(self) -> None:
        self.valued = False
        self.missed: Finding | None = None
        self.spellings: dict[Kind, str | bytes] = {}
        self.respelled = False
        self.emitted: Finding | None = None
        self.asked: Finding | None = None
        self.mixed = False


class Habits:
    """What is known of the patterns of all services."""

    def __init__(self) -> None:
        self._services: dict[Endpoint, dict[str, _Habit]] = {}

    def usual(self, exchange: Exchange) -> bool:
        """Whether there is nothing to learn from an exchange with a route."""
        routes = self._services.get(exchange.connection.server_endpoint)
        if routes is None:
            return len(self._services) >= MAX_SERVICES
        habit = routes.get(exchange.route)  # type: ignore[arg-type]
        if habit is None:
            return len(routes) >= MAX_ROUTES
        pattern, kind = exchange.pattern, exchange.kind
        spelling = pattern if type(pattern) is str else _spelling(pattern)
        known = habit.valued or kind is _EVENT
        return known and habit.spellings.get(kind) == spelling

    def learn(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is out of habit in an exchange, or was in one before it."""
        if exchange.route is None or exchange.outcome is Outcome.NO_HANDLER:
            return
        routes = self._services.setdefault(exchange.connection.server_endpoint, {})
        habit = routes.get(exchange.route)
        if habit is None:
            habit = routes[exchange.route] = _Habit()
        yield from _spelled(habit, exchange)
        if exchange.outcome is Outcome.COMPLETED:
            yield from _valued(habit, exchange)
        yield from _mixed(habit, exchange)

    def suggest(self, exchange: Exchange) -> str:
        """Return what a pattern without a handler may be meant for, or nothing."""
        name, service = exchange.route or "", exchange.connection.server_endpoint
        for other, routes in self._services.items():
            if other != service and name in routes:
                return f":{other.port}, where {_shown(name)} is known"
        close = get_close_matches(name, self._services.get(service, ()), n=1)
        return _shown(close[0]) if close else ""


def _spelling(pattern: Json) -> str | bytes:
    if type(pattern) is str:
        return pattern
    return b"" if pattern is UNDEFINED else dumps(pattern)


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _spelled(habit: _Habit, exchange: Exchange) -> Iterator[Finding]:
    spelling = _spelling(exchange.pattern)
    known = habit.spellings.setdefault(exchange.kind, spelling)
    if known != spelling and not habit.respelled:
        habit.respelled = True
        text = spelling if isinstance(spelling, bytes) else dumps(spelling)
        yield about(
            exchange,
            "many-spellings",
            exchange.request_packets[-1],
            reply=False,
            detail=_shown(text.decode("utf-8", "replace")),
        )


def _valued(habit: _Habit, exchange: Exchange) -> Iterator[Finding]:
    """Find replies without a value from a handler that gives one otherwise."""
    if exchange.replies[0].response is not UNDEFINED:
        missed, habit.missed = habit.missed, None
        habit.valued = True
        if missed is not None:
            yield missed
    elif len(exchange.replies) == 1:
        last = exchange.reply_packets[-1]
        finding = about(exchange, "answer-without-value", last, reply=True)
        if habit.valued:
            yield finding
        else:
            habit.missed = habit.missed or finding


def _mixed(habit: _Habit, exchange: Exchange) -> Iterator[Finding]:
    """Find patterns that are both sent and emitted, once for each."""
    packet = exchange.request_packets[-1]
    if exchange.kind is _EVENT and habit.emitted is None:
        code = "event-to-message-handler"
        habit.emitted = about(exchange, code, packet, reply=False)
    elif exchange.outcome is Outcome.COMPLETED and habit.asked is None:
        code = "request-to-event-handler"
        habit.asked = about(exchange, code, packet, reply=False)
    if habit.mixed or not {_EVENT, _MESSAGE} <= habit.spellings.keys():
        return
    habit.mixed = True
    if habit.asked is None:  # what its handler answers nobody knows
        yield about(exchange, "mixed-pattern", packet, reply=False)
    elif habit.valued and habit.emitted is not None:
        yield habit.emitted
    else:
        yield habit.asked
