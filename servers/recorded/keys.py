"""Keys of a fixture that nobody reads, and those that were meant.

A fixture is edited by hand, and a misspelt key would be passed over without a word.
Keys that resemble none of those that are read are somebody's own, as a ``comment`` is.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from protocol import REFUSED, escape_controls, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from protocol import Json

# decision 195: What resembles a known key is reported, and nothing else
_LIKE = 0.76
"""How alike a key must be to be taken for a misspelt one, from 0 to 1.

``replys`` is as like ``replies``; ``date``, a key of one's own, less like ``data``.
"""
_LONGEST = 64  # characters of a key that is compared, and of one that is shown
_MOST_SAID = 100
"""Misspelt keys that are reported of a file."""

# Each key that is read → other words for it, which are taken for it where it is absent.
_OF_LINE: dict[str, tuple[str, ...]] = {
    "type": (),
    "pattern": ("cmd", "route", "topic"),
    "data": ("payload", "request", "body"),
    "metadata": (),
    "replies": ("answer", "answers", "reply", "response", "responses", "result"),
    "outcome": (),
    "latency_ns": (),
    "duration_ns": (),
    "time_ns": (),
    "in_flight": (),
    "server": (),
    "server_name": (),
    "carrier": (),
    "kind": (),
    "number": (),
}
_OF_REPLY: dict[str, tuple[str, ...]] = {
    "response": ("answer", "data", "result", "value"),
    "err": ("error", "exception"),
    "isDisposed": ("disposed", "is_disposed"),
    "status": (),
    "after_ms": ("after", "delay", "delay_ms"),
}
_IN_REPLY = "reply"
_IN_LINE = "line"
_KNOWN = {_IN_LINE: _OF_LINE, _IN_REPLY: _OF_REPLY}
_MEANT = {
    place: {word: key for key, words in known.items() for word in (key, *words)}
    for place, known in _KNOWN.items()
}
_TYPES = ("answer", "event", "exchange")

_Members = dict[str, msgspec.Raw]
_members = msgspec.json.Decoder(_Members).decode
_replies = msgspec.json.Decoder(list[_Members]).decode


class Keys:
    """What is said of the keys of a file, each misspelt one once.

    Args:
        remark: Receives a sentence for each.
    """

    def __init__(self, remark: Callable[[str], None]) -> None:
        self._remark = remark
        self._said: set[tuple[str, str]] = set()

    def check(self, text: bytes, number: int) -> None:
        """Report the misspelt keys of an answer that can be read.

        Args:
            text: The line.
            number: Its number, from 1.
        """
        if len(self._said) >= _MOST_SAID:
            return
        for place, where, key, near in _misspelt_in(text):
            if (place, key) in self._said or len(self._said) >= _MOST_SAID:
                continue
            self._said.add((place, key))
            of_reply = f", {where}" if where else ""
            self._remark(f"line {number}{of_reply}: {_shown(key, near)}; passed over")

    def check_type(self, name: str, number: int) -> None:
        """Report a type that nobody reads, if one that is read was meant."""
        near = _alike(name[:_LONGEST], _TYPES)
        if not near or ("type", name) in self._said or len(self._said) >= _MOST_SAID:
            return
        self._said.add(("type", name))
        shown = escape_controls(name)
        self._remark(f'line {number}: unknown type "{shown}"; the nearest is "{near}"')


def misspelt(text: bytes, meant: str) -> str:
    """Return which key of a line was meant to be another, in words; empty if none was.

    Args:
        text: The line.
        meant: The key that it lacks.
    """
    for place, _, key, near in _misspelt_in(text):
        if place == _IN_LINE and near == meant:
            return _shown(key, near)
    return ""


def _shown(key: str, near: str) -> str:
    if len(key) > _LONGEST:
        key = f"{key[:_LONGEST]}…"
    return f'unknown key "{escape_controls(key)}", the nearest is "{near}"'


def _misspelt_in(text: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Yield the place, the reply if it is one, the key, and what was meant."""
    members: Mapping[str, msgspec.Raw | Json] = _read(text)
    for key, near in _unknown(members, _IN_LINE):
        yield _IN_LINE, "", key, near
    for number, reply in enumerate(_replies_of(members), 1):
        for key, near in _unknown(reply, _IN_REPLY):
            yield _IN_REPLY, f"reply {number}", key, near


def _read(text: bytes) -> Mapping[str, msgspec.Raw | Json]:
    try:
        return _members(text)
    except REFUSED:  # lone surrogates, or values that nest deep
        value = loads(text)
        return value if isinstance(value, dict) else {}


def _replies_of(
    members: Mapping[str, msgspec.Raw | Json],
) -> list[_Members] | list[Json]:
    replies = members.get("replies", ())
    if isinstance(replies, msgspec.Raw):
        return _replies(replies)
    return replies if isinstance(replies, list) else []


def _unknown(members: Collection[str] | Json, place: str) -> Iterator[tuple[str, str]]:
    known = _KNOWN[place]
    for key in members:
        if key in known:
            continue
        near = _nearest(place, key[: _LONGEST + 1])
        if near and (near not in members or key not in _MEANT[place]):
            yield key, near


@lru_cache(maxsize=1_024)
def _nearest(place: str, key: str) -> str:
    """Return the key that a misspelt one was meant to be; empty for another."""
    words = {word.lower(): key for word, key in _MEANT[place].items()}
    near = _alike(key.lower(), words)
    return words[near] if near else ""


def _alike(word: str, words: Collection[str]) -> str:
    """Return the one of some words that is most like a word; empty if none is."""
    swapped = [each for each in words if sorted(each) == sorted(word)]
    near = swapped or get_close_matches(word, words, 1, _LIKE)
    return near[0] if near else ""
