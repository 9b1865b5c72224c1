"""JSON in and out of the HTTP applications, errors as Nest writes them."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse

from protocol import REFUSED
from servers import CallError, RemoteError, RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from servers import Client

T = TypeVar("T")

logger = logging.getLogger("servers.demos")

_FAILED = "Bad Gateway"


def application(routes: Sequence[BaseRoute], *clients: Client) -> Starlette:
    """Return an HTTP application whose clients are open as long as it runs."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for client in clients:
                await stack.enter_async_context(client)
            yield

    return Starlette(routes=routes, lifespan=lifespan)


def failure(status: int, message: str) -> JSONResponse:
    """Return an error."""
    return JSONResponse({"statusCode": int(status), "message": message}, int(status))


def reason_of(error: CallError) -> str:
    """Return what strangers may know: a refusal, or that there is no reply."""
    err = error.err if isinstance(error, RemoteError) else None
    reason = err.get("message") if isinstance(err, dict) else err
    if isinstance(reason, str):
        return reason
    logger.warning("no reply: %s", error)
    return _FAILED


def taking(
    kind: type[T], answer: Callable[[T], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads its body.

    Args:
        kind: The type of the body; any other is a 400.
        answer: Makes a response of it. A :class:`CallError` becomes one, too.
    """

    async def endpoint(request: Request) -> Response:
        try:
            body = msgspec.json.decode(await request.body(), type=kind)
        except REFUSED as error:
            return failure(400, str(error))
        try:
            return await answer(body)
        except CallError as error:
            return _failed(error)

    return endpoint


def _failed(error: CallError) -> Response:
    """Return what a call failed with: a refusal, or why there is no reply."""
    if isinstance(error, RemoteError):
        return _refused(error)
    logger.warning("no reply: %s", error)
    if isinstance(error, RequestTimeoutError):
        return failure(504, "Gateway Timeout")
    return failure(502, _FAILED)


def _refused(error: RemoteError) -> Response:
    """Return what a refusal contains; any other error is a bad gateway."""
    err = error.err
    if isinstance(err, dict) and isinstance(err.get("statusCode"), int):
        return failure(err["statusCode"], str(err.get("message", "")))
    logger.warning("the service failed: %s", err)
    return failure(502, _FAILED)
