"""Methods as handlers: marked where they are written, registered with their object.

::

    class Orders:
        def __init__(self, database: Database) -> None: ...

        @servers.message("orders.list")
        def list_orders(self, customer: int) -> list[Order]: ...

    service.include(Orders(database))

A subclass inherits the handlers of its bases. A method that overrides one of them
answers its patterns, unless it is marked itself, for others; one that is set to None
answers none.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from servers.errors import HandlerError, UsageError

from .registrations import Registration
from .routes import require_brackets
from .scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol import Json

    from .guards import Guard

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])

_MARKS = "__servers_registrations__"


def message(
    pattern: Json,
    *,
    thread: bool = False,
    replace: bool = False,
    guards: Sequence[Guard] = (),
) -> Callable[[AnyFunction], AnyFunction]:
    """Mark a method that replies to requests.

    Args:
        pattern: A string, a number, an object, or a list of these.
        thread: Whether the method blocks and is therefore run in a thread.
        replace: Whether it may take the place of another message handler.
        guards: Functions that must agree before it runs.

    Raises:
        PatternError: This is a function: the decorator has no pattern.
        HandlerError: A guard cannot be called with a context.
    """
    scopes = (Scope(guards),)
    return _mark(pattern, thread=thread, replace=replace, scopes=scopes)


def event(
    pattern: Json, *, thread: bool = False, guards: Sequence[Guard] = ()
) -> Callable[[AnyFunction], AnyFunction]:
    """Mark a method that handles events.

    Args:
        pattern: A string, a number, an object, or a list of these.
        thread: Whether the method blocks and is therefore run in a thread.
        guards: Functions that must agree before it runs.

    Raises:
        PatternError: This is a function: the decorator has no pattern.
        HandlerError: A guard cannot be called with a context.
    """
    return _mark(pattern, is_event=True, thread=thread, scopes=(Scope(guards),))


def _mark(pattern: Json, **options: Any) -> Callable[[AnyFunction], AnyFunction]:  # noqa: ANN401
    require_brackets(pattern)

    def mark(function: AnyFunction) -> AnyFunction:
        try:
            marks = vars(function).setdefault(_MARKS, [])
        except TypeError:
            raise HandlerError(f"{function!r} cannot be marked as a handler") from None
        marks.append(Registration(pattern, function, **options))
        return function

    return mark


def methods_of(holder: object) -> list[Registration]:
    """Return the marked methods of an object, bound to it.

    Raises:
        UsageError: This is a class, or has no marked method.
    """
    if isinstance(holder, type):
        raise UsageError(
            f"{holder.__qualname__} is a class: include an object of it, "
            f"include({holder.__qualname__}(…))"
        )
    found = [
        mark._replace(function=getattr(holder, name))
        for name in _names(type(holder))
        for mark in _marks_of(type(holder), name)
    ]
    if not found:
        raise UsageError(
            f"{holder!r} has no method that is decorated with servers.message or "
            "servers.event; functions are registered with the decorators of the service"
        )
    return found


def _names(kind: type) -> Iterator[str]:
    """Iterate over the names of a class, in the order in which they are written."""
    bases = reversed(kind.__mro__)
    return iter(dict.fromkeys(name for each in bases for name in vars(each)))


def _marks_of(kind: type, name: str) -> list[Registration]:
    """Return the marks of a method, or of the nearest one that it overrides."""
    for each in kind.__mro__:
        if name not in vars(each):
            continue
        method = vars(each)[name]
        if not inspect.isroutine(method) and not callable(method):
            break
        if marks := _own_marks(method):
            return marks
    return []


def _own_marks(method: Any) -> list[Registration]:  # noqa: ANN401
    function = getattr(method, "__func__", method)  # of a static or a class method
    marks: list[Registration] = []
    for each in (method, function):
        found = getattr(each, _MARKS, None)
        if isinstance(found, list) and found is not marks:
            marks = found
    return marks
