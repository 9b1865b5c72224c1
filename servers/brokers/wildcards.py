"""Routes with wildcards: which of them a channel belongs to.

========  =========  ========  =================================================
broker    separator  one word  any number of words
========  =========  ========  =================================================
RabbitMQ  ``.``      ``*``     ``#``, anywhere
MQTT      ``/``      ``+``     ``#``, at the end
========  =========  ========  =================================================

Source: https://www.rabbitmq.com/tutorials/tutorial-five-python ("Topic exchange");
https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html, 4.7.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST = 4_096  # channels whose route is remembered; peers can invent any number


class Wildcards(NamedTuple):
    """How a broker writes them.

    Attributes:
        separator: What is between two words.
        one: What stands for one word.
        many: What stands for any number of them.
    """

    separator: str
    one: str
    many: str

    def occur_in(self, route: str) -> bool:
        """Whether a route has one, as a word by itself."""
        words = route.split(self.separator)
        return self.one in words or self.many in words

    def match(self, pattern: str, channel: str) -> bool:
        """Whether a channel belongs to a route with wildcards."""
        return _match(
            pattern.split(self.separator), channel.split(self.separator), self
        )


def _match(pattern: Sequence[str], words: Sequence[str], by: Wildcards) -> bool:
    """Whether words fit a pattern; takes as long as both multiplied, at most."""
    at = position = 0
    many, taken = -1, 0  # where the last wildcard for many is, and what it has taken to
    while position < len(words):
        if at < len(pattern) and pattern[at] == by.many:
            many, taken = at, position
            at += 1
        elif at < len(pattern) and pattern[at] in (by.one, words[position]):
            at += 1
            position += 1
        elif many >= 0:
            taken += 1
            at, position = many + 1, taken
        else:
            return False
    return all(each == by.many for each in pattern[at:])


class WildcardRoutes:
    """The routes of a service that have wildcards, in the order they were registered.

    Args:
        wildcards: How the broker writes them.
        routes: All routes of the service: what belongs to each by its broker's name.
    """

    def __init__(self, wildcards: Wildcards, routes: Iterable[tuple[str, str]]) -> None:
        self._wildcards = wildcards
        self._routes = [
            (pattern, route) for pattern, route in routes if wildcards.occur_in(pattern)
        ]
        self._found: dict[str, str | None] = {}

    def find(self, channel: str) -> str | None:
        """Return the first route that a channel belongs to, or None."""
        if channel in self._found:
            return self._found[channel]
        match = self._wildcards.match
        fitting = (route for pattern, route in self._routes if match(pattern, channel))
        found = next(fitting, None)
        if len(self._found) < _MOST:
            self._found[channel] = found
        return found
