"""States of a page as JSON: the whole, and what is new since the one before.

A state is an object of sections. Of a section that changed, a change has all; of one
that lists rows with a ``number`` it has those that came, changed or left:

.. code-block:: text

    {"set":  {"figures": [{"name": "exchanges", "value": 17}]},
     "rows": {"exchanges": {"put": [{"number": 17, "route": "sum"}], "drop": [3]}}}

Who applies the changes one after the other to a whole has the later whole, but for the
order of such rows, which is that of their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_encode = msgspec.json.Encoder().encode


class Increments:
    """Spells one state after the other.

    Args:
        numbered: The sections whose rows have a ``number``; an absent one is empty.
    """

    def __init__(self, numbered: Iterable[str] = ()) -> None:
        self._rows: dict[str, dict[int, bytes]] = {name: {} for name in numbered}
        self._sections: dict[str, bytes] = {}

    def spell(self, state: Mapping[str, Any]) -> tuple[bytes, bytes | None]:
        """Return a state, and what is new in it; None where that is nothing.

        Raises:
            TypeError: Something in it has no form in JSON.
        """
        sections = {
            name: _encode(value)
            for name, value in state.items()
            if name not in self._rows
        }
        rows = {name: _numbered(state.get(name, ())) for name in self._rows}
        change = self._change(sections, rows)
        self._sections, self._rows = sections, rows
        whole = dict(sections)
        for name, kept in rows.items():
            whole[name] = _array(kept.values())
        return _object(whole), change

    def _change(
        self,
        sections: Mapping[str, bytes],
        rows: Mapping[str, Mapping[int, bytes]],
    ) -> bytes | None:
        fresh = {
            name: text
            for name, text in sections.items()
            if self._sections.get(name) != text
        }
        moved = {
            name: text
            for name, kept in rows.items()
            if (text := _moves(self._rows[name], kept)) is not None
        }
        if not fresh and not moved:
            return None
        return _object({"set": _object(fresh), "rows": _object(moved)})


def _numbered(rows: Iterable[Mapping[str, Any]]) -> dict[int, bytes]:
    """Return number → row as JSON, in the order of the numbers."""
    spelled = {row["number"]: _encode(row) for row in rows}
    return dict(sorted(spelled.items()))


def _moves(before: Mapping[int, bytes], now: Mapping[int, bytes]) -> bytes | None:
    """Return what makes the rows of one state those of the next; None if nothing."""
    put = [text for number, text in now.items() if before.get(number) != text]
    drop = [number for number in before if number not in now]
    if not put and not drop:
        return None
    return _object({"put": _array(put), "drop": _encode(drop)})


def _array(texts: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(texts) + b"]"


def _object(members: Mapping[str, bytes]) -> bytes:
    pairs = (_encode(name) + b":" + text for name, text in members.items())
    return b"{" + b",".join(pairs) + b"}"
