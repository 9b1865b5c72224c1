"""The HTTP gateway of the users: ``POST /auth/signup`` and ``POST /auth/login``."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import UNDEFINED, Client

from .answers import application, failure, taking
from .programs import HOST
from .users import Credentials

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.responses import Response


def make_gateway(auth_port: int) -> Starlette:
    """Return the HTTP application.

    Args:
        auth_port: The port of the service that knows the users.
    """
    auth = Client(HOST, auth_port)

    async def sign_up(credentials: Credentials) -> Response:
        return await _answer(auth, "create_user", credentials, HTTPStatus.CREATED)

    async def log_in(credentials: Credentials) -> Response:
        return await _answer(auth, "get_user", credentials, HTTPStatus.OK)

    routes = [
        Route("/auth/signup", taking(Credentials, sign_up), methods=["POST"]),
        Route("/auth/login", taking(Credentials, log_in), methods=["POST"]),
    ]
    return application(routes, auth)


async def _answer(
    auth: Client, pattern: str, credentials: Credentials, status: HTTPStatus
) -> Response:
    """Call the service of the users, and turn its reply into a response.

    Raises:
        CallError: There is none, or it is a refusal.
    """
    user = await auth.send(pattern, msgspec.to_builtins(credentials))
    if user is UNDEFINED or user is None:
        return failure(HTTPStatus.UNAUTHORIZED, "Unauthorized")
    return JSONResponse(user, status)
