"""Servers and clients that speak the protocol of NestJS microservices.

A peer cannot distinguish either from Nest. Everything public is imported from here;
``docs/servers.md`` and ``docs/services.md`` are the guide.

=============  ====================================================================
module         contents
=============  ====================================================================
server         services: patterns to handlers, handlers to replies
client         clients: calls to requests, replies to the calls that wait for them
serving        where a service listens, and until when
tcp            TCP as one of several transports
nats, redis    … and brokers
kafka          … of which this one keeps what was sent, for each group
mqtt           … of which this one
rabbitmq       … and this one confirm what they have taken
grpc           gRPC, by the files that describe a service
gateways       browsers, by Socket.IO or plain WebSockets
discovery      where servers are: Consul, DNS and Kubernetes say it
locating       … each by its address, as commands are given it
brokers        what all brokers have in common
records        payloads with headers, to be sent over a broker
deliveries     … and what a broker says of a message that it delivers
recorded       a service that answers as recorded, and how values compare
testing        both in one process
pytest_plugin  … as fixtures of pytest
tracing        traces that cross a service, in the metadata of its calls
opentelemetry  … with spans of OpenTelemetry
cli, calling   the command ``protocol-call``, and what it is made of
replaying      … of which this sends again what was recorded
launching      the command ``protocol-serve``
demos          applications to try, each program with its counterpart in Nest
channel        one TCP connection: the bodies of packets, as frames
writing        … the half of it that writes, up to its end
sockets        ports, the names of peers, Nagle's algorithm
pipes          a connection in memory
payloads       values to JSON text
integers       … those that JavaScript does not hold exactly
forms          … the forms of those that neither JSON nor msgspec knows
readers        JSON text to values of declared types
declared       … the classes that an annotation names
hooks          callbacks for connections, bytes and calls
logs           loggers whose handlers may raise
prometheus     hooks that keep metrics for Prometheus
limits         limits on what peers may make us buffer or wait for
tls            TLS contexts
running        the event loop
coroutines     what must be a coroutine function
errors         the errors
=============  ====================================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol import UNDEFINED, EncodeError

    from .client import (
        Backoff,
        BlockingClient,
        Breaker,
        Client,
        ConnectionEvent,
        Ejection,
        Replies,
        Retry,
        RetryBudget,
        ServerStatus,
        Stream,
    )
    from .client.middleware import ClientMiddleware, ClientProceed, Outgoing
    from .errors import (
        CallError,
        CircuitOpenError,
        ClientClosedError,
        ConnectError,
        ConnectionLostError,
        DataProblem,
        DuplicateHandlerError,
        ForbiddenError,
        HandlerError,
        InvalidDataError,
        InvalidMessageError,
        InvalidReplyError,
        ListenError,
        NoHandlerError,
        PatternError,
        RemoteError,
        RequestTimeoutError,
        RetriableError,
        RpcError,
        ServersError,
        StreamOverflowError,
        UnknownPatternError,
        UsageError,
    )
    from .forms import Buffer
    from .hooks import Hooks
    from .limits import Limits
    from .records import Record
    from .running import run
    from .server import Context, Health, Lifespan, Router, Server, Service
    from .server.depends import Depends
    from .server.guards import Guard
    from .server.methods import event, message
    from .server.middleware import ServerMiddleware, ServerProceed
    from .server.streams import stream_of
    from .tcp import Tcp
    from .tls import client_tls, server_tls
    from .tracing import TraceContext, current_trace, pass_trace, receive_trace

__all__ = [
    "UNDEFINED",
    "Backoff",
    "BlockingClient",
    "Breaker",
    "Buffer",
    "CallError",
    "CircuitOpenError",
    "Client",
    "ClientClosedError",
    "ClientMiddleware",
    "ClientProceed",
    "ConnectError",
    "ConnectionEvent",
    "ConnectionLostError",
    "Context",
    "DataProblem",
    "Depends",
    "DuplicateHandlerError",
    "Ejection",
    "EncodeError",
    "ForbiddenError",
    "Guard",
    "HandlerError",
    "Health",
    "Hooks",
    "InvalidDataError",
    "InvalidMessageError",
    "InvalidReplyError",
    "Lifespan",
    "Limits",
    "ListenError",
    "NoHandlerError",
    "Outgoing",
    "PatternError",
    "Record",
    "RemoteError",
    "Replies",
    "RequestTimeoutError",
    "RetriableError",
    "Retry",
    "RetryBudget",
    "Router",
    "RpcError",
    "Server",
    "ServerMiddleware",
    "ServerProceed",
    "ServerStatus",
    "ServersError",
    "Service",
    "Stream",
    "StreamOverflowError",
    "Tcp",
    "TraceContext",
    "UnknownPatternError",
    "UsageError",
    "client_tls",
    "current_trace",
    "event",
    "message",
    "pass_trace",
    "receive_trace",
    "run",
    "server_tls",
    "stream_of",
]

_HOMES = {
    "UNDEFINED": "protocol",
    "EncodeError": "protocol",
    "Backoff": "servers.client",
    "BlockingClient": "servers.client",
    "Breaker": "servers.client",
    "Client": "servers.client",
    "ConnectionEvent": "servers.client",
    "Ejection": "servers.client",
    "Replies": "servers.client",
    "Retry": "servers.client",
    "RetryBudget": "servers.client",
    "ServerStatus": "servers.client",
    "Stream": "servers.client",
    "ClientMiddleware": "servers.client.middleware",
    "ClientProceed": "servers.client.middleware",
    "Outgoing": "servers.client.middleware",
    "Buffer": "servers.forms",
    "Hooks": "servers.hooks",
    "Limits": "servers.limits",
    "Record": "servers.records",
    "run": "servers.running",
    "Context": "servers.server",
    "Health": "servers.server",
    "Lifespan": "servers.server",
    "Router": "servers.server",
    "Server": "servers.server",
    "Service": "servers.server",
    "Depends": "servers.server.depends",
    "Guard": "servers.server.guards",
    "event": "servers.server.methods",
    "message": "servers.server.methods",
    "ServerMiddleware": "servers.server.middleware",
    "ServerProceed": "servers.server.middleware",
    "stream_of": "servers.server.streams",
    "Tcp": "servers.tcp",
    "client_tls": "servers.tls",
    "server_tls": "servers.tls",
    "TraceContext": "servers.tracing",
    "current_trace": "servers.tracing",
    "pass_trace": "servers.tracing",
    "receive_trace": "servers.tracing",
}
"""Public name → the module that has it, loaded when the name is asked for.

The commands import this package too: --help needs neither servers nor an event loop.
Errors are all of one module.
"""


if not TYPE_CHECKING:  # who checks types shall not take every name for one of ours

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES.get(name, "servers.errors")), name)
        globals()[name] = value  # so that it is asked for once
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
