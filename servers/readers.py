"""Declared types to what reads JSON text, also those that JSON knows nothing of.

=============================================  =====================================
a parameter, or a reply, declared as           is read by
=============================================  =====================================
what msgspec knows                             msgspec
what pydantic made or describes, inside a      pydantic, which is imported then
list, a dict, a union or a dataclass as well
a class on ``str``, ``int``, ``list`` …; a     msgspec, then the class
path, an IP address, a ``deque``, a Buffer
anything else                                  nothing: it is refused at once
=============================================  =====================================

msgspec reads its structures and attrs classes, and what stands beside them or beside a
``Meta``. Then a model of pydantic is read by pydantic in its place, and what only
describes a type for pydantic is refused, since msgspec would pass over it.
"""

from __future__ import annotations

import typing
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache, reduce
from importlib import import_module
from operator import or_
from pathlib import PurePath
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, Union

import msgspec

from protocol import REFUSED, JsonText, loads
from servers.errors import DataProblem, HandlerError, InvalidDataError, UsageError
from servers.forms import ADDRESSES, Buffer, is_of_pydantic

from .declared import classes_in, metadata_in

# Modules whose classes pydantic reads too.
_STANDARD = ("builtins", "collections", "collections.abc", "ipaddress", "pathlib")
_SHOWN = 5  # errors of pydantic that a caller is told …
_KEPT = 100  # … and that are kept
_AT = " - at `"  # after which msgspec names the place
_UNKNOWN = "Object contains unknown field `"  # with which it quotes a name

_Found: TypeAlias = list[dict[str, Any]]


class Reader(NamedTuple):
    """How JSON text is read into a declared type.

    Attributes:
        decode: Reads what nearly every text is.
        refused: What ``decode`` raises for a text that it does not read.
        again: Takes such a text and the error; reads it nevertheless, or raises an
            InvalidDataError.
    """

    decode: Callable[[JsonText], Any]
    refused: tuple[type[Exception], ...]
    again: Callable[[JsonText, Exception], Any]


def reader_of(
    declared: Any,  # noqa: ANN401 — any type there is
    name: str,
    refusal: type[UsageError] = HandlerError,
) -> Reader:
    """Return how JSON text is read into a declared type.

    Args:
        declared: The annotation of a parameter, evaluated.
        name: What is read, and where it is declared, for the error.
        refusal: The error if JSON cannot be read into the declared type.

    Raises:
        UsageError: It cannot; of the type that ``refusal`` says.
    """
    try:
        described = any(map(_describes, metadata_in(declared)))
        if _is_for_pydantic(declared, described=described):
            return _pydantic_reader(_without_unset(declared))
        return _msgspec_reader(declared, described=described)
    except Exception as error:  # noqa: BLE001 — whatever the fields of the type name
        raise refusal(
            f"{name} cannot be read from JSON as {declared!r}: {error}"
        ) from None


# decision 69: Data that does not fit the type of a handler is reported to the caller
def _msgspec_reader(declared: Any, *, described: bool) -> Reader:  # noqa: ANN401
    """Return how msgspec reads a type.

    Raises:
        TypeError: A constraint is pydantic's, or nothing can make a class from JSON.
    """
    if described:
        raise TypeError("msgspec does not obey what describes a type for pydantic")

    def again(text: JsonText, _error: Exception) -> Any:  # noqa: ANN401
        """Read JSON that only JavaScript accepts."""
        try:
            return _converted(loads(text), declared)
        except (msgspec.ValidationError, ValueError) as error:
            raise InvalidDataError(
                f"Invalid data: {error}", [_problem(error)]
            ) from None

    for kind in classes_in(declared):
        _check(kind)
    for each in _named(declared):
        _read_as(each)
    decode = msgspec.json.Decoder(declared, dec_hook=_made).decode
    return Reader(decode, REFUSED, again)


def _pydantic_reader(declared: Any) -> Reader:  # noqa: ANN401
    adapter = _adapter(declared)
    invalid: type[Exception] = import_module("pydantic_core").ValidationError

    def again(text: JsonText, error: Exception) -> Any:  # noqa: ANN401
        """Read JSON that only JavaScript accepts."""
        found = _found(error)
        if not _is_unreadable(found):
            raise _invalid(found) from None
        try:
            return adapter.validate_python(loads(text))
        except invalid as error_in_it:
            raise _invalid(_found(error_in_it)) from None

    def decode(text: JsonText) -> Any:  # noqa: ANN401
        return adapter.validate_json(bytes(text))

    return Reader(decode, (invalid,), again)


def _adapter(declared: Any) -> Any:  # noqa: ANN401
    return import_module("pydantic").TypeAdapter(declared)


_adapter_of = lru_cache(256)(_adapter)


def _is_unreadable(found: _Found) -> bool:
    """Whether pydantic refuses the JSON, which JavaScript accepts, not what it says."""
    return bool(found[0]["type"] == "json_invalid")


def _problem(error: Exception) -> DataProblem:
    """Return what msgspec found: its message ends in ``- at `$.name` `` or nothing.

    Of a key it says ``at `key` in `$.name` ``. Only the quoted name of an unknown field
    may look the same, which a peer has chosen.
    """
    message, found, place = str(error).rpartition(_AT)
    path = place.removeprefix("key` in `").removesuffix("`")
    ours = not message.startswith(_UNKNOWN) or message.endswith("`")
    if found and place.endswith("`") and path.startswith("$") and ours:
        return DataProblem(path, message)
    return DataProblem("$", str(error))


