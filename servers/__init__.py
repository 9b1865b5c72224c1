"""The participants: a server and a client that speak Nest's protocol."""

from protocol import UNDEFINED

from .server import Context, Server, Service

__all__ = ["UNDEFINED", "Context", "Server", "Service"]
