"""Functions made callable with what a packet holds.

======================  =====================================================
a handler that is       gives
======================  =====================================================
a plain function        its value, on the event loop at once
… with ``thread=True``  its value, from a thread
a coroutine function    its value, when it has one
a generator function    a stream; so does whatever returns a generator
======================  =====================================================

The payload is decoded into the type that the handler declares for its first parameter
(msgspec reads and checks it); without a declaration it is what JSON says. A parameter
that is annotated with :class:`Context` gets the context of the call.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import typing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from protocol import REFUSED, UNDEFINED, loads
from servers.errors import HandlerError, InvalidDataError

from .context import Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from concurrent.futures import Executor

    from protocol import Json, JsonText

Function: TypeAlias = "Callable[..., Any]"
Payload: TypeAlias = "JsonText | msgspec.UnsetType"
Invoke: TypeAlias = "Callable[[Payload, Context | None], Any]"

_END = object()  # what a thread gives for a generator that has ended


class Handler:
    """A function and how to call it.

    Args:
        function: What was registered.
        route: The route that it answers.
        is_event: Whether it was registered for events.
        executor: The threads to run it in; None runs it on the event loop.

    Attributes:
        invoke: Call the function with a payload and a context; gives what the
            function gives: a value, an awaitable or a generator.
        bare: The same without middleware.
        at_once: Whether code of the handler runs while ``invoke`` is called.
        needs_context: Whether ``invoke`` wants a context.
        plain: Whether to answer a request is to call ``invoke`` with its payload.
        following: The next event handler of the same route.

    Raises:
        HandlerError: The function cannot be called with a payload and a context.
    """

    __slots__ = (
        "at_once",
        "bare",
        "following",
        "function",
        "invoke",
        "is_event",
        "needs_context",
        "plain",
        "route",
    )

    def __init__(
        self,
        function: Function,
        route: str,
        *,
        is_event: bool = False,
        executor: Executor | None = None,
    ) -> None:
        self.function = function
        self.route = route
        self.is_event = is_event
        self.following: Handler | None = None
        payload, context, context_first = _parameters(function)
        self.needs_context = context is not None
        self.at_once = executor is None and not inspect.iscoroutinefunction(function)
        run = function if executor is None else _in_threads(function, executor)
        if context is not None and context.kind is context.KEYWORD_ONLY:
            run = _by_name(run, context.name)
        self.bare = self.invoke = _invocation(
            run, payload, context, context_first=context_first
        )
        self.plain = self.at_once and not self.needs_context and not is_event


def _invocation(
    run: Function,
    payload: inspect.Parameter | None,
    context: inspect.Parameter | None,
    *,
    context_first: bool,
) -> Invoke:
    """Return the shortest way to call a function with what it wants."""
    if context is None:
        if payload is None:
            return lambda _payload, _context: run()
        read = _reader(payload)
        return lambda text, _context: run(read(text))
    if payload is None:
        return lambda _payload, given: run(given)
    return _invocation_with_both(run, _reader(payload), first=context_first)


def _invocation_with_both(
    run: Function, read: Callable[[Payload], Json], *, first: bool
) -> Invoke:
    if first:
        return lambda text, given: run(given, read(text))
    return lambda text, given: run(read(text), given)


def _parameters(
    function: Function,
) -> tuple[inspect.Parameter | None, inspect.Parameter | None, bool]:
    """Return the parameters for payload and context, and if the latter stands first."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        raise HandlerError(f"{function!r} is no function: {error}") from None
    payload: inspect.Parameter | None = None
    context: inspect.Parameter | None = None
    context_first = False
    for parameter in parameters:
        if parameter.annotation in (Context, "Context"):
            context, context_first = parameter, payload is None
        elif payload is None and parameter.kind < parameter.KEYWORD_ONLY:
            payload = parameter.replace(annotation=_type_of(parameter, function))
        elif parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            raise HandlerError(
                f"{_name(function)}() wants {parameter.name!r}: a handler is given the "
                "payload, and a context where a parameter is annotated with Context"
            )
    return payload, context, context_first


def _type_of(parameter: inspect.Parameter, function: Function) -> Any:  # noqa: ANN401
    """Return the type that a parameter declares, which may be written as text."""
    if parameter.annotation is parameter.empty:
        return Any
    declared = inspect.unwrap(getattr(function, "__func__", function))
    holder = SimpleNamespace(__annotations__={"payload": parameter.annotation})
    try:
        names = getattr(declared, "__globals__", {})
        return typing.get_type_hints(holder, names)["payload"]
    except NameError as error:
        raise HandlerError(
            f"{_name(function)}(): {error}; the type of a payload must be known when "
            "the handler is registered, so import it outside of TYPE_CHECKING"
        ) from None


def _name(function: Function) -> str:
    return getattr(function, "__qualname__", type(function).__qualname__)


def _reader(parameter: inspect.Parameter) -> Callable[[Payload], Json]:
    """Return what turns a payload into the value that a parameter takes."""
    wanted, default = parameter.annotation, parameter.default
    if wanted in (Any, object):
        absent = UNDEFINED if default is parameter.empty else default
        return lambda text: absent if text is UNDEFINED else loads(text)
    try:
        decode = msgspec.json.Decoder(wanted).decode
    except TypeError as error:
        raise HandlerError(f"{parameter.name!r} cannot be read: {error}") from None

    def read(text: Payload) -> Json:
        if text is UNDEFINED:
            return _absent(wanted, default)
        try:
            return decode(text)
        except REFUSED:
            return _convert(text, wanted)

    return read


def _absent(wanted: Any, default: Json) -> Json:  # noqa: ANN401 — any type there is
    if default is not inspect.Parameter.empty:
        return default
    if msgspec.UnsetType in typing.get_args(wanted) or wanted is msgspec.UnsetType:
        return UNDEFINED
    raise InvalidDataError("Invalid data: there is none")


def _convert(text: JsonText, wanted: Any) -> Json:  # noqa: ANN401
    """Read JSON that only JavaScript accepts, or say what does not fit."""
    try:
        return msgspec.convert(loads(text), wanted)
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidDataError(f"Invalid data: {error}") from None


def _by_name(function: Function, name: str) -> Function:
    """Return a function that passes its last argument, the context, by name."""
    return lambda *arguments: function(*arguments[:-1], **{name: arguments[-1]})


def _in_threads(function: Function, executor: Executor) -> Function:
    """Return a function that does the same in a thread, as a coroutine."""
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise HandlerError(
            f"{_name(function)}() is a coroutine function, which runs on the event "
            "loop; thread=True is for plain functions that block"
        )

    async def run(*arguments: object, **named: object) -> object:
        result = await _call(executor, lambda: function(*arguments, **named))
        if inspect.isgenerator(result):
            return _iterate(executor, result)
        return result

    return run


async def _iterate(executor: Executor, values: Iterator[Json]) -> AsyncIterator[Json]:
    """Take the values of a generator that blocks, one by one, in a thread."""
    while (value := await _call(executor, lambda: next(values, _END))) is not _END:
        yield value


async def _call(executor: Executor, function: Callable[[], Any]) -> Any:  # noqa: ANN401
    loop = asyncio.get_running_loop()
    run = contextvars.copy_context().run
    return await loop.run_in_executor(executor, run, function)
