r"""Events by MQTT, which wait for a service that is away: ``user/created``.

::

    mosquitto -p 1883 &
    python -m servers.demos.user_created
    curl http://127.0.0.1:3000/users -d '{"email":"ada@example.org"}'
    curl http://127.0.0.1:3001/mails
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import Client, Context, Service
from servers.mqtt import Mqtt, MqttMessage

from . import programs
from .answers import application, taking
from .people import Newcomer, People, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_CREATED = "user/created"
_SESSION = 3_600  # seconds that the broker keeps events for a mailer that is away


def make_mailer(sent: list[dict[str, object]]) -> Service:
    """Return the service that welcomes whoever is created.

    Args:
        sent: Where its mails go to.
    """
    service = Service()

    @service.event(_CREATED)
    def welcome(person: Person, context: Context) -> None:
        message = context.carrier
        assert isinstance(message, MqttMessage)
        sent.append({"to": person.email, "topic": message.topic, "qos": message.qos})

    return service


def make_mails(sent: list[dict[str, object]]) -> Starlette:
    """Return the HTTP application of the mailer: ``GET /mails``."""

    async def answer(_: Request) -> Response:
        return JSONResponse(sent)

    return application([Route("/mails", answer)])


def make_main(users: Client) -> Starlette:
    """Return the HTTP application: ``POST /users``.

    Args:
        users: A client at the broker.
    """
    people = People()

    async def create(newcomer: Newcomer) -> Response:
        person = msgspec.to_builtins(people.create(newcomer))
        await users.emit(_CREATED, person)
        return JSONResponse(person, 201)

    routes = [Route("/users", taking(Newcomer, create), methods=["POST"])]
    return application(routes, users)


@asynccontextmanager
async def mailer() -> AsyncIterator[None]:
    """Run the service, and what it has sent by HTTP."""
    sent: list[dict[str, object]] = []
    broker = Mqtt(_url(), client_id="mailer", session=_SESSION)
    by_http = programs.serving_http(make_mails(sent), programs.port_of("mailer", 3001))
    async with programs.serving_at(make_mailer(sent), broker), by_http:
        yield


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    return programs.serving_http(
        make_main(Client(Mqtt(_url()))), programs.port_of("http", 3000)
    )


def _url() -> str:
    return f"mqtt://{programs.HOST}:{programs.port_of('mqtt', 1883)}"


PROGRAMS = {"mailer": mailer, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
