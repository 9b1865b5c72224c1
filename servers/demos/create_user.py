r"""A message that is sent again if no reply comes in time: ``createUser``.

::

    python -m servers.demos.create_user
    curl http://127.0.0.1:3000/users -d '{"email":"ada@example.org"}'
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import Backoff, Client, Retry, RpcError, Service

from . import programs
from .answers import application, taking
from .people import Newcomer, People

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.responses import Response

    from .people import Person

logger = logging.getLogger("servers.demos")

RETRY = Retry(attempts=3, attempt_timeout=0.5, backoff=Backoff(first=0.1))
"""Three attempts of half a second: as in the counterpart."""

_SLOW = 2.0  # seconds that the first call for an address takes


def make_users() -> Service:
    """Return the service: ``createUser``, which is slow the first time.

    Whoever calls it again for the same address gets the same user. So it does no harm
    that an attempt which its caller has given up is carried out, too.
    """
    service, people, asked = Service(), People(), set[str]()

    @service.message("createUser")
    async def create(newcomer: Newcomer) -> Person:
        logger.info("createUser %s", newcomer.email)
        if "@" not in newcomer.email:
            raise RpcError({"statusCode": 422, "message": "No address"})
        if newcomer.email not in asked:
            asked.add(newcomer.email)
            await asyncio.sleep(_SLOW)
        return people.create(newcomer)

    return service


def make_main(user_port: int) -> Starlette:
    """Return the HTTP application: ``POST /users``.

    Args:
        user_port: The port of the service.
    """
    users = Client(programs.HOST, user_port, retry=RETRY)

    async def create(newcomer: Newcomer) -> Response:
        data = msgspec.to_builtins(newcomer)
        user = await users.send("createUser", data, idempotent=True)
        return JSONResponse(user, 201)

    routes = [Route("/users", taking(Newcomer, create), methods=["POST"])]
    return application(routes, users)


def user() -> AbstractAsyncContextManager[None]:
    """Run the service that creates users."""
    return programs.serving(make_users(), _user_port())


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    return programs.serving_http(
        make_main(_user_port()), programs.port_of("http", 3000)
    )


def _user_port() -> int:
    return programs.port_of("user", 8888)


PROGRAMS = {"user": user, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
