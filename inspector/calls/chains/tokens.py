"""The values of a payload, and those that are hardly in two payloads by chance.

A text of three characters is a *token*, and so is a number from 100 on, and a smaller
one together with its key. A small number without a key is one only where all of the
payload is the same, and so is a payload without such values: ``{}``, ``true``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.leaves import leaves
from protocol import UNDEFINED, Json, dumps, loads
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from protocol import JsonText, UndefinedType

LARGEST = 1 << 16
"""Bytes of a payload whose values are looked at."""
MOST = 256
"""Values of payloads that are looked at."""
_TELLING_TEXT = 3  # characters
_TELLING_NUMBER = 100
_NUMBER = lazy_regex(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_PATH = lazy_regex(r"[A-Z]+ (/[!-~]*)")
_WORD = lazy_regex(r"[^/?&=#]+")
_WEAK = "="  # what a token begins with that tells nothing unless all is the same
_SHORT = 8  # bytes of a payload without any values
_SOCKET_KEYS = frozenset(
    {"socket_id", "socketId", "socketID", "clientId", "client_id", "sid"}
)


class Values(NamedTuple):
    """What is known of the values in some payloads.

    Attributes:
        texts: All that hold no others, as text: 5 and "5" are one.
        tokens: Of those the telling ones, the small numbers with their keys.
        sockets: Those of them that name the socket of a client.
        whole: Whether these are all; else there were too many.
    """

    texts: frozenset[str]
    tokens: frozenset[str]
    sockets: frozenset[str]
    whole: bool = True


NOTHING = Values(frozenset(), frozenset(), frozenset())


def values_of(payloads: Iterable[JsonText | UndefinedType]) -> Values:
    """Return the values in some payloads."""
    texts: set[str] = set()
    tokens: set[str] = set()
    sockets: set[str] = set()
    for payload in payloads:
        if payload is UNDEFINED:
            continue
        if len(payload) > LARGEST:
            return Values(frozenset(), frozenset(), frozenset(), whole=False)
        for key, text in _leaves(loads(payload)):
            texts.add(text)
            token = token_of(key, text)
            if token:
                tokens.add(token)
                if key in _SOCKET_KEYS:
                    sockets.add(token)
            if len(texts) > MOST:
                return Values(frozenset(), frozenset(), frozenset(), whole=False)
        if not tokens and len(payload) <= _SHORT:
            tokens.add(_WEAK + str(payload, "utf-8", "replace"))
    return Values(frozenset(texts), frozenset(tokens), frozenset(sockets))


def values_of_route(route: str | None) -> Values:
    """Return the values in the path of an HTTP request; of other routes none."""
    found = None if route is None else _PATH.fullmatch(route)
    if found is None:
        return NOTHING
    words = _WORD.findall(found[1])[:MOST]
    tokens = (token_of("", word) for word in words)
    return Values(frozenset(words), frozenset(filter(None, tokens)), frozenset())


def both(values: Values, others: Values) -> Values:
    """Return two collections of values as one."""
    if not others.texts and others.whole:
        return values
    return Values(
        values.texts | others.texts,
        values.tokens | others.tokens,
        values.sockets | others.sockets,
        values.whole and others.whole,
    )


def token_of(key: str, text: str) -> str:
    """Return what a value is known by in two payloads; empty for nothing."""
    if _NUMBER.fullmatch(text):
        large = abs(float(text)) >= _TELLING_NUMBER
        return text if large else f"{key}={text}"
    return text if len(text) >= _TELLING_TEXT else ""


def part_of(inner: Values, outer: Values) -> bool:
    """Whether all values of a payload are in another, and that is no chance."""
    if not inner.whole or not inner.texts <= outer.texts:
        return False
    shared = inner.tokens & outer.tokens
    if len(inner.texts) == len(outer.texts):
        return bool(shared)
    return any(map(is_strong, shared))


def are_alike(values: Values, others: Values) -> bool:
    """Whether all values of one payload are in the other, and that is no chance."""
    return part_of(values, others) or part_of(others, values)


def is_strong(token: str) -> bool:
    """Whether a token tells something though the payloads differ."""
    return not token.startswith(_WEAK)


def is_long(token: str) -> bool:
    """Whether a token tells something whatever its key: it is no small number."""
    return _WEAK not in token


def _leaves(value: Json) -> Iterator[tuple[str, str]]:
    """Yield texts and numbers, as text, each with its key."""
    for key, leaf in leaves(value):
        if isinstance(leaf, str):
            yield key, leaf
        elif leaf is not None and not isinstance(leaf, bool):
            yield key, dumps(leaf).decode()
