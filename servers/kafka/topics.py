r"""Which topics there can be, and which routes of a service they belong to.

A topic has no ``/``, so a route between two of them is a regular expression, as it is
written in JavaScript: ``/orders\.(new|paid)/``. Nest takes an object for that.

Source: ``packages/microservices/server/server-kafka.ts``, ``getHandlerByPattern``;
Apache Kafka, ``org.apache.kafka.common.internals.Topic``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 249  # characters: a folder of that name, and more, is made of it
_LEGAL = re.compile(r"[a-zA-Z0-9._-]+")
_EXPRESSION = re.compile(r"/(.+)/(i?)", re.DOTALL)
_REPLIES = ".reply"
_MOST = 4_096  # topics whose route is remembered


class Expression(NamedTuple):
    """A route that is a regular expression.

    Attributes:
        route: The route.
        pattern: What is searched for in the name of a topic.
    """

    route: str
    pattern: re.Pattern[str]

    @property
    def grouped(self) -> str:
        """It, with its flag, which is not that of others beside it."""
        flag = "i" if self.pattern.flags & re.IGNORECASE else ""
        return f"(?{flag}:{self.pattern.pattern})"


def is_legal(name: str) -> bool:
    """Whether there can be a topic of a name."""
    return (
        _LEGAL.fullmatch(name) is not None
        and len(name) <= _LONGEST
        and name not in (".", "..")
    )


def reply_topic(topic: str) -> str:
    """Return where the replies to a request go.

    Source: ``packages/microservices/client/client-kafka.ts``,
    ``getResponsePatternName``.
    """
    return f"{topic}{_REPLIES}"


class Topics:
    """What a service subscribes to.

    Args:
        routes: Of its handlers.

    Attributes:
        names: Topics with a handler of their own.
        expressions: Routes that are regular expressions, in their order.
        unreachable: Routes that no topic can have.
    """

    def __init__(self, routes: Iterable[str]) -> None:
        self.names: list[str] = []
        self.expressions: list[Expression] = []
        self.unreachable: list[str] = []
        for route in dict.fromkeys(routes):
            self._add(route)
        self._named = frozenset(self.names)
        self._found: dict[str, str | None] = {}

    def _add(self, route: str) -> None:
        pattern = _compiled(route)
        if is_legal(route):
            self.names.append(route)
        elif pattern is not None:
            self.expressions.append(Expression(route, pattern))
        else:
            self.unreachable.append(route)

    @property
    def pattern(self) -> str | None:
        """What matches all topics from their beginning; None where names suffice."""
        if not self.expressions:
            return None
        names = (f"{re.escape(name)}$" for name in self.names)
        found = (f".*?{each.grouped}" for each in self.expressions)
        return "|".join((*names, *found))

    def find(self, topic: str) -> str | None:
        """Return the route that a topic belongs to; a name goes before expressions."""
        if topic in self._named:
            return topic
        if topic not in self._found and len(self._found) < _MOST:
            self._found[topic] = self._search(topic)
        return self._found[topic] if topic in self._found else self._search(topic)

    def overhears(self, topic: str) -> bool:
        """Whether a topic is of replies, which an expression happens to match."""
        return topic.endswith(_REPLIES) and topic not in self._named

    def _search(self, topic: str) -> str | None:
        fitting = (
            each.route for each in self.expressions if each.pattern.search(topic)
        )
        return next(fitting, None)


def _compiled(route: str) -> re.Pattern[str] | None:
    """Return the regular expression that a route is; None if it is not one."""
    found = _EXPRESSION.fullmatch(route)
    if found is None:
        return None
    expression, insensitive = found.groups()
    try:
        return re.compile(expression, re.IGNORECASE if insensitive else 0)
    except re.error:
        return None
