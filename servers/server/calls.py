"""One call, from the packet to its last reply.

::

    run ─► invoke ─► value ───────────────────────────► reply
                  ├► awaitable ─► a task ─► its result ─┘
                  ├► iterator  ─► a task ─► streams
                  └► exception ───────────────────────► error

A plain function is answered where its packet is read, without a task. Replies are sent
as soon as they are ready, in whatever order that is. An event runs the same way and is
never answered.

Source: ``packages/microservices/server/server.ts``, ``handleEvent`` and ``send``;
``exceptions/base-rpc-exception-filter.ts``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from types import CoroutineType, NoneType
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, Json
from servers.errors import RetriableError, RpcError
from servers.logs import logger_of
from servers.payloads import spelled

from .replies import error_body, value_body
from .streams import Outbox, send_values

if TYPE_CHECKING:
    from servers.hooks import Kind, Outcome

    from .context import Context
    from .handlers import Handler, Payload
    from .respondent import Respondent

logger = logger_of("server")

INTERNAL_ERROR = {"status": "error", "message": "Internal server error"}
"""``err`` for any exception of a handler that is not an RpcError.

Source: ``packages/core/constants.ts``, ``UNKNOWN_EXCEPTION_MESSAGE``.
"""

# Types that are certainly neither awaitable nor iterators.
_VALUES = frozenset(
    {NoneType, bool, int, float, str, list, dict, tuple, type(UNDEFINED)}
)


class Call:
    """One run of a handler.

    Args:
        respondent: Where the replies go.
        handler: The handler to run.
        identity: The JSON text of the id; None for an event, which has no reply.
    """

    __slots__ = ("handler", "identity", "respondent", "started")

    def __init__(
        self, respondent: Respondent, handler: Handler, identity: bytes | None
    ) -> None:
        self.respondent = respondent
        self.handler = handler
        self.identity = identity
        if respondent.hooks is not None:
            self.started = time.perf_counter()
            respondent.hooks.call_started("server", handler.route)

    def run(self, payload: Payload, context: Context | None) -> None:
        """Call the handler, and reply with what it returns or raises."""
        try:
            result = self.handler.invoke(payload, context)
        except BaseException as error:  # noqa: BLE001 — whatever a handler raises
            self.fail(error)
        else:
            self.settle(result)

    def settle(self, result: Any) -> None:  # noqa: ANN401 — whatever a handler gives
        """Reply with a result, now or once it is available.

        Args:
            result: What the handler returned: a value, an awaitable or an iterator.
        """
        kind = type(result)
        if kind in _VALUES:
            self.reply(result)
        elif kind is CoroutineType:
            self.respondent.start(self._settle_later(result))
        elif isinstance(result, AsyncIterator | Iterator):
            self.respondent.start(
                self._stream(result), stream=self.identity is not None
            )
        elif isinstance(result, Awaitable):
            self.respondent.start(self._settle_later(result))
        else:
            self.reply(result)

    def reply(self, value: Json) -> None:
        """Reply with the only value."""
        if self.identity is not None:
            try:
                self.respondent.send(
                    value_body(value, self.identity, self.handler.write)
                )
            except Exception as error:  # noqa: BLE001 — JSON cannot hold it
                self.fail(error)
                return
        self.finish("completed")

    # decision 101: Every call is answered, whatever its handler raises
    def fail(self, error: BaseException) -> None:
        """Reply with an error; only an RpcError shows the caller what it says.

        KeyboardInterrupt and SystemExit end the server, once the reply is written.
        """
        err, first = INTERNAL_ERROR, _first_of(error)
        if isinstance(first, RetriableError) and self.respondent.retry():
            self._log(error)
            self.finish("error")
            return
        if isinstance(first, RpcError):
            err = first.err
        if self.identity is None or not _is_meant(error):
            self._log(error)
        if self.identity is not None:
            try:
                body = error_body(err, self.identity, self.handler.write)
            except Exception as unencodable:  # noqa: BLE001 — JSON cannot hold it
                self._log(unencodable)
                body = error_body(INTERNAL_ERROR, self.identity)
            self.respondent.send(body)
        self.finish("error")
        if isinstance(error, KeyboardInterrupt | SystemExit):
            self.respondent.server.exit(error)

    def finish(self, outcome: Outcome) -> None:
        """Report the outcome to the hooks."""
        hooks = self.respondent.hooks
        if hooks is not None:
            kind: Kind = "message" if self.identity is not None else "event"
            seconds = time.perf_counter() - self.started
            hooks.call_finished("server", self.handler.route, kind, outcome, seconds)

    async def _settle_later(self, awaitable: Awaitable[Json]) -> None:
        try:
            result = await awaitable
        except BaseException as error:  # noqa: BLE001 — whatever a handler raises
            self.fail_later(error)
        else:
            if type(result) in _VALUES:
                self.reply(result)
            else:
                await self.settle_in_task(result)
        finally:
            self.respondent.finished()

    async def settle_in_task(self, result: Any) -> None:  # noqa: ANN401 — likewise
        """Reply with the result of a coroutine, a stream in its own task.

        What the coroutine has set or entered, a context variable or a timeout, can be
        reset or left in no other task.
        """
        if isinstance(result, AsyncIterator | Iterator):
            if self.identity is not None:
                self.respondent.streaming()
            await self._send_values(result)
        else:
            self.settle(result)

    def fail_later(self, error: BaseException) -> None:
        """Distinguish a call that is ended from a handler that fails."""
        if isinstance(error, GeneratorExit) and not _is_running():
            raise error  # the coroutine is closed after its loop
        if isinstance(error, asyncio.CancelledError):
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                self.finish("cancelled")
                raise error
        self.fail(error)

    async def _stream(self, values: AsyncIterator[Json] | Iterator[Json]) -> None:
        try:
            await self._send_values(values)
        finally:
            self.respondent.finished()

    async def _send_values(self, values: AsyncIterator[Json] | Iterator[Json]) -> None:
        outbox = Outbox(self.respondent, self.identity, self.handler.write)
        try:
            await send_values(values, outbox)
        except BaseException as error:  # noqa: BLE001 — whatever a handler raises
            outbox.release()
            self.fail_later(error)
        else:
            outbox.end()
            self.finish("completed")

    def _log(self, error: BaseException) -> None:
        refused = isinstance(error, RpcError)
        logger.log(
            logging.WARNING if refused else logging.ERROR,
            "handler of %r failed: %s",
            self.handler.route,
            spelled(error),
            exc_info=None if refused else error,
            extra={"route": self.handler.route, "peer": self.respondent.peer},
        )


def _is_running() -> bool:
    """Whether this runs on an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _is_meant(error: BaseException) -> bool:
    """Whether an error, or every one of a group, is an RpcError."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(RpcError)[1] is None
    return isinstance(error, RpcError)


# decision 103
def _first_of(error: BaseException) -> BaseException:
    """Return the first error of a group, however deep it is in other groups.

    A task group raises what its tasks raised in the order in which they failed.
    ``Promise.all`` rejects with the first of them.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
