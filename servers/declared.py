"""The classes that an annotation names, at any depth: in arguments and in fields."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import AsyncGenerator, Coroutine, Generator, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union

import msgspec

from servers.forms import is_of_pydantic

if TYPE_CHECKING:
    from collections.abc import Iterator

# Classes in some versions of Python.
_FORMS_OF_TYPES = (Annotated, ClassVar, Literal, Union, UnionType)
_NO_KEYS = (list, tuple, set, frozenset, dict, msgspec.Struct)


def classes_in(annotation: object) -> Iterator[type]:
    """Yield the classes that an annotation names, those of fields included.

    What pydantic made is not looked into: it reads and writes its own fields. What
    cannot be evaluated (a name that only type checkers know) is left out.
    """
    for each in _parts(annotation):
        kind = typing.get_origin(each) or each
        if isinstance(kind, type) and kind not in _FORMS_OF_TYPES:
            yield kind


def metadata_in(annotation: object) -> Iterator[object]:
    """Yield what ``Annotated`` adds anywhere in an annotation, fields included."""
    for each in _parts(annotation):
        if typing.get_origin(each) is Annotated:
            yield from each.__metadata__


def _parts(annotation: object) -> Iterator[Any]:
    """Yield an annotation, what is inside it, and what is inside those of fields."""
    waiting, seen = [annotation], set[object]()
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(_arguments(each))
        kind = typing.get_origin(each) or each
        if isinstance(kind, type) and kind not in seen:
            seen.add(kind)
            waiting.extend(_fields(kind))


def keys_in(annotation: object) -> Iterator[type]:
    """Yield the classes of keys in an annotation that no JSON object has as a key."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping) and arguments:
        key = typing.get_origin(arguments[0]) or arguments[0]
        if isinstance(key, type) and issubclass(key, _NO_KEYS):
            yield key
    for each in _arguments(annotation):
        yield from keys_in(each)


def includes(annotation: object, kind: type) -> bool:
    """Whether an annotation is a type, a union with it, or Annotated with it."""
    if typing.get_origin(annotation) in (Annotated, Union, UnionType):
        return any(includes(each, kind) for each in typing.get_args(annotation))
    return annotation is kind


def _arguments(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return the types inside an annotation that values have."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (Literal, ClassVar):
        return ()
    if origin in (Annotated, Generator, AsyncGenerator):
        return arguments[:1]
    return arguments[-1:] if origin is Coroutine else arguments


def _fields(kind: type) -> list[Any]:
    """Return the types of the fields that msgspec reads and writes."""
    if is_of_pydantic(kind) or not _has_fields(kind):
        return []
    try:
        hints = typing.get_type_hints(kind, include_extras=True)
    except Exception:  # noqa: BLE001 — whatever the text of an annotation does
        return []
    left_out = {
        field.name
        for field in (
            dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
        )
        if not field.init
    }
    return [
        hint
        for name, hint in hints.items()
        if not name.startswith("_") and name not in left_out
    ]


def _has_fields(kind: type) -> bool:
    return (
        issubclass(kind, msgspec.Struct)
        or dataclasses.is_dataclass(kind)
        or hasattr(kind, "__attrs_attrs__")
        or typing.is_typeddict(kind)
        or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
    )
