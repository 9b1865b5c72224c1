"""What findings call a server, so that it is taken for no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.endpoints import Endpoint

if TYPE_CHECKING:
    from inspector.streams.connections import Connection


# decision 95: A finding names the host of a server wherever there is a choice
class Servers:
    """The servers of an inspection.

    One that runs on the host of its client, as on a developer's own machine, is called
    by its port, unless another server has the same; any other by host and port.
    """

    def __init__(self) -> None:
        self._known: dict[int, str] = {}  # by their port: the first that has it
        self._shared: set[int] = set()  # ports that several have

    def meet(self, connection: Connection) -> None:
        """Learn of a server by a connection to it."""
        port, server = connection.server_endpoint.port, connection.server_text
        if self._known.setdefault(port, server) != server:
            self._shared.add(port)

    def called(self, server: str, connection: Connection) -> str:
        """Return what to call a server: by its name, if it has one.

        Args:
            server: The server, as ``address:port``.
            connection: The connection that is spoken of.

        Returns:
            ``calc``, ``:8888``, or ``10.1.1.6:8888``.
        """
        named = connection.names.server(server)
        if named != server:
            return named
        endpoint = Endpoint.parse(server)
        if endpoint.port in self._shared:
            return server
        return endpoint.seen_from(connection.client_endpoint.host)
