"""What the parameters of a handler are for: the payload, the context, both or neither.

==============================  ==================================================
parameter                       receives
==============================  ==================================================
annotated with ``Context``      the context, whatever name ``Context`` goes by
annotated with ``Depends(…)``   what that dependency gives
the first other positional one  the payload
any further one                 nothing, so it must have a default
==============================  ==================================================

Annotations may be text, as under ``from __future__ import annotations``. They are
evaluated with the globals of the function when it is registered.
"""

from __future__ import annotations

import inspect
import sys
import typing
from functools import partial
from pathlib import PurePath
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from servers.declared import includes
from servers.errors import HandlerError

from .context import Context
from .depends import Depends, depends_in

if TYPE_CHECKING:
    from collections.abc import Callable

Function: TypeAlias = "Callable[..., Any]"


class Dependency(NamedTuple):
    """A parameter, and what it depends on."""

    parameter: inspect.Parameter
    depends: Depends


class Parameters(NamedTuple):
    """The parameters of a handler that receive something.

    Attributes:
        payload: Receives the payload; its annotation is a type, Any if it has none.
        context: Receives the context.
        context_first: Whether the context comes before the payload.
        dependencies: Receive what dependencies give.
    """

    payload: inspect.Parameter | None
    context: inspect.Parameter | None
    context_first: bool
    dependencies: tuple[Dependency, ...] = ()


def parameters_of(function: Function) -> Parameters:
    """Return what the parameters of a handler are for.

    Raises:
        HandlerError: The function requires more than a payload and a context, an
            annotation cannot be evaluated, or this is not a function at all.
    """
    payload: inspect.Parameter | None = None
    context: inspect.Parameter | None = None
    context_first, dependencies = False, list[Dependency]()
    _refuse_unbound(function)
    for parameter in signature_of(function):
        optional = is_optional(parameter)
        try:
            annotation = type_of(parameter, function)
        except HandlerError:
            if payload is not None and optional:
                continue
            raise
        depends = _depends(annotation, parameter, function)
        if depends is not None:
            dependencies.append(Dependency(parameter, depends))
            continue
        is_context = includes(annotation, Context)
        if is_context and context is None:
            context, context_first = parameter, payload is None
        elif payload is None and not is_context and parameter.kind < _KEYWORD_ONLY:
            payload = parameter.replace(annotation=annotation)
        elif not optional:
            raise HandlerError(
                f"{name_of(function)}() requires {parameter.name!r}: a handler gets "
                "the payload, a context where a parameter is annotated with Context, "
                "and what it depends on where one is Annotated[…, Depends(…)]"
            )
    return Parameters(payload, context, context_first, tuple(dependencies))


def _depends(
    annotation: object, parameter: inspect.Parameter, function: Function
) -> Depends | None:
    """Return what a parameter depends on.

    Raises:
        HandlerError: It is declared where a default stands.
    """
    if isinstance(parameter.default, Depends):
        raise HandlerError(
            f"{name_of(function)}(): {parameter.name!r} has Depends(…) for a default: "
            "declare it as Annotated[…, Depends(…)]"
        )
    return depends_in(annotation)


def name_of(function: Function) -> str:
    """Return the name of a function for an error message."""
    return getattr(function, "__qualname__", type(function).__qualname__)


def place_of(function: Function) -> str:
    """Return the name of a function and where it is written, for an error message."""
    while isinstance(function, partial):
        function = function.func
    code = getattr(inspect.unwrap(function), "__code__", None)
    name = f"{name_of(function)}()"
    if code is None:
        return name
    return f"{name} ({PurePath(code.co_filename).name}:{code.co_firstlineno})"


def require_arguments(function: Function, count: int, role: str, what: str) -> None:
    """Refuse a function that cannot be called with so many arguments.

    Args:
        function: The function.
        count: How many arguments it is called with.
        role: What the function is to be, for the error message.
        what: What it is called with, for the error message.

    Raises:
        HandlerError: It cannot be called so.
    """
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError) as error:
        raise HandlerError(
            f"{_shown(function)} cannot be {role}, which is called with {what}: {error}"
        ) from None


def _shown(function: object) -> str:
    return place_of(function) if callable(function) else repr(function)


def _refuse_unbound(function: Function) -> None:
    """Refuse a method without its object, whose ``self`` would get the payload.

    Raises:
        HandlerError: This is a function of a class.
    """
    if not inspect.isfunction(function) or "self" not in _first_name(function):
        return
    holder = function.__qualname__.rpartition(".")[0]
    if holder and not holder.endswith("<locals>"):
        raise HandlerError(
            f"{name_of(function)}() is a method without an object: register that of "
            f"an object, {holder}(…).{function.__name__}, or decorate it with "
            f"servers.message or servers.event and include({holder}(…))"
        )


def _first_name(function: FunctionType) -> tuple[str, ...]:
    return function.__code__.co_varnames[: function.__code__.co_argcount][:1]


_KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY


def signature_of(function: Function) -> list[inspect.Parameter]:
    """Return the parameters of a function.

    Raises:
        HandlerError: It has no signature.
    """
    try:
        return list(inspect.signature(function).parameters.values())
    except Exception as error:  # noqa: BLE001 — whatever a decorator or an annotation does
        raise HandlerError(f"{function!r} cannot be a handler: {error}") from None


def is_optional(parameter: inspect.Parameter) -> bool:
    """Whether a call may leave a parameter out."""
    variable = (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return parameter.default is not parameter.empty or parameter.kind in variable


def type_of(parameter: inspect.Parameter, function: Function) -> Any:  # noqa: ANN401
    """Return the type that a parameter declares.

    Raises:
        HandlerError: The annotation cannot be evaluated.
    """
    annotation = parameter.annotation
    if annotation is parameter.empty:
        return Any
    holder = SimpleNamespace(__annotations__={"parameter": annotation})
    try:
        hints = typing.get_type_hints(holder, globals_of(function), include_extras=True)
    except Exception as error:  # noqa: BLE001 — whatever the text of an annotation does
        if isinstance(annotation, str) and _spells_context(annotation):
            return Context
        raise HandlerError(
            f"{place_of(function)}: the annotation of {parameter.name!r} cannot be "
            f"evaluated: {error}; it is needed when the handler is registered, so what "
            "it names must be imported outside of TYPE_CHECKING, at module level"
        ) from None
    return hints["parameter"]


def _spells_context(annotation: str) -> bool:
    """Whether this is a context imported under TYPE_CHECKING, as linters advise."""
    name = annotation.removesuffix("| None").rstrip()
    return name.rpartition(".")[2] == "Context"


def globals_of(function: Function) -> dict[str, Any]:
    """Return the names that the annotations of a function may use."""
    while isinstance(function, partial):
        function = function.func
    declared = inspect.unwrap(getattr(function, "__func__", function))
    if hasattr(declared, "__globals__"):
        return typing.cast("dict[str, Any]", declared.__globals__)
    module = sys.modules.get(declared.__module__)  # of a callable object, or of a class
    return vars(module) if module is not None else {}
