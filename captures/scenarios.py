"""What is recorded: the applications, their programs, and what happens to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HTTP_PORT = 3000


@dataclass(frozen=True)
class Service:
    """A program that listens.

    Attributes:
        program: Its folder inside the application.
        port: Where it listens, for HTTP or for Nest.
    """

    program: str
    port: int


@dataclass(frozen=True)
class Call:
    """An HTTP request to the application."""

    method: str
    url: str
    body: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Recording:
    """A capture to make, and what happens in it.

    Attributes:
        application: Its folder in ``applications``.
        nest: The folder of ``nest/`` it runs on.
        services: In starting order, each before its clients.
        calls: HTTP requests, made one after another.
        client: A program that runs to its end, where nothing speaks HTTP.
    """

    application: str
    nest: str
    description: str
    services: tuple[Service, ...]
    calls: tuple[Call, ...] = ()
    client: str | None = None

    @property
    def name(self) -> str:
        """The name of the capture and of its manifest."""
        return f"{self.application}-nest{self.nest.removeprefix('v')}"

    @property
    def filter(self) -> str:
        """What tcpdump keeps: the ports of the services, HTTP among them."""
        ports = sorted(service.port for service in self.services)
        return " or ".join(f"tcp port {port}" for port in ports)


def _sums(*numbers: str) -> tuple[Call, ...]:
    return tuple(Call("GET", f"/sum?num={each}") for each in numbers)


def _auth(path: str, username: str, password: str) -> Call:
    body = {"username": username, "password": password}
    return Call("POST", f"/auth/{path}", body)


def _seed(nest: str) -> Recording:
    return Recording(
        application="seed",
        nest=nest,
        description="each GET /sum emits the event log and sends the message sum "
        "to one microservice, over one connection",
        services=(Service("calculator", 8888), Service("main", HTTP_PORT)),
        calls=_sums("1,2,3", "10,20,30", "4,5", "7", "1,1,2,3,5,8"),
    )


TWO_SERVICES = Recording(
    application="two-services",
    nest="v12",
    description="each GET /sum emits the event log to one microservice and sends "
    "the message sum to another",
    services=(
        Service("journal", 9999),
        Service("calculator", 8888),
        Service("main", HTTP_PORT),
    ),
    calls=_sums("1,2,3", "10,20,30", "4,5", "7"),
)

AUTH_GATEWAY = Recording(
    application="auth-gateway",
    nest="v12",
    description="a gateway asks the auth microservice: two signups, a login, an "
    "unknown user, a wrong password, a user name that is taken",
    services=(Service("auth", 3001), Service("gateway", HTTP_PORT)),
    calls=(
        _auth("signup", "reader", "correct horse"),
        _auth("signup", "作者", "battery staple"),
        _auth("login", "reader", "correct horse"),
        _auth("login", "nobody", "correct horse"),
        _auth("login", "作者", "a guess"),
        _auth("signup", "reader", "another"),
    ),
)

SHOWCASE = Recording(
    application="showcase",
    nest="v12",
    description="one client, one connection, one after another: an object and a "
    "numeric pattern, two streams of five, two errors, two patterns nobody "
    "handles (a message, an event), undefined, null, 300 KB there and back, and "
    "200 messages at once",
    services=(Service("service", 8900),),
    client="client",
)

RECORDINGS = {
    recording.name: recording
    for recording in (
        _seed("v12"),
        _seed("v10"),
        TWO_SERVICES,
        AUTH_GATEWAY,
        SHOWCASE,
    )
}
