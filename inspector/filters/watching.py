"""What to say of a filter that chose nothing: what it asked for, what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.shorthand import found_by, short
from inspector.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from inspector.calls.exchanges import Exchange

MOST_ROUTES = 10_000
"""Different routes that are kept for a suggestion."""
_SUGGESTED = 3
_GREP = "--grep"
_FROM = "--from"
_SECOND = 1_000_000_000  # in nanoseconds
_OPTION = "--where"  # what a choice is called that does not say


class Watch:
    """A choice of exchanges that remembers whether it chose any.

    Routes are kept until the first exchange is chosen: then nobody asks for them.

    Args:
        choose: The choice.
    """

    def __init__(self, choose: Callable[[Exchange], bool]) -> None:
        self.seen = 0
        self.words = words_of(choose)
        self._chosen = False
        self._choose = choose
        self._routes: set[str] = set()
        self._unquoted = ""  # what should have been compared with a number
        self._last_ns = 0  # when the last request was sent, in the capture

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the exchange is chosen."""
        chosen = self._choose(exchange)
        if not self._chosen:
            self._note(exchange, chosen=chosen)
        return chosen

    def _note(self, exchange: Exchange, *, chosen: bool) -> None:
        self.seen += 1
        self._chosen = chosen
        sent_ns = exchange.time_ns - exchange.connection.capture_ns
        self._last_ns = max(self._last_ns, sent_ns)
        if not chosen and not self._unquoted:
            self._unquoted = unquoted(self._choose, exchange)
        if chosen:
            self._routes.clear()
        elif exchange.route is not None and len(self._routes) < MOST_ROUTES:
            self._routes.add(exchange.route)

    def complaint(self) -> str | None:
        """Return what to say if there were exchanges, and none was chosen."""
        if self._chosen or not self.seen:
            return None
        asked = routes_of(self._choose)
        missing = [each for each in asked if not found_by(each, self._routes)]
        options = ", ".join(options_of(self._choose)) or _OPTION
        said = [f"{options}: selected none of {plural(self.seen, 'exchange')}"]
        said += [missing_route(route, self._routes) for route in missing[:1]]
        patterns = patterns_of(self._choose)
        said += [_short_form(each) for each in patterns if found_by(each, self._routes)]
        said += [self._unquoted] if self._unquoted else []
        if _FROM in options:
            said.append(f"The last request was sent at {self._last_ns / _SECOND:.6f} s")
        if _GREP in options and len(said) == 1:
            said.append(f"{_GREP} distinguishes upper and lower case")
        return ". ".join(said)


def routes_of(choose: object) -> Sequence[str]:
    """Return the routes that a choice compares with."""
    routes: Sequence[str] = getattr(choose, "routes", ())
    return routes


def patterns_of(choose: object) -> Sequence[str]:
    """Return the strings that a choice compares with patterns."""
    patterns: Sequence[str] = getattr(choose, "patterns", ())
    return patterns


def unquoted(choose: object, exchange: Exchange) -> str:
    """Return what of an exchange a choice compared with the digits of a number."""
    look: Callable[[Exchange], str] | None = getattr(choose, "unquoted", None)
    return "" if look is None else look(exchange)


def _short_form(route: str) -> str:
    return f'pattern is the JSON value; route == "{route}" finds the short form'


def options_of(choose: object) -> Sequence[str]:
    """Return the options that a choice stands for, each once."""
    options: Sequence[str] = getattr(choose, "options", ())
    option: str | None = getattr(choose, "option", None)
    return list(dict.fromkeys([*options, *([option] if option else [])]))


def words_of(choose: object) -> Sequence[str]:
    """Return the options that a choice stands for, as they were given."""
    words: Sequence[str] = getattr(choose, "words", ())
    return words


def missing_route(route: str, known: Iterable[str]) -> str:
    """Return the words for a route that no exchange has, with those like it."""
    close = routes_like(route, known)
    like = f". Similar routes: {', '.join(close)}" if close else ""
    return f'No exchange has route "{route}"{like}'


def routes_like(route: str, known: Iterable[str]) -> list[str]:
    """Return the routes that are spelt most like one: those that hold it first."""
    sorted_routes = sorted(map(short, known))
    holding = [each for each in sorted_routes if route and route in each]
    from difflib import get_close_matches  # noqa: PLC0415 — for mistakes alone

    close = get_close_matches(route, sorted_routes, n=_SUGGESTED)
    return list(dict.fromkeys([*holding, *close]))[:_SUGGESTED]
