"""What exchanges are called in telemetry, by the conventions that others follow too.

=====================  ========================================================
an exchange            conventions
=====================  ========================================================
a call                 RPC, a span of the server: ``rpc.method`` is the route
an event               messaging: ``messaging.destination.name`` is the route, or
                       over a broker the channel
=====================  ========================================================

Payloads are in none of these, nor are the words of errors, which are payloads as well.

Source: OpenTelemetry Semantic Conventions 1.40: "RPC spans", "Messaging spans",
"Server, client, network attributes", "Recording errors".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome, last_error
from inspector.calls.serving import service_of
from inspector.calls.statuses import MASKED, status_of
from inspector.figures.traffic import pair_of
from inspector.streams.endpoints import Endpoint
from inspector.views.exported import shortened
from protocol import UNDEFINED, loads
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from typing import TypeAlias

    Value: TypeAlias = "str | int | float | bool"
    Attributes: TypeAlias = "dict[str, Value]"

SYSTEM = "nestjs"
"""What is asked, where that has no name of its own among RPC and messaging systems."""
_SYSTEMS = {"grpc": "grpc", "kafka": "kafka", "rabbitmq": "rabbitmq"}
"""Carrier → its name in the conventions; they have no others of ours."""
_PROTOCOLS = {
    "tcp": "nestjs",
    "rabbitmq": "amqp",
    "ws": "websocket",
    "socketio": "socket.io",
    "grpc": "http",
}
"""Carrier → the protocol over TCP, in lower case; others are called so themselves."""
_STATUS = lazy_regex(r"[A-Z_]{2,30}")
"""A status of gRPC that has a name; peers may send any number."""
_WRONG = frozenset(
    {
        Outcome.ERROR,
        Outcome.NO_HANDLER,
        Outcome.UNANSWERED,
        Outcome.UNDELIVERED,
        Outcome.REJECTED,
    }
)


class Ends(NamedTuple):
    """Who asks, and who serves, by what people know them.

    Attributes:
        client: Its name, else its address; over a broker with its port.
        server: Its name, else ``address:port``; over a broker a queue group, or whoever
            had it, or the broker where nobody is known.
    """

    client: str
    server: str


def ends_of(exchange: Exchange) -> Ends:
    """Return who asks and who serves, as ``protocol-inspect services`` calls them."""
    connection = exchange.connection
    pair, names = pair_of(connection), connection.names
    client, server = pair.client, pair.server
    if exchange.passage is not None:
        client, server = exchange.client_text, service_of(exchange)
    elif exchange.pushed:  # by a gateway, to whom has connected to it
        return Ends(names.server(server), names.client(client))
    if connection.principal.process is not None:  # it is asked elsewhere, as a server
        return Ends(names.server(client), names.server(server))
    return Ends(names.client(client), names.server(server))


def is_wrong(exchange: Exchange) -> bool:
    """Whether it failed; what was under way at the end of a capture has not."""
    return exchange.outcome in _WRONG and not exchange.in_flight


def name_of(exchange: Exchange) -> str:
    """Return the route, or what stands for it."""
    return shortened(exchange.route or "(replies)")


def method_of(exchange: Exchange, route: str) -> str:
    """Return a route as the method of a call; gRPC has one without its first slash."""
    return route.removeprefix("/") if exchange.carrier == "grpc" else route


def destination_of(exchange: Exchange) -> str:
    """Return where an event was sent to."""
    passage = exchange.passage
    return name_of(exchange) if passage is None else shortened(passage.channel)


def system_of(exchange: Exchange) -> str:
    """Return what the conventions call what is asked, or carries messages."""
    carrier = exchange.carrier
    if exchange.kind is Kind.EVENT and exchange.passage is not None:
        return _SYSTEMS.get(carrier, carrier)
    return "grpc" if carrier == "grpc" else SYSTEM


def error_of(exchange: Exchange) -> Attributes:
    """Return what kind of failure it is; nothing if it is none.

    A status code says it if there is one: that of gRPC by its name, that of an error of
    Nest by its number. Else it is ``masked``, where Nest hides what was thrown, or the
    outcome. Of a call of gRPC its status is said in any case.
    """
    code = _grpc_status(exchange)
    status: Attributes = {"rpc.response.status_code": code} if code else {}
    if not is_wrong(exchange):
        return status
    err = last_error(exchange)
    if not code and exchange.outcome is Outcome.ERROR and err != MASKED:
        number = status_of(err)
        code = "" if number is None else str(number)
        status = {"rpc.response.status_code": code} if code else {}
    kind = "masked" if err == MASKED else str(exchange.outcome)
    return {"error.type": code or kind, **status}


def call_attributes(exchange: Exchange, route: str) -> Attributes:
    """Return what calls are called by the conventions.

    Args:
        exchange: The call.
        route: Its route, or what stands for that.
    """
    return {
        "rpc.system.name": system_of(exchange),
        "rpc.method": method_of(exchange, route),
        **error_of(exchange),
    }


def message_attributes(
    exchange: Exchange, destination: str, operation: str
) -> Attributes:
    """Return what events are called by the conventions.

    Args:
        exchange: The event.
        destination: Where it was sent to, or its route.
        operation: ``send`` or ``receive``.
    """
    return {
        "messaging.system": system_of(exchange),
        "messaging.destination.name": destination,
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        **error_of(exchange),
    }


def place_attributes(exchange: Exchange) -> Attributes:
    """Return between whom it passed, as addresses and ports, and by which protocol."""
    carrier = exchange.carrier
    return {
        **_end("client", exchange.client_text),
        **_end("server", exchange.server_text),
        "network.transport": "tcp",
        "network.protocol.name": _PROTOCOLS.get(carrier, carrier),
    }


def delivered(exchange: Exchange) -> int:
    """Return how many handlers an event reached, as far as the capture shows."""
    passage = exchange.passage
    if passage is not None:
        return passage.reached
    return int(exchange.outcome is Outcome.SENT)


def _grpc_status(exchange: Exchange) -> str:
    """Return the status of a call of gRPC; empty of others, and where none came."""
    if exchange.carrier != "grpc":
        return ""
    err = last_error(exchange)
    if err is UNDEFINED:
        return "OK" if exchange.outcome is Outcome.COMPLETED else ""
    found = loads(err)
    status = found.get("status") if isinstance(found, dict) else None
    return status if isinstance(status, str) and _STATUS.fullmatch(status) else ""


def _end(side: str, text: str) -> Attributes:
    try:
        endpoint = Endpoint.parse(text)
    except ValueError:  # it is no socket, such as a broker that is known by its name
        return {f"{side}.address": shortened(text)}
    return {f"{side}.address": endpoint.address, f"{side}.port": endpoint.port}
