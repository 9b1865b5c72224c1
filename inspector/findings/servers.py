"""What findings call a server, so that it is taken for no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of, group_word
from inspector.calls.serving import group_in
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
        self._brokers: set[str] = set()

    def meet(self, connection: Connection) -> None:
        """Learn of a server by a connection to it."""
        port, server = connection.server_endpoint.port, connection.server_text
        if self._known.setdefault(port, server) != server:
            self._shared.add(port)
        if broker_of(connection):
            self._brokers.add(server)

    def called(self, server: str, connection: Connection) -> str:
        """Return what to call a server: by its name, if it has one.

        Args:
            server: The server, as ``address:port``, or what else serves; see
                :mod:`inspector.calls.serving`.
            connection: The connection that is spoken of.

        Returns:
            ``calc``, ``:8888``, or ``10.1.1.6:8888``. Over a broker ``queue group
            workers``, or where nobody is known who serves, ``a service behind NATS``.
        """
        if not broker_of(connection):
            return self._name(server, connection, connection.client_endpoint)
        if group := group_in(server):
            return self._group(*group, group_word(connection.carrier))
        if server == connection.server_text:
            return f"a service behind {self.reached(connection)}"
        return self._name(server, connection, connection.server_endpoint)

    def reached(self, connection: Connection) -> str:
        """Return what to call the server of a connection, or its broker: ``NATS``.

        The broker is called by host and port besides where there are several.
        """
        server, broker = connection.server_text, broker_of(connection)
        named = self._name(server, connection, connection.client_endpoint)
        if not broker:
            return named
        known_by_port = named.rpartition(":")[2] == str(connection.server_endpoint.port)
        if known_by_port and self._brokers <= {server}:
            return broker
        return f"{broker} {named}" if known_by_port else named

    def _group(self, group: str, broker: str, word: str) -> str:
        """Return what to call a queue group; with its broker if there are several."""
        where = "" if self._brokers <= {broker} else f" of {broker}"
        return f"{word} {group}{where}"

    def _name(self, server: str, connection: Connection, near: Endpoint) -> str:
        """Return what to call an end, by its port alone on the host of another."""
        named = connection.names.server(server)
        if named != server:
            return named
        endpoint = Endpoint.parse(server)
        if endpoint.port in self._shared:
            return server
        return endpoint.seen_from(near.host)
