"""The dependencies of a call: made before its handler runs, left after it.

A value is left once the handler has returned it, before it is sent, so that what fails
then (a commit) is an error of the call. A stream is left when it has ended, or when its
caller is gone. Whatever the handler raises is raised at the ``yield`` of its
dependencies too, from the last one made to the first; none of them can suppress it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from servers.errors import HandlerError

from .dependencies import Kind, needs_of
from .parameters import name_of, signature_of
from .streams import stream_of
from .threads import OneThread, call_in, clean_up_in, result_in

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    import msgspec

    from protocol import Json, JsonText

    from .context import Context
    from .dependencies import Need, Node, Overrides
    from .parameters import Function, Parameters


# decision 114: Dependencies are made by code of our own
class Injection:
    """A function, and how it is called with what it depends on.

    Args:
        function: The function of a handler.
        parameters: What its parameters are for.
        read: Turns a payload into the argument for it; None where none is taken.
        overrides: What is called in place of dependencies.
        executor: The threads in which the plain functions among them run, as the
            function does, all those of one call in the same; None runs them on the
            event loop.

    Raises:
        HandlerError: A dependency needs what it cannot get.
    """

    def __init__(
        self,
        function: Function,
        parameters: Parameters,
        read: Callable[[JsonText | msgspec.UnsetType], Json] | None,
        *,
        overrides: Overrides,
        executor: Executor | None,
    ) -> None:
        self._function = function
        self._read = read
        self._needs = needs_of(parameters.dependencies)
        self._payload, self._context = parameters.payload, parameters.context
        self._order = _by_position(function, parameters)
        self.overrides = overrides
        self.executor = executor
        self._streams = inspect.isgeneratorfunction(
            function
        ) or inspect.isasyncgenfunction(function)

    def invoke(
        self, text: JsonText | msgspec.UnsetType, context: Context | None
    ) -> Coroutine[Any, Any, Json] | AsyncGenerator[Json, None]:
        """Return what gives the value of the function, or the values of its stream.

        Raises:
            InvalidDataError: The payload does not fit.
        """
        assert context is not None
        given: dict[str, Json] = {}
        if self._read is not None and self._payload is not None:
            given[self._payload.name] = self._read(text)
        if self._context is not None:
            given[self._context.name] = context
        run = self._stream if self._streams else self._value
        return run(given, Making(self, context))

    async def _value(self, given: dict[str, Json], making: Making) -> Json:
        try:
            result = await self._call(given, making)
            stream = stream_of(result)
        except BaseException as error:
            await making.leave(error)
            raise
        if stream is None:
            await making.leave()
            return result
        values = _owned(stream, making)
        await anext(values)
        return values

    async def _stream(
        self, given: dict[str, Json], making: Making
    ) -> AsyncGenerator[Json, None]:
        """Yield the values of the function; make nothing before the first is read."""
        try:
            stream = stream_of(await self._call(given, making))
            assert stream is not None, "as the function is a generator function"
            async with aclosing(stream):
                async for value in stream:
                    yield value
        except BaseException as error:
            await making.leave(error)
            raise
        await making.leave()

    async def _call(self, given: dict[str, Json], making: Making) -> Json:
        """Call the function with all its arguments."""
        named = {**given, **await making.named(self._needs)}
        positional = [named.pop(name) for name in self._order]
        call = partial(self._function, *positional, **named)
        if making.threads is not None:
            return await result_in(making.threads, call)
        result = call()
        return await result if isinstance(result, Awaitable) else result


def _by_position(function: Function, parameters: Parameters) -> list[str]:
    """Return the names of what is passed by position: as much as possible.

    A decorated function may take its arguments no other way.

    Raises:
        HandlerError: A parameter cannot be passed by position, and by name neither.
    """
    received = {each.parameter.name for each in parameters.dependencies}
    given = (parameters.payload, parameters.context)
    received |= {each.name for each in given if each is not None}
    names: list[str] = []
    gap = False
    for each in signature_of(function):
        gap = gap or each.name not in received or each.kind is each.KEYWORD_ONLY
        if not gap:
            names.append(each.name)
        elif each.name in received and each.kind in _BY_POSITION_ALONE:
            raise HandlerError(
                f"{name_of(function)}() takes {each.name!r} by position, after what "
                "receives nothing: put it first"
            )
    return names


_BY_POSITION_ALONE = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.VAR_POSITIONAL,
)


class Making:
    """What is made for one call.

    Args:
        injection: The function that is called.
        context: The context of the call.
    """

    __slots__ = ("_context", "_injection", "_made", "_stack", "_thread")

    def __init__(self, injection: Injection, context: Context) -> None:
        self._injection = injection
        self._context = context
        self._made: dict[Function, Any] = {}
        self._stack = AsyncExitStack()
        threads = injection.executor
        self._thread = None if threads is None else OneThread(threads)

    @property
    def threads(self) -> Executor | None:
        """Where the function runs: the thread of its dependencies, if they have one."""
        if self._thread is not None and self._thread.held:
            return self._thread
        return self._injection.executor

    async def named(self, needs: tuple[Need, ...]) -> dict[str, Any]:
        """Return arguments by the name of their parameter."""
        return {
            need.name: self._context
            if need.node is None
            else await self._get(need.node)
            for need in needs
        }

    async def leave(self, error: BaseException | None = None) -> None:
        """Let everything clean up that was made.

        Args:
            error: What ended the call; None if it ended well.

        Raises:
            Exception: Whatever a dependency raises besides.
        """
        try:
            if error is None:
                await self._stack.aclose()
            else:
                await self._stack.__aexit__(type(error), error, error.__traceback__)
        finally:
            if self._thread is not None:
                self._thread.shutdown()

    async def _get(self, node: Node) -> Any:  # noqa: ANN401 — whatever it gives
        if node.use_cache and node.function in self._made:
            return self._made[node.function]
        value = await self._make(self._injection.overrides.in_place_of(node))
        if node.use_cache:
            self._made[node.function] = value
        return value

    async def _make(self, node: Node) -> Any:  # noqa: ANN401
        named = await self.named(node.needs)
        positional = [named.pop(each.name) for each in node.needs if each.by_position]
        thread = self._thread
        if thread is not None and node.blocks:
            result = await call_in(thread, lambda: node.make(*positional, **named))
        else:
            result = node.make(*positional, **named)
        if node.kind is Kind.ASYNC_MANAGER:
            return await self._stack.enter_async_context(result)
        if node.kind is Kind.MANAGER and thread is not None:
            return await self._stack.enter_async_context(_InThread(result, thread))
        if node.kind is Kind.MANAGER:
            return self._stack.enter_context(result)
        return await result if isinstance(result, Awaitable) else result


class _InThread(AbstractAsyncContextManager[Any]):
    """A context manager that blocks, entered and left in a thread.

    Both happen in one context, as they would without threads; the variables that it
    sets are seen by the rest of the call.
    """

    def __init__(self, manager: AbstractContextManager[Any], thread: OneThread) -> None:
        self._manager = manager
        self._thread = thread
        self._context = copy_context()

    async def __aenter__(self) -> Any:  # noqa: ANN401 — whatever it gives
        """Enter it."""
        enter = self._manager.__enter__
        gone = asyncio.CancelledError()  # a call that ends while it is entered
        leave = partial(self._manager.__exit__, type(gone), gone, None)
        value = await call_in(self._thread, enter, self._context, leave)
        before = copy_context()
        for variable, now in self._context.items():
            if variable not in before or before[variable] is not now:
                variable.set(now)
        return value

    async def __aexit__(self, *error: Any) -> bool | None:  # noqa: ANN401, PYI036 — passed on
        """Leave it."""
        leave = partial(self._manager.__exit__, *error)
        return await clean_up_in(self._thread, leave, self._context)


async def _owned(
    values: AsyncGenerator[Json, None], making: Making
) -> AsyncGenerator[Json, None]:
    """Yield the values of a stream, after a first one that only begins.

    A generator that has begun cleans up even if nothing is read from it.
    """
    try:
        yield None
        async with aclosing(values):
            async for value in values:
                yield value
    except BaseException as error:
        await making.leave(error)
        raise
    await making.leave()
