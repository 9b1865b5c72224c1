"""One call, from the packet to its last reply.

::

    run ─► invoke ─► value ───────────────────────────► reply
                  ├► awaitable ─► a task ─► its result ─┘
                  ├► generator ─► a task ─► streams
                  └► exception ───────────────────────► error

A plain function is answered where its packet is read, without a task. Replies leave as
they are ready, in whatever order that is. An event runs the same way, and is never
answered.

Source: ``packages/microservices/server/server.ts``, ``handleEvent`` and ``send``;
``exceptions/base-rpc-exception-filter.ts``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Generator
from types import CoroutineType, NoneType
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, Json
from servers.errors import RpcError

from .replies import error_frame, value_frame
from .streams import Outbox, send_values

if TYPE_CHECKING:
    from servers.hooks import Kind, Outcome

    from .connection import Connection
    from .context import Context
    from .handlers import Handler, Payload

logger = logging.getLogger("servers.server")

INTERNAL_ERROR = {"status": "error", "message": "Internal server error"}
"""``err`` for whatever a handler raises that is no RpcError.

Source: ``packages/core/constants.ts``, ``UNKNOWN_EXCEPTION_MESSAGE``.
"""

# What is surely neither awaitable nor a generator.
_VALUES = frozenset(
    {NoneType, bool, int, float, str, list, dict, tuple, type(UNDEFINED)}
)


class Call:
    """A handler at work on one packet.

    Args:
        connection: Where the packet came from, and the replies go.
        handler: What answers it.
        identity: The JSON text of the id; None for an event, which has no reply.
    """

    __slots__ = ("connection", "handler", "identity", "started")

    def __init__(
        self, connection: Connection, handler: Handler, identity: bytes | None
    ) -> None:
        self.connection = connection
        self.handler = handler
        self.identity = identity
        if connection.hooks is not None:
            self.started = time.perf_counter()
            connection.hooks.call_started("server", handler.route)

    def run(self, payload: Payload, context: Context | None) -> None:
        """Call the handler and see to what it gives."""
        try:
            result = self.handler.invoke(payload, context)
        except Exception as error:  # noqa: BLE001 — whatever a handler raises
            self.fail(error)
        else:
            self.settle(result)

    def settle(self, result: Any) -> None:  # noqa: ANN401 — whatever a handler gives
        """Answer with a value, or wait for what has none yet."""
        kind = type(result)
        if kind in _VALUES:
            self.reply(result)
        elif kind is CoroutineType:
            self.connection.start(self._settle_later(result))
        elif isinstance(result, AsyncIterator | Generator):
            self.connection.start(
                self._stream(result), stream=self.identity is not None
            )
        elif isinstance(result, Awaitable):
            self.connection.start(self._settle_later(result))
        else:
            self.reply(result)

    def reply(self, value: Json) -> None:
        """Answer with the only value."""
        if self.identity is not None:
            try:
                self.connection.send(value_frame(value, self.identity))
            except Exception as error:  # noqa: BLE001 — JSON cannot hold it
                self.fail(error)
                return
        self.finish("completed")

    def fail(self, error: BaseException) -> None:
        """Answer with an error; only what the handler meant for the caller crosses."""
        err = INTERNAL_ERROR
        if isinstance(error, RpcError):
            err = error.err
        if self.identity is None or not isinstance(error, RpcError):
            self._log(error)
        if self.identity is not None:
            try:
                frame = error_frame(err, self.identity)
            except Exception as unsayable:  # noqa: BLE001 — an error JSON cannot hold
                self._log(unsayable)
                frame = error_frame(INTERNAL_ERROR, self.identity)
            self.connection.send(frame)
        self.finish("error")

    def finish(self, outcome: Outcome) -> None:
        """Tell the hooks how it ended."""
        hooks = self.connection.hooks
        if hooks is not None:
            kind: Kind = "message" if self.identity is not None else "event"
            seconds = time.perf_counter() - self.started
            hooks.call_finished("server", self.handler.route, kind, outcome, seconds)

    async def _settle_later(self, awaitable: Awaitable[Json]) -> None:
        try:
            result = await awaitable
        except asyncio.CancelledError as error:
            self._cancelled(error)
        except Exception as error:  # noqa: BLE001
            self.fail(error)
        else:
            self.settle(result)
        finally:
            self.connection.finished()

    def _cancelled(self, error: BaseException) -> None:
        """Tell being stopped from a handler that was cancelled from inside."""
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            self.finish("cancelled")
            raise error
        self.fail(error)

    async def _stream(
        self, values: AsyncIterator[Json] | Generator[Json, Any, Any]
    ) -> None:
        outbox = Outbox(self.connection, self.identity)
        try:
            await send_values(values, outbox)
        except asyncio.CancelledError as error:
            self._cancelled(error)
        except Exception as error:  # noqa: BLE001
            outbox.release()
            self.fail(error)
        else:
            outbox.end()
            self.finish("completed")
        finally:
            self.connection.finished()

    def _log(self, error: BaseException) -> None:
        refused = isinstance(error, RpcError)
        logger.log(
            logging.WARNING if refused else logging.ERROR,
            "handler of %r failed: %r",
            self.handler.route,
            error,
            exc_info=None if refused else error,
            extra={"route": self.handler.route, "peer": self.connection.peer},
        )
