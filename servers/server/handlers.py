"""Functions as handlers: called with the payload and the context of a packet.

======================  =====================================================
a handler that is       returns
======================  =====================================================
a plain function        its value at once, on the event loop
… with ``thread=True``  its value later, from a thread
a coroutine function    its value later
a generator function    a stream; so does any function that returns an iterator
======================  =====================================================

The payload is decoded into the declared type of its parameter, as ``readers`` says;
without a declaration it is what the JSON text means. ``parameters`` says which
parameter is for what, ``results`` what a function may not declare to return.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from protocol import UNDEFINED, loads
from servers.declared import includes
from servers.errors import DataProblem, HandlerError, InvalidDataError
from servers.payloads import to_text
from servers.readers import reader_of

from .dependencies import Overrides
from .injection import Injection
from .parameters import name_of, parameters_of, place_of
from .results import check_result
from .threads import result_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from protocol import Json, JsonText
    from servers.payloads import Write

    from .context import Context
    from .parameters import Function, Parameters

Payload: TypeAlias = "JsonText | msgspec.UnsetType"
Read: TypeAlias = "Callable[[Payload], Json]"
Invoke: TypeAlias = "Callable[[Payload, Context | None], Any]"


class Handler:
    """A function and how to call it.

    Args:
        function: The registered function.
        route: The route that it handles.
        is_event: Whether it was registered for events.
        executor: The threads to run it in; None runs it on the event loop.
        write: Gives the JSON text of what it returns, yields and raises.
        overrides: What is called in place of its dependencies.

    Attributes:
        invoke: Calls the function with the JSON text of a payload and a context;
            returns what the function returns: a value, an awaitable or an iterator.
        bare: The same without what goes around it.
        at_once: Whether code of the function runs before ``invoke`` returns.
        needs_context: Whether ``invoke`` needs a context.
        plain: Whether a request can be answered by ``invoke`` with its payload alone …
        later: … or by what that returns, once it was awaited.
        write: As above.
        replaces: Whether it may take the place of another message handler.
        following: The next event handler of the same route.

    Raises:
        HandlerError: The function cannot be called with a payload and a context, or
            declares types that JSON does not hold.
    """

    __slots__ = (
        "at_once",
        "bare",
        "following",
        "function",
        "invoke",
        "is_event",
        "later",
        "needs_context",
        "plain",
        "replaces",
        "route",
        "write",
    )

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        function: Function,
        route: str,
        *,
        is_event: bool = False,
        executor: Executor | None = None,
        write: Write = to_text,
        overrides: Overrides | None = None,
    ) -> None:
        self.function = function
        self.replaces = False
        self.route = route
        self.is_event = is_event
        self.write = write
        self.following: Handler | None = None
        parameters = parameters_of(function)
        if not is_event:
            check_result(function)
        depends = bool(parameters.dependencies)
        self.needs_context = parameters.context is not None or depends
        coroutine = depends or inspect.iscoroutinefunction(function)
        self.at_once = executor is None and not coroutine
        run = function if executor is None else _in_threads(function, executor)
        payload = parameters.payload
        read = None if payload is None else _reader(payload, function)
        if depends:
            self.bare = _injected(function, parameters, read, overrides, executor)
        else:
            self.bare = _invocation(run, parameters, read)
        self.invoke = self.bare
        # The quick ways to reply have their own writer.
        ordinary = write is to_text and not is_event and not self.needs_context
        self.plain = ordinary and self.at_once
        self.later = ordinary and not self.at_once


def _invocation(run: Function, parameters: Parameters, read: Read | None) -> Invoke:
    """Return the shortest way to call a function with what it takes."""
    _, context, context_first, _ = parameters
    if context is None:
        if read is None:
            return lambda _text, _context: run()
        return lambda text, _context: run(read(text))
    if context.kind is context.KEYWORD_ONLY:
        run = _by_name(run, context.name)
    if read is None:
        return lambda _text, given: run(given)
    return _invocation_with_both(run, read, context_first=context_first)


def _injected(
    function: Function,
    parameters: Parameters,
    read: Read | None,
    overrides: Overrides | None,
    executor: Executor | None,
) -> Invoke:
    """Return how to call a function with what it takes and what it depends on."""
    return Injection(
        function,
        parameters,
        read,
        overrides=Overrides() if overrides is None else overrides,
        executor=executor,
    ).invoke


def _invocation_with_both(run: Function, read: Read, *, context_first: bool) -> Invoke:
    if context_first:
        return lambda text, given: run(given, read(text))
    return lambda text, given: run(read(text), given)


def _reader(parameter: inspect.Parameter, function: Function) -> Read:
    """Return the function that turns a payload into the argument for a parameter.

    Raises:
        HandlerError: JSON cannot be read into the declared type.
    """
    declared, default = parameter.annotation, parameter.default
    if declared in (Any, object):
        absent = UNDEFINED if default is parameter.empty else default
        return lambda text: absent if text is UNDEFINED else loads(text)
    what = f"{place_of(function)}: {parameter.name!r}"
    decode, refused, again = reader_of(declared, what)

    def read(text: Payload) -> Json:
        if text is UNDEFINED:
            return _absent(declared, default)
        try:
            return decode(text)
        except refused as error:
            return again(text, error)

    return read


def _absent(declared: Any, default: Json) -> Json:  # noqa: ANN401 — any type there is
    """Return the argument where the packet has no payload."""
    if default is not inspect.Parameter.empty:
        return default
    if includes(declared, msgspec.UnsetType):
        return UNDEFINED
    words = "there is no data"
    raise InvalidDataError(f"Invalid data: {words}", [DataProblem("$", words)])


def _by_name(function: Function, name: str) -> Function:
    """Return a function that passes its last argument, the context, by name."""
    return lambda *arguments: function(*arguments[:-1], **{name: arguments[-1]})


def _in_threads(function: Function, executor: Executor) -> Function:
    """Return a function whose coroutine does the same in a thread.

    Raises:
        HandlerError: The function is a coroutine function, which does not block.
    """
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise HandlerError(
            f"{name_of(function)}() is a coroutine function, which runs on the event "
            "loop; thread=True is for plain functions that block"
        )

    return lambda *arguments, **named: result_in(
        executor, partial(function, *arguments, **named)
    )
