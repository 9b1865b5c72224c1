"""Integers that JavaScript does not hold exactly, found before they are sent.

JavaScript has doubles for numbers: ``JSON.parse("9007199254740993")`` gives
9007199254740992, without an error. Beyond ``Number.MAX_SAFE_INTEGER``, 2^53 - 1, two
integers can be the same double.

They are looked for in JSON text, so that it does not matter what the value was made of:
a dataclass, a model of pydantic, an enumeration, an iterator. Keys of objects are text,
and exact.

Source: ECMA-262, sections 6.1.6.1 (the Number type) and 21.1.2.8
(Number.MAX_SAFE_INTEGER).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from protocol import EncodeError, Json, JsonText, escape_controls, loads
from protocol.javascript import MAX_SAFE_INTEGER

from .errors import UsageError
from .payloads import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .logs import SafeLogger

UnsafeIntegers: TypeAlias = Literal["send", "warn", "refuse"]
"""What happens to integers beyond 2^53 - 1: sent, sent with a warning, or not."""

_CHOICES = ("send", "warn", "refuse")
_LONG = re.compile(rb"(?<![0-9.])[0-9]{16}")  # MAX_SAFE_INTEGER has 16 digits
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")  # a key that needs no brackets
_SHOWN = 80  # characters of a path, and of a route
_ROUTES = 1_000  # that are counted by themselves
_OTHERS = "other routes"

_Place: TypeAlias = "tuple[_Place, str | int] | None"


def checked_choice(choice: UnsafeIntegers) -> UnsafeIntegers:
    """Return the value of an option.

    Raises:
        UsageError: There is no such value.
    """
    if choice not in _CHOICES:
        known = ", ".join(map(repr, _CHOICES))
        raise UsageError(f"unsafe_integers is one of {known}, not {choice!r}")
    return choice


def unsafe_integer(text: bytes, name: str) -> str | None:
    """Return where JSON text has an integer beyond 2^53 - 1; None if it has none.

    Args:
        text: JSON text in UTF-8.
        name: What the text is, with which the path begins: ``data.user.ids[0]``.
    """
    if _LONG.search(text) is None:
        return None
    waiting: list[tuple[_Place, Json]] = [(None, loads(text))]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict | list):
            members = [((place, step), each) for step, each in _members(value)]
            waiting.extend(reversed(members))
        elif type(value) is int and abs(value) > MAX_SAFE_INTEGER:
            return name + _path(place)
    return None


def _members(
    value: dict[str, Json] | list[Json],
) -> Iterable[tuple[str | int, Json]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _path(place: _Place) -> str:
    """Return the steps to a place, the first ones if there are too many to show."""
    steps = []
    while place is not None:
        place, step = place
        steps.append(step)
    path = escape_controls("".join(map(_step, reversed(steps[-_SHOWN:]))))
    return path if len(path) <= _SHOWN else f"{path[: _SHOWN - 1]}…"


def _step(step: str | int) -> str:
    if isinstance(step, str) and _PLAIN.fullmatch(step):
        return f".{step}"
    return f"[{json.dumps(step, ensure_ascii=False)}]"


# decision 108: Integers that JavaScript rounds are looked for in the text, on demand
class Integers:
    """Refuse integers that JavaScript would round, or warn of them.

    A warning names the route and the path; it is given at the 1st, 2nd, 4th, 8th …
    value of a route that has one.

    Args:
        choice: What happens to them.
        logger: Gets the warnings.
    """

    def __init__(self, choice: UnsafeIntegers, logger: SafeLogger) -> None:
        self._refuses = choice == "refuse"
        self._logger = logger
        self._found: dict[str, int] = {}

    def text_of(self, value: Json, route: str, name: str) -> JsonText:
        """Return the JSON text of a value.

        Args:
            value: Anything that :func:`servers.payloads.to_text` takes.
            route: Of the call.
            name: What the value is in messages: ``data``, ``reply``.

        Raises:
            EncodeError: JSON cannot hold it, or it has such an integer and these are
                refused.
        """
        text = to_text(value)
        path = unsafe_integer(text, name)
        if path is not None:
            if self._refuses:
                raise EncodeError(f"{path} is beyond 2^53 - 1: JavaScript rounds it")
            self._warn(route, path)
        return JsonText(text)

    def writer(self, route: str, name: str) -> Callable[[Json], bytes]:
        """Return what gives the JSON text of the values of a route."""
        return lambda value: bytes(self.text_of(value, route, name))

    def _warn(self, route: str, path: str) -> None:
        known = route in self._found or len(self._found) < _ROUTES
        counted = route if known else _OTHERS
        count = self._found[counted] = self._found.get(counted, 0) + 1
        if count & (count - 1) == 0:
            self._logger.warning(
                "%.*s: %s is beyond 2^53 - 1: JavaScript rounds it (%d such so far)",
                _SHOWN,
                escape_controls(route),
                path,
                count,
                extra={"route": route},
            )
