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
        demo: The module of ``servers.demos`` whose program it is; None for Nest.
    """

    program: str
    port: int
    demo: str | None = None


@dataclass(frozen=True)
class Call:
    """An HTTP request to the application.

    Attributes:
        method: Its method.
        url: Its path and query.
        body: What is sent as JSON; None for nothing.
        fields: More lines of its head.
        ahead: Whether the next one is sent before it is answered.
    """

    method: str
    url: str
    body: Mapping[str, object] | None = None
    fields: tuple[str, ...] = ()
    ahead: bool = False


@dataclass(frozen=True)
class Recording:
    """A capture to make, and what happens in it.

    Attributes:
        application: Its folder in ``applications``.
        nest: The folder of ``nest/`` it runs on.
        services: In starting order, each before its clients.
        calls: HTTP requests, made one after another.
        kept_alive: Whether these go over one connection, without a pause.
        client: A program that runs to its end, where nothing speaks HTTP.
        sides: Who calls whom, where some of it is Python.
    """

    application: str
    nest: str
    description: str
    services: tuple[Service, ...]
    calls: tuple[Call, ...] = ()
    client: str | None = None
    sides: str | None = None
    kept_alive: bool = False

    @property
    def name(self) -> str:
        """The name of the capture and of its manifest."""
        nest = f"nest{self.nest.removeprefix('v')}"
        return f"{self.application}-{self.sides or nest}"

    @property
    def has_nest(self) -> bool:
        """Whether any program runs on Nest."""
        return any(service.demo is None for service in self.services)

    @property
    def has_python(self) -> bool:
        """Whether any program is ours."""
        return any(service.demo is not None for service in self.services)

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


_CALCULATOR = Service("calculator", 8888)
_MAIN = Service("main", HTTP_PORT)
_OUR_USER = Service("user", 8888, demo="main_user")
_OUR_MAIN = Service("main", HTTP_PORT, demo="main_user")


def _seed(
    nest: str,
    user: Service = _CALCULATOR,
    main: Service = _MAIN,
    sides: str | None = None,
) -> Recording:
    return Recording(
        application="seed",
        nest=nest,
        description="each GET /sum emits the event log and sends the message sum "
        "to one microservice, over one connection",
        services=(user, main),
        calls=_sums("1,2,3", "10,20,30", "4,5", "7", "1,1,2,3,5,8"),
        sides=sides,
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


_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def _graphql(operation: str) -> Call:
    body = {"query": operation, "variables": {"numbers": [3, 4]}}
    return Call("POST", "/graphql", body)


WEB = Recording(
    application="web",
    nest="v12",
    description="over one connection that is kept alive: sums by query and by body, "
    "one by two calls, an error of a microservice, three requests at once, HEAD, "
    "chunks, server-sent events, GraphQL and a path that there is not; main asks calc, "
    "which tells log",
    services=(
        Service("journal", 9999),
        Service("calculator", 8888),
        Service("main", HTTP_PORT),
    ),
    calls=(
        Call("GET", "/sum?num=1,2", fields=(f"traceparent: {_TRACE}",)),
        Call("POST", "/sum", {"numbers": [5, 6]}),
        Call("GET", "/orders/41"),
        Call("GET", "/divide"),
        Call("GET", "/sum?num=1", ahead=True),
        Call("GET", "/orders/42", ahead=True),
        Call("GET", "/rows"),
        Call("HEAD", "/health"),
        Call("GET", "/totals"),
        _graphql("query Total($numbers: [Int]) { sum(numbers: $numbers) }"),
        _graphql("mutation { divide }"),
        Call("GET", "/nowhere"),
    ),
    kept_alive=True,
)


def _auth_gateway(auth: Service, sides: str | None = None) -> Recording:
    return Recording(
        application="auth-gateway",
        nest="v12",
        description="a gateway asks the auth microservice: two signups, a login, an "
        "unknown user, a wrong password, a user name that is taken",
        services=(auth, Service("gateway", HTTP_PORT)),
        calls=(
            _auth("signup", "reader", "correct horse"),
            _auth("signup", "作者", "battery staple"),
            _auth("login", "reader", "correct horse"),
            _auth("login", "nobody", "correct horse"),
            _auth("login", "作者", "a guess"),
            _auth("signup", "reader", "another"),
        ),
        sides=sides,
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
        WEB,
        _auth_gateway(Service("auth", 3001)),
        SHOWCASE,
        _seed("v12", _OUR_USER, _OUR_MAIN, "python"),
        _seed("v12", _CALCULATOR, _OUR_MAIN, "python-calls-nest12"),
        _seed("v12", _OUR_USER, _MAIN, "nest12-calls-python"),
        _auth_gateway(Service("auth", 3001, demo="gateway_auth"), "mixed"),
    )
}
