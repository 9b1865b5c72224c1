"""States of a page as JSON: the whole, and what is new since the one before.

A state is an object of sections. Of a section that changed, a change has all; of two
kinds it has only what came, changed or left:

.. code-block:: text

    {"set":     {"figures": [["message calls", "17"]]},
     "rows":    {"exchanges": {"key": "n", "put": [{"n": 17}], "order": [17, 3, 1]}},
     "members": {"details": {"put": {"17": {}}, "drop": ["2"]}}}

``rows`` is a list of objects, each known by what it has under a key, and ``order`` the
keys of all that are in it now; ``members`` is an object. Who applies the changes one
after the other to a whole has the later whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import REFUSED, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_quick = msgspec.json.Encoder().encode


class Increments:
    """Spells one state after the other.

    Args:
        rows: Sections that list objects → the key under which each is known.
        members: Sections that are objects of many members.
    """

    def __init__(self, rows: Mapping[str, str], members: Iterable[str] = ()) -> None:
        self._keys = rows
        self._rows: dict[str, dict[Any, bytes]] = {name: {} for name in rows}
        self._members: dict[str, dict[str, bytes]] = {name: {} for name in members}
        self._sections: dict[str, bytes] = {}

    def spell(self, state: Mapping[str, Any]) -> tuple[bytes, bytes | None]:
        """Return a state, and what is new in it; None where that is nothing."""
        rows = {name: self._listed(name, state[name]) for name in self._rows}
        members = {name: _members(state[name]) for name in self._members}
        sections = {
            name: _encode(value)
            for name, value in state.items()
            if name not in rows and name not in members
        }
        change = self._change(sections, rows, members)
        self._sections, self._rows, self._members = sections, rows, members
        whole = dict(sections)
        whole |= {name: _array(kept.values()) for name, kept in rows.items()}
        whole |= {name: _object(kept) for name, kept in members.items()}
        return _object(whole), change

    def _listed(self, name: str, rows: Sequence[Mapping[str, Any]]) -> dict[Any, bytes]:
        """Return the rows of a section as JSON, in their order, by their keys."""
        key = self._keys[name]
        return {row[key]: _encode(row) for row in rows}

    def _change(
        self,
        sections: Mapping[str, bytes],
        rows: Mapping[str, Mapping[Any, bytes]],
        members: Mapping[str, Mapping[str, bytes]],
    ) -> bytes | None:
        change = {
            "set": _new(self._sections, sections),
            "rows": {
                name: _moved(self._keys[name], self._rows[name], kept)
                for name, kept in rows.items()
                if list(self._rows[name].items()) != list(kept.items())
            },
            "members": {
                name: _replaced(self._members[name], kept)
                for name, kept in members.items()
                if self._members[name] != kept
            },
        }
        found = {name: _object(each) for name, each in change.items() if each}
        return _object(found) if found else None


def _moved(key: str, before: Mapping[Any, bytes], now: Mapping[Any, bytes]) -> bytes:
    """Return what makes the rows of one state those of the next."""
    put = _array(_new(before, now).values())
    return _object({"key": _encode(key), "put": put, "order": _encode(list(now))})


def _replaced(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> bytes:
    """Return what makes the members of one state those of the next."""
    drop = [name for name in before if name not in now]
    return _object({"put": _object(_new(before, now)), "drop": _encode(drop)})


def _new(before: Mapping[Any, bytes], now: Mapping[Any, bytes]) -> dict[Any, bytes]:
    return {name: text for name, text in now.items() if before.get(name) != text}


def _members(value: Mapping[Any, Any]) -> dict[str, bytes]:
    return {str(name): _encode(each) for name, each in value.items()}


def _encode(value: object) -> bytes:
    """Return a value as JSON, lone surrogates of a capture included."""
    try:
        return _quick(value)
    except REFUSED:
        return dumps(value)


def _array(texts: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(texts) + b"]"


def _object(members: Mapping[str, bytes]) -> bytes:
    pairs = (_quick(name) + b":" + text for name, text in members.items())
    return b"{" + b",".join(pairs) + b"}"
