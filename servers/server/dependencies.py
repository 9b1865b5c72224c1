"""Dependencies: what a handler needs, made for each call by functions.

==============================  ==================================================
a parameter of a dependency     receives
==============================  ==================================================
annotated with ``Context``      the context
annotated with ``Depends(…)``   what that dependency gives
any other                       nothing, so it must have a default
==============================  ==================================================

Signatures are read when a handler is registered, those of dependencies of dependencies
as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from servers.declared import includes
from servers.errors import HandlerError

from .context import Context
from .depends import Depends, depends_in
from .parameters import is_optional, name_of, signature_of, type_of

if TYPE_CHECKING:
    from .parameters import Dependency, Function


class Kind(Enum):
    """What a dependency gives."""

    VALUE = auto()  # or an awaitable
    MANAGER = auto()
    ASYNC_MANAGER = auto()


class Need(NamedTuple):
    """A parameter, and what it receives.

    Attributes:
        name: The name of the parameter.
        by_position: Whether it cannot be passed by name.
        node: The dependency; None is the context.
    """

    name: str
    by_position: bool
    node: Node | None


class Node(NamedTuple):
    """A dependency.

    Attributes:
        function: The function.
        make: Called with what it needs; gives what ``kind`` says.
        kind: What it gives.
        needs: What it needs.
        use_cache: Whether it is made once for a call.
        blocks: Whether it is a plain function or class, which a thread may run.
    """

    function: Function
    make: Function
    kind: Kind
    needs: tuple[Need, ...]
    use_cache: bool
    blocks: bool


def needs_of(dependencies: tuple[Dependency, ...]) -> tuple[Need, ...]:
    """Return what the parameters of a handler need.

    Raises:
        HandlerError: A dependency needs what it cannot get.
    """
    return tuple(
        Need(parameter.name, _by_position(parameter), node_of(depends))
        for parameter, depends in dependencies
    )


def node_of(depends: Depends, path: tuple[Function, ...] = ()) -> Node:
    """Return a dependency with all that it needs.

    Args:
        depends: What marks it.
        path: What needs it, and what needs that.

    Raises:
        HandlerError: It needs what it cannot get, or itself.
    """
    function = depends.dependency
    assert function is not None, "as depends_in returns it"
    if function in path:
        chain = " needs ".join(f"{name_of(each)}()" for each in (*path, function))
        raise HandlerError(f"a dependency needs itself: {chain}")
    make, kind = _maker(function)
    needs = tuple(_needs(function, (*path, function)))
    later = inspect.iscoroutinefunction(_called(function))
    blocks = kind is Kind.VALUE and not later
    return Node(function, make, kind, needs, depends.use_cache, blocks)


def _needs(function: Function, path: tuple[Function, ...]) -> Iterator[Need]:
    for parameter in signature_of(function):
        optional = is_optional(parameter)
        try:
            annotation = type_of(parameter, function)
        except HandlerError:
            if optional:
                continue
            raise
        depends = depends_in(annotation)
        if depends is not None:
            yield Need(parameter.name, _by_position(parameter), node_of(depends, path))
        elif includes(annotation, Context):
            yield Need(parameter.name, _by_position(parameter), None)
        elif not optional:
            raise HandlerError(
                f"{name_of(function)}() requires {parameter.name!r}: a dependency gets "
                "a context where a parameter is annotated with Context, and other "
                "dependencies where it is Annotated[…, Depends(…)]"
            )


def _by_position(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.POSITIONAL_ONLY


def _maker(function: Function) -> tuple[Function, Kind]:
    """Return what is called for a dependency, and what that gives.

    A generator function may be decorated as a context manager already, or not.
    """
    called = _called(function)
    if inspect.isgeneratorfunction(called):
        return contextmanager(function), Kind.MANAGER
    if inspect.isasyncgenfunction(called):
        return asynccontextmanager(function), Kind.ASYNC_MANAGER
    code = getattr(function, "__code__", None)
    if code is contextmanager(function).__code__:
        return function, Kind.MANAGER
    if code is asynccontextmanager(function).__code__:
        return function, Kind.ASYNC_MANAGER
    return function, Kind.VALUE


def _called(function: Function) -> Function:
    """Return the function that runs when this is called: of an object, its method."""
    if inspect.isroutine(function) or isinstance(function, type | partial):
        return function
    method: Function = type(function).__call__
    return method


class Overrides(MutableMapping["Function", "Function"]):
    """Functions that are called in place of dependencies, in tests above all."""

    def __init__(self) -> None:
        self._nodes: dict[Function, Node] = {}

    def __getitem__(self, dependency: Function) -> Function:
        """Return what is called in place of a dependency.

        Raises:
            KeyError: Nothing is.
        """
        return self._nodes[dependency].function

    def __setitem__(self, dependency: Function, replacement: Function) -> None:
        """Call another function in place of a dependency.

        Raises:
            HandlerError: The function needs what it cannot get.
        """
        self._nodes[dependency] = node_of(Depends(replacement))

    def __delitem__(self, dependency: Function) -> None:
        """Call a dependency itself again.

        Raises:
            KeyError: Nothing is called in its place.
        """
        del self._nodes[dependency]

    def __iter__(self) -> Iterator[Function]:
        """Iterate over the dependencies that have a replacement."""
        return iter(self._nodes)

    def __len__(self) -> int:
        """Return how many dependencies have a replacement."""
        return len(self._nodes)

    def in_place_of(self, node: Node) -> Node:
        """Return what is made in place of a dependency, or the dependency itself."""
        return self._nodes.get(node.function, node) if self._nodes else node
