"""The HTTP gateway of the users: ``POST /auth/signup`` and ``POST /auth/login``."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from protocol import REFUSED
from servers import UNDEFINED, CallError, Client, RemoteError

from .programs import HOST
from .users import Credentials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from protocol import Json

logger = logging.getLogger("servers.demos")


def make_gateway(auth_port: int) -> Starlette:
    """Return the HTTP application.

    Args:
        auth_port: The port of the service that knows the users.
    """
    auth = Client(HOST, auth_port)

    async def sign_up(request: Request) -> Response:
        return await _answer(auth, "create_user", request, HTTPStatus.CREATED)

    async def log_in(request: Request) -> Response:
        return await _answer(auth, "get_user", request, HTTPStatus.OK)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with auth:
            yield

    routes = [
        Route("/auth/signup", sign_up, methods=["POST"]),
        Route("/auth/login", log_in, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _answer(
    auth: Client, pattern: str, request: Request, status: HTTPStatus
) -> Response:
    """Call the service of the users, and turn its reply into a response."""
    try:
        credentials = msgspec.json.decode(await request.body(), type=Credentials)
    except REFUSED as error:
        return _refused(HTTPStatus.BAD_REQUEST, str(error))
    try:
        user = await auth.send(pattern, msgspec.to_builtins(credentials))
    except RemoteError as error:
        return _refused(*_status_and_message(error.err))
    except CallError as error:
        logger.warning("no reply from the users: %s", error)
        return _refused(HTTPStatus.BAD_GATEWAY, "Bad Gateway")
    if user is UNDEFINED or user is None:
        return _refused(HTTPStatus.UNAUTHORIZED, "Unauthorized")
    return JSONResponse(user, status)


def _status_and_message(err: Json) -> tuple[int, str]:
    """Return what a refusal contains; any other error is a bad gateway."""
    if isinstance(err, dict) and isinstance(err.get("statusCode"), int):
        return err["statusCode"], str(err.get("message", ""))
    logger.warning("the service of the users failed: %s", err)
    return HTTPStatus.BAD_GATEWAY, "Bad Gateway"


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": int(status), "message": message}, int(status))
