"""The words of an expression, whatever it is about."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from protocol import Json

    from .quantities import Measured


class Vocabulary(NamedTuple):
    """The words that an expression may have.

    Attributes:
        fields: Name → what reads it from a subject.
        enumerated: Name of a field → all values that it has.
        types: Name of a field → ``number`` or ``string``, where it is never another.
        names: Name of a field → all strings that a value of it equals, where it is
            not itself alone.
        quantities: Name of a field that is a number → what it measures.
    """

    fields: Mapping[str, Callable[[Any], Json]]
    enumerated: Mapping[str, Sequence[str]] = MappingProxyType({})
    types: Mapping[str, str] = MappingProxyType({})
    names: Mapping[str, Callable[[str], frozenset[str]]] = MappingProxyType({})
    quantities: Mapping[str, Measured] = MappingProxyType({})
