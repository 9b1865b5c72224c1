"""A RabbitMQ of one's own.

Its node is asked over HTTP on another port, so that nothing of that is in a capture of
the first. Erlang's epmd, which names nodes to one another, would go on running after
it, so each has one of its own, which ends with it.

Source: https://www.rabbitmq.com/docs/configure (``RABBITMQ_…``, ``rabbitmq.conf``),
https://www.rabbitmq.com/docs/networking (epmd, ``ERL_EPMD_ADDRESS``,
``inet_dist_use_interface``: without them it listens on all addresses).
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from captures.processes import await_truth, listening_ports

from .broker import HOST, PATIENCE, Broker, BrokerError, find, free_port

if TYPE_CHECKING:
    from .broker import Settings

USER = PASSWORD = "guest"  # noqa: S105 — what RabbitMQ comes with, for loopback only


class RabbitMQServer(Broker):
    """A RabbitMQ that runs as long as its ``with`` block, durable queues included.

    Args:
        settings: Lines of ``rabbitmq.conf``.
    """

    program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    scheme = "amqp"

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self._management = self._distribution = self._names = -1
        self._epmd: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, on the ports that it had before, with the queues that it had.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """
        if self.port < 0:
            self.port, self._management, self._distribution, self._names = (
                free_port() for _ in range(4)
            )
        self._write_configuration()
        self._start_epmd()
        self.run(environment=self._environment())
        self.await_port(self.port, self._management)
        self.await_truth(self._answers, "answer")

    def __exit__(self, *_: object) -> None:
        # It takes seconds to end by itself, and what it would keep is deleted anyway.
        self.kill()
        super().__exit__()

    def stop(self) -> None:
        """End it as its own users do; it is not an error if it has ended."""
        super().stop()
        if self._epmd:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None

    def await_subscriptions(self, name: str) -> None:
        """Return when a connection of that name consumes from a queue.

        Its name is ``connection_name`` of the client's properties.

        Raises:
            BrokerError: It never did.
        """
        self.await_settled(lambda: self._consumed(name), f"be consumed from by {name}")

    def version(self) -> str:
        """Return its version, by its own word."""
        return str(self.ask("overview")["rabbitmq_version"])

    def ask(self, page: str, method: str = "GET", body: object = None) -> Any:  # noqa: ANN401 — JSON
        """Return what its HTTP API answers.

        Args:
            page: What is asked for, below ``/api/``.
            method: What is done with it.
            body: What is sent along, as JSON.

        Raises:
            BrokerError: It refuses, or does not answer.
        """
        credentials = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request = Request(
            f"http://{HOST}:{self._management}/api/{page}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Basic {credentials}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                text = answer.read()
        except (URLError, OSError) as error:
            raise BrokerError(f"RabbitMQ does not answer {page}: {error}") from error
        return json.loads(text) if text else None

    def consumers(self, queue: str | None = None) -> list[Any]:
        """Return who consumes, from one queue or from any, as the API tells it."""
        found = self.ask("consumers")
        return [
            each for each in found if queue is None or each["queue"]["name"] == queue
        ]

    def close_connections(self) -> None:
        """Close the connections of all clients, with a reason, as an operator may."""
        for each in self.ask("connections"):
            self.ask(f"connections/{quote(each['name'])}", "DELETE")

    def _consumed(self, name: str) -> list[str]:
        named = {
            each["name"]
            for each in self.ask("connections")
            if each.get("client_properties", {}).get("connection_name") == name
        }
        return [
            each["consumer_tag"]
            for each in self.consumers()
            # Of a channel of which no figures have come yet, it tells an empty list.
            if (each["channel_details"] or {}).get("connection_name") in named
        ]

    def _answers(self) -> bool:
        try:
            self.ask("overview")
        except BrokerError:
            return False
        return True

    def _write_configuration(self) -> None:
        settings: dict[str, object] = {
            "listeners.tcp.1": f"{HOST}:{self.port}",
            "management.tcp.ip": HOST,
            "management.tcp.port": self._management,
            # Connections and channels are in the API after so many milliseconds, and
            # how many messages there are after so many seconds.
            "collect_statistics_interval": 500,
            "management.sample_retention_policies.global.minute": 1,
            "management.sample_retention_policies.basic.minute": 1,
            "management.sample_retention_policies.detailed.minute": 1,
            **self.settings,
        }
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        file = self.folder / "rabbitmq.conf"
        file.write_text("".join(lines), encoding="utf-8")
        plugins = self.folder / "enabled_plugins"
        plugins.write_text("[rabbitmq_management].\n", encoding="utf-8")

    def _start_epmd(self) -> None:
        if self._epmd is None:
            self._epmd = subprocess.Popen(
                [find("epmd"), "-address", HOST, "-port", str(self._names)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            await_truth(lambda: self._names in listening_ports(), "epmd")

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "HOME": str(folder),  # where Erlang keeps its cookie
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(self._names),
            "RABBITMQ_NODENAME": f"rabbit{self.port}@localhost",
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1}"
                # Its schedulers wait, and do not spin: tests share the processors.
                " +sbwt none +sbwtdcpu none +sbwtdio none"
            ),
            # Its script becomes Erlang then, and is no process between us and it.
            "RUNNING_UNDER_SYSTEMD": "true",
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/usr/bin:/sbin:/bin",
        }
