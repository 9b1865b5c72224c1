"""What handlers declare to return: a type that cannot be sent is refused at once.

A handler whose middleware makes something else of its values declares ``object``.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import AsyncIterable, Awaitable
from enum import Enum
from types import NoneType, SimpleNamespace
from typing import TYPE_CHECKING

import msgspec

from servers.declared import classes_in, keys_in
from servers.errors import HandlerError
from servers.forms import form_of

from .parameters import globals_of, place_of

if TYPE_CHECKING:
    from .parameters import Function

_CERTAIN = (NoneType, msgspec.UnsetType, msgspec.Raw, Awaitable, AsyncIterable, Enum)
_OPEN = frozenset({"abc", "collections.abc", "typing", "types"})


def check_result(function: Function) -> None:
    """Refuse a function that declares to return what JSON cannot hold.

    A declaration that cannot be evaluated is no declaration: nothing else needs it.

    Raises:
        HandlerError: A class in the annotation has no form in JSON.
    """
    declared = _returned(function)
    for kind in classes_in(declared):
        if not _can_be_sent(kind):
            raise HandlerError(
                f"{place_of(function)} returns {kind.__qualname__}, which has no form "
                "in JSON; if something else is sent in its place, declare object"
            )
    for kind in keys_in(declared):
        raise HandlerError(
            f"{place_of(function)} returns a mapping with keys that are "
            f"{kind.__qualname__}, which no JSON object has"
        )


def _returned(function: Function) -> object:
    try:
        annotation = inspect.signature(function).return_annotation
        holder = SimpleNamespace(__annotations__={"return": annotation})
        hints = typing.get_type_hints(holder, globals_of(function), include_extras=True)
    except Exception:  # noqa: BLE001 — whatever the text of an annotation does
        return object
    return object if annotation is inspect.Signature.empty else hints["return"]


def _can_be_sent(kind: type) -> bool:
    """Whether values of a class, or of those derived from it, may have a form."""
    if kind is object or kind.__module__ in _OPEN or issubclass(kind, _CERTAIN):
        return True
    if inspect.isabstract(kind) or getattr(kind, "_is_protocol", False):
        return True
    return form_of(kind) is not None or _is_native(kind)


def _is_native(kind: type) -> bool:
    """Whether msgspec writes values of a class."""
    if hasattr(kind, "__attrs_attrs__"):
        return True
    try:
        info = msgspec.inspect.type_info(kind)
    except Exception:  # noqa: BLE001 — it knows the class, and cannot read its fields
        return True
    return not isinstance(info, msgspec.inspect.CustomType)
