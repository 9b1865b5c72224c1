"""The participants: a server and a client that speak Nest's protocol.

Neither can be told from Nest by its peer. ``docs/servers.md`` is the guide.
"""

from protocol import UNDEFINED, EncodeError

from .client import Backoff, BlockingClient, Client, ConnectionEvent, Stream
from .client.middleware import Outgoing
from .errors import (
    CallError,
    ClientClosedError,
    ConnectError,
    ConnectionLostError,
    DuplicateHandlerError,
    HandlerError,
    InvalidDataError,
    InvalidMessageError,
    ListenError,
    NoHandlerError,
    PatternError,
    RemoteError,
    RequestTimeoutError,
    RpcError,
    ServersError,
    StreamOverflowError,
    UsageError,
)
from .hooks import Hooks
from .limits import Limits
from .running import run
from .server import Context, Server, Service
from .server.middleware import Proceed
from .tls import client_tls, server_tls

__all__ = [
    "UNDEFINED",
    "Backoff",
    "BlockingClient",
    "CallError",
    "Client",
    "ClientClosedError",
    "ConnectError",
    "ConnectionEvent",
    "ConnectionLostError",
    "Context",
    "DuplicateHandlerError",
    "EncodeError",
    "HandlerError",
    "Hooks",
    "InvalidDataError",
    "InvalidMessageError",
    "Limits",
    "ListenError",
    "NoHandlerError",
    "Outgoing",
    "PatternError",
    "Proceed",
    "RemoteError",
    "RequestTimeoutError",
    "RpcError",
    "Server",
    "ServersError",
    "Service",
    "Stream",
    "StreamOverflowError",
    "UsageError",
    "client_tls",
    "run",
    "server_tls",
]