def _found(error: Any) -> _Found:  # noqa: ANN401
    """Return what pydantic found, without what was sent."""
    found: _Found = error.errors(
        include_url=False, include_context=False, include_input=False
    )
    return found


def _invalid(found: _Found) -> InvalidDataError:
    """Return the error for what pydantic found."""
    problems = [DataProblem(_path(each["loc"]), each["msg"]) for each in found[:_KEPT]]
    return InvalidDataError(f"Invalid data: {_in_words(found)}", problems)


def _in_words(found: _Found) -> str:
    """Return what pydantic found as msgspec says it."""
    words = [f"{each['msg']}{_AT}{_path(each['loc'])}`" for each in found[:_SHOWN]]
    more = [f"{len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "; ".join(words + more)


def _path(places: tuple[int | str, ...]) -> str:
    steps = (f"[{each}]" if isinstance(each, int) else f".{each}" for each in places)
    return "$" + "".join(steps)


def _is_for_pydantic(declared: object, *, described: bool) -> bool:
    """Whether something in a type is pydantic's, and nothing msgspec's alone."""
    if any(isinstance(each, msgspec.Meta) for each in metadata_in(declared)):
        return False
    kinds = list(classes_in(declared))
    if any(_is_msgspecs(each) for each in kinds):
        return False
    return described or any(map(is_of_pydantic, [*_named(declared), *kinds]))


def _named(declared: object) -> list[object]:
    """Return the types in an annotation, fields left out."""
    inside = [
        each for argument in typing.get_args(declared) for each in _named(argument)
    ]
    return [declared, *inside]


def _is_msgspecs(kind: type) -> bool:
    """Whether msgspec reads a class, or what makes it here, and pydantic does not."""
    if issubclass(kind, msgspec.Struct) or hasattr(kind, "__attrs_attrs__"):
        return True
    if issubclass(kind, Enum) or typing.is_typeddict(kind) or is_of_pydantic(kind):
        return False
    return kind.__module__ not in _STANDARD and _maker(kind) is not None


def _describes(each: object) -> bool:
    """Whether this is in ``Annotated`` for pydantic: a Field, a validator, ``Gt``."""
    module = type(each).__module__.partition(".")[0]
    return module in ("pydantic", "annotated_types")


def _without_unset(declared: Any) -> Any:  # noqa: ANN401
    """Return a union without UNDEFINED, which no JSON text says."""
    if typing.get_origin(declared) not in (Union, UnionType):
        return declared
    kept = [each for each in typing.get_args(declared) if each is not msgspec.UnsetType]
    return reduce(or_, kept)


def _check(kind: type) -> None:
    """Refuse a class that nothing can make from JSON.

    Raises:
        TypeError: It is such a class.
    """
    if is_of_pydantic(kind):
        _adapter_of(kind)
    elif kind is not msgspec.UnsetType and _maker(kind) is None:
        info = msgspec.inspect.type_info(kind)
        if isinstance(info, msgspec.inspect.CustomType):
            raise TypeError(f"no {kind.__qualname__} can be made from JSON")


def _made(kind: Any, value: Any) -> Any:  # noqa: ANN401
    """Return an object of a class that msgspec does not know.

    Raises:
        ValueError: The value does not fit.
    """
    if is_of_pydantic(typing.get_origin(kind) or kind):
        try:
            return _adapter_of(kind).validate_json(msgspec.json.encode(value))
        except import_module("pydantic_core").ValidationError as error:
            raise ValueError(_in_words(_found(error))) from None
    read_as, make = _read_as(kind)
    return make(value if read_as is object else _converted(value, read_as))


def _converted(value: Any, read_as: Any) -> Any:  # noqa: ANN401
    return msgspec.convert(value, read_as, dec_hook=_made)


def _read_as(kind: Any) -> tuple[Any, Callable[[Any], Any]]:  # noqa: ANN401
    """Return the type that a type is read as first, and what makes its object of that.

    Raises:
        TypeError: The type has other arguments than the one it is read as.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    maker = _maker(origin or kind) if isinstance(origin or kind, type) else None
    if maker is None:
        return object, lambda value: value
    return (maker[0][arguments] if arguments else maker[0]), maker[1]


def _maker(kind: type) -> tuple[Any, Callable[[Any], Any]] | None:
    """Return what a class is read as first, and what makes its object of that."""
    if kind in _EXACTLY:
        return _EXACTLY[kind]
    if kind in ADDRESSES:
        return str, kind
    if issubclass(kind, defaultdict | Counter):
        return None
    for base, read_as in _BASES:
        if issubclass(kind, base):
            return read_as, kind
    return None


class _NodeBuffer(msgspec.Struct):
    """What Node makes of a Buffer."""

    type: Literal["Buffer"]
    data: list[Annotated[int, msgspec.Meta(ge=0, le=255)]]


_EXACTLY: dict[type, tuple[Any, Callable[[Any], Any]]] = {
    object: (object, lambda value: value),
    Iterable: (list, list),
    Buffer: (_NodeBuffer, lambda node: Buffer(node.data)),
}
_BASES: tuple[tuple[type, type], ...] = (
    (str, str),
    (int, int),
    (float, float),
    (PurePath, str),
    (deque, list),
    (list, list),
    (set, set),
    (frozenset, frozenset),
    (dict, dict),
)
