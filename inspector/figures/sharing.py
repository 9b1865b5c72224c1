"""What calls that failed with one text have in common, and no other call has.

Candidates are the keys in the data of the first call that failed, with their values
where these are short. Each further failure has to have them too; each other call, from
the first failure on, strikes those that it has. Nothing is looked at before a call
fails, and afterwards no data is parsed but that of failures: whether another call has
``"country":"DE"`` shows in its bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import answer_place
from protocol import UNDEFINED, Json, JsonText, UndefinedType, dumps, loads
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

    from .failures import failure_text
else:  # decision 158
    failure_text = on_demand("inspector.figures.failures:failure_text")

FEWEST = 3
"""Failures with one text, before it means something what they share …"""
FEWEST_OTHERS = 10
"""… and other calls, of the same patterns."""
_MOST_TEXTS = 4
_MOST_KEYS = 64
_MOST_ROUTES = 64
_DEEPEST = 4
_LONGEST_VALUE = 40
_LARGEST = 65_536
"""Bytes of data from which on it is not looked through for keys."""
_SPACED = tuple(
    sign.encode() for blank in " \t\n\r" for sign in (f'"{blank}:', f'":{blank}')
)
"""What shows that a member may not be as JSON.stringify writes it."""


class Trait(NamedTuple):
    """What data may have.

    Attributes:
        path: The keys that lead to a value.
        sign: The last of them as JSON.stringify writes it, with the value if that
            belongs to the trait.
    """

    path: tuple[str, ...]
    sign: bytes

    @property
    def key(self) -> bytes:
        """The last key as JSON has it."""
        return dumps(self.path[-1])

    def __str__(self) -> str:
        """``data.password`` or ``data.country = "DE"``."""
        _, _, value = self.sign.partition(b":")
        name = ".".join(("data", *self.path))
        return f"{name} = {value.decode()}" if value else name


class Failed:
    """The calls that failed with one text.

    Attributes:
        first: The first of them, as far as its place is concerned.
        before: Whether other calls had ended before.
        failed: How many they are.
        others: Other calls since …
        alike: … and those of them that are of the same patterns: where a pattern always
            fails, what its calls have says nothing.
        traits: What they have in common, and no other call since.
    """

    def __init__(self, exchange: Exchange, *, before: bool) -> None:
        self.first = answer_place(exchange)
        self.before = before
        self.failed = 1
        self.others = 0
        self.alike = 0
        self._routes = {exchange.route}
        self.traits = set(_traits(_value(exchange)))

    def add(self, exchange: Exchange) -> None:
        """Take in one more."""
        self.failed += 1
        if len(self._routes) < _MOST_ROUTES:
            self._routes.add(exchange.route)
        if self.traits:
            self.traits &= set(_traits(_value(exchange)))

    def strike(self, data: bytes, route: str | None) -> None:
        """Strike what the data of another call has, or may have."""
        self.others += 1
        self.alike += route in self._routes
        if not self.traits:
            return
        if b"\\u" in data:  # any key may hide behind an escape
            self.traits.clear()
        elif any(each in data for each in _SPACED):
            self.traits = {each for each in self.traits if each.key not in data}
        else:
            self.traits = {each for each in self.traits if each.sign not in data}

    def shared(self, most: int = 2) -> list[str]:
        """Return what they share, the nearest to the top; keys before values."""
        chosen: list[Trait] = []
        for trait in sorted(self.traits, key=_order):
            paths = (each.path for each in chosen)
            if not any(trait.path[: len(path)] == path for path in paths):
                chosen.append(trait)
        return [str(each) for each in chosen[:most]]


class Sharing:
    """The calls that failed, by the text that they failed with; of few texts.

    Attributes:
        failed: Text → the calls that failed with it.
    """

    def __init__(self) -> None:
        self.failed: dict[str, Failed] = {}

    def fail(self, exchange: Exchange, *, before: bool) -> None:
        """Take in a call that ended in an error.

        Args:
            exchange: The call.
            before: Whether other calls were over before.
        """
        text = failure_text(exchange)
        known = self.failed.get(text)
        if known is not None:
            known.add(exchange)
        elif len(self.failed) < _MOST_TEXTS:
            self.failed[text] = Failed(exchange, before=before)
        self.pass_by(exchange, but=text)

    def pass_by(self, exchange: Exchange, *, but: str | None = None) -> None:
        """Let an exchange strike what it has, as it failed otherwise or did not."""
        self.strike(exchange.data, exchange.route, but=but)

    def strike(
        self,
        data: JsonText | UndefinedType,
        route: str | None,
        *,
        but: str | None = None,
    ) -> None:
        """Let an exchange strike what its data has, by these and its route."""
        text = b"" if data is UNDEFINED else bytes(data)
        for each, failed in self.failed.items():
            if each != but:
                failed.strike(text, route)


def _value(exchange: Exchange) -> Json:
    """Return the data of a call; None where it is too large to look through."""
    data = exchange.data
    if data is UNDEFINED:
        return None
    text = bytes(data)
    return None if len(text) > _LARGEST else loads(text)


def _traits(value: Json) -> Iterator[Trait]:
    """Yield the traits of some data; nothing of what has very many keys."""
    found = list(_keys(value, ()))
    return iter(found if len(found) <= 2 * _MOST_KEYS else ())


def _keys(value: Json, path: tuple[str, ...]) -> Iterator[Trait]:
    if not isinstance(value, dict) or len(path) >= _DEEPEST or len(value) > _MOST_KEYS:
        return
    for key, member in value.items():
        own, name = (*path, key), dumps(key)
        yield Trait(own, name + b":")
        if not isinstance(member, dict | list):
            text = dumps(member)
            if len(text) <= _LONGEST_VALUE:
                yield Trait(own, name + b":" + text)
        yield from _keys(member, own)


def _order(trait: Trait) -> tuple[int, bool, tuple[str, ...]]:
    return len(trait.path), not trait.sign.endswith(b":"), trait.path
