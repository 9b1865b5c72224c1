"""A value as text, spelt as ``spell`` of ``nest/oracle.mjs`` spells it.

Numbers stand in JavaScript's spelling, keys are sorted by UTF-16 code units, lone
surrogates are escaped, and what is absent is ``undefined``. Two rules are at work
where Python and JavaScript hold values differently:

exact integers    we keep every digit, JavaScript rounds to a double; and both
                  signs of zero are spelt ``0``
order of keys     JavaScript moves keys like ``"7"`` ahead, we keep the sender's order
"""

from __future__ import annotations

from typing import Any

from protocol import UNDEFINED, dumps, number_to_string


class _Text(str):
    """A piece that is spelt already."""

    __slots__ = ()


def spell(root: Any) -> str:  # noqa: ANN401 — any JSON value
    """Return the canonical spelling of a JSON value, however deep."""
    out: list[str] = []
    todo: list[Any] = [root]
    while todo:
        value = todo.pop()
        if isinstance(value, _Text):
            out.append(value)
        elif isinstance(value, list):
            todo += reversed(_items(value))
        elif isinstance(value, dict):
            todo += reversed(_members(value))
        else:
            out.append(_scalar(value))
    return "".join(out)


def _items(values: list[Any]) -> list[Any]:
    pieces: list[Any] = [_Text("[")]
    for value in values:
        pieces += value, _Text(",")
    return _closed(pieces, "]")


def _members(members: dict[str, Any]) -> list[Any]:
    pieces: list[Any] = [_Text("{")]
    for key in sorted(members, key=_code_units):
        pieces += _Text(f"{dumps(key).decode()}:"), members[key], _Text(",")
    return _closed(pieces, "}")


def _closed(pieces: list[Any], bracket: str) -> list[Any]:
    return [*(pieces[:-1] if len(pieces) > 1 else pieces), _Text(bracket)]


def _code_units(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _scalar(value: object) -> str:
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_to_string(value)
    return dumps(value).decode()
