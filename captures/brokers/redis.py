"""A Redis server of one's own.

It is asked over a socket in its folder, so that nothing of that is in a capture.

Source: redis.conf of Redis 7 (``unixsocket``, ``save``, ``appendonly``,
``requirepass``, ``client-output-buffer-limit``), which are options of the command line
too; https://redis.io/docs/latest/commands/client-list/ (``name``, ``sub``, ``psub``).
"""

from __future__ import annotations

import re
import socket

from .broker import HOST, PATIENCE, Broker, BrokerError, free_port


class RedisServer(Broker):
    """A server of Redis that runs as long as its ``with`` block; it keeps nothing."""

    program = "redis-server"
    scheme = "redis"

    def start(self) -> None:
        """Start it, on the port that it had before.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """
        if self.port < 0:
            self.port = free_port()
        settings: dict[str, object] = {
            "bind": HOST,
            "port": self.port,
            "unixsocket": self._socket,
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            **self.settings,
        }
        self.run(*(word for each in settings.items() for word in _option(*each)))
        self.await_port(self.port)

    def await_subscriptions(self, name: str) -> None:
        """Return when a connection of that name has subscribed to all it will.

        That is once it has subscribed to something, and to nothing more since the
        server was last asked.

        Raises:
            BrokerError: It never did.
        """
        self.await_settled(lambda: self._subscribers(name), f"be heard by {name}")

    def version(self) -> str:
        """Return its version, by its own word."""
        found = re.search(r"redis_version:(\S+)", self.ask("INFO server"))
        if found is None:
            raise BrokerError("redis-server does not say its version")
        return found[1]

    def ask(self, command: str) -> str:
        """Return the answer to a command, as it is on the wire.

        Raises:
            BrokerError: The server refuses it, or has ended.
        """
        line = f"{command}\r\n"
        if "requirepass" in self.settings:
            line = f"AUTH {self.settings['requirepass']}\r\n{line}"
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PATIENCE)
                connection.connect(self._socket)
                connection.sendall(f"{line}QUIT\r\n".encode())
                answer = connection.makefile("rb").read().decode(errors="replace")
        except OSError as error:
            raise BrokerError(f"redis-server has ended: {error}") from error
        if answer.startswith("-"):
            raise BrokerError(answer.strip())
        return answer

    @property
    def _socket(self) -> str:
        return str(self.folder / "redis.sock")

    def _subscribers(self, name: str) -> list[str]:
        """Return how much each connection of that name has subscribed to."""
        clients = self.ask("CLIENT LIST").splitlines()
        named = [line for line in clients if f" name={name} " in line]
        counts = [re.findall(r" p?sub=[1-9]\d*", line) for line in named]
        return [one for each in counts for one in each]


def _option(name: str, value: object) -> list[str]:
    """Return a setting as words of a command line; some take several."""
    words = [] if value == "" else str(value).split(" ")
    return [f"--{name}", *(words or [""])]
