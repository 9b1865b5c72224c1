"""The forms in which values travel that neither JSON nor msgspec knows.

============================================  ======================================
a value                                       travels as
============================================  ======================================
a subclass of ``str``, ``int`` or ``float``   the text or the number
a path, an IP address or network              its text
a compiled regular expression                 its pattern
:class:`Buffer`                               ``{"type":"Buffer","data":[…]}``
another subclass of ``bytes``                 base64, as ``bytes``
a mapping that is no ``dict``                 an object
``deque``, ``range``, views, iterators        a list
what pydantic makes                           what its ``model_dump`` gives
============================================  ======================================

Enumerations, dates, ``Decimal``, ``UUID``, sets, dataclasses, attrs and msgspec's own
structures are msgspec's work.
"""

from __future__ import annotations

import ipaddress
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from importlib import import_module
from pathlib import PurePath
from types import NoneType
from typing import Any

_PYDANTIC = ("pydantic", "pydantic_core", "pydantic_extra_types")
ADDRESSES = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
)


class Buffer(bytes):
    """Bytes in the form that Node gives a Buffer: ``{"type":"Buffer","data":[1,2]}``.

    As the type of a handler's parameter it reads that form; as a value it travels so.
    Plain ``bytes`` travel as base64 in both directions.

    Source: ``Buffer.prototype.toJSON`` of Node.
    """


class Forms:
    """The forms of the values of one packet.

    An iterator yields its values once, and a value may be looked at again: its list is
    kept until the packet is written.
    """

    __slots__ = ("_lists",)

    def __init__(self) -> None:
        self._lists: dict[int, tuple[Iterator[Any], list[Any]]] = {}

    def of(self, value: Any) -> Any:  # noqa: ANN401 — whatever a handler returns
        """Return a value in a form that JSON has, or that is nearer to it.

        Raises:
            TypeError: It has none.
        """
        if isinstance(value, Iterator):
            if id(value) not in self._lists:
                self._lists[id(value)] = (value, list(value))
            return self._lists[id(value)][1]
        form = form_of(type(value))
        if form is None:
            raise TypeError(f"{type(value).__qualname__} has no form in JSON")
        return form(value)


def form_of(kind: type) -> Callable[[Any], Any] | None:
    """Return what turns values of a type into their form; None if they have none."""
    for kinds, form in _FORMS:
        if issubclass(kind, kinds):
            return form
    return _dump_of_pydantic if is_of_pydantic(kind) else None


def is_of_pydantic(kind: object) -> bool:
    """Whether pydantic made a type, or the type was made with it; imports nothing."""
    if hasattr(kind, "__pydantic_validator__"):
        return True
    module = getattr(kind, "__module__", None)
    return isinstance(module, str) and module.partition(".")[0] in _PYDANTIC


def _dump_of_pydantic(value: Any) -> Any:  # noqa: ANN401
    """Return the dump for JSON, with the aliases, as FastAPI sends it."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    return import_module("pydantic_core").to_jsonable_python(value)


def _of_buffer(value: bytes) -> dict[str, Any]:
    return {"type": "Buffer", "data": list(value)}


_LISTS = (deque, Sequence, AbstractSet, ValuesView, Iterator)
# The first that fits; a subclass that prints itself in its own way is still its value.
# Only as keys do msgspec's encoders ask for a bool and None: JavaScript's are texts.
_FORMS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (NoneType, lambda _: "null"),
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (Buffer, _of_buffer),
    (bytes, bytes.__bytes__),
    ((PurePath, *ADDRESSES), str),
    (re.Pattern, lambda value: value.pattern),
    (Mapping, dict),
    (_LISTS, list),
)
