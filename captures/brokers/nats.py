"""A NATS server of one's own.

The server chooses its ports itself and writes them to a file when it serves them, so
that no port is taken between its choice and its use.

Source: https://docs.nats.io/running-a-nats-service/configuration (``ports_file_dir``,
``write_deadline``, ``max_pending``, ``authorization``, ``cluster``, ``jetstream``);
JSON is a form of its configuration.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from .broker import HOST, PATIENCE, Broker

if TYPE_CHECKING:
    from .broker import Settings


class NatsServer(Broker):
    """A server of NATS that runs as long as its ``with`` block.

    Attributes:
        cluster_port: Where other servers connect, if it is in a cluster.
    """

    program = "nats-server"
    scheme = "nats"

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.cluster_port = -1  # the server chooses, as it does for the others
        self._monitor = -1

    def start(self) -> None:
        """Start it, on the ports that it had before.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """
        configuration = self.folder / "nats.json"
        configuration.write_text(json.dumps(self._configuration()), encoding="utf-8")
        process = self.run("-c", configuration)
        file = self.folder / f"nats-server_{process.pid}.ports"
        self.await_truth(
            lambda: file.exists() and file.read_bytes().rstrip().endswith(b"}"),
            "start",
        )
        ports = json.loads(file.read_bytes())
        self.port, self._monitor = (
            _port_of(ports[each][0]) for each in ("nats", "monitoring")
        )
        if "cluster" in self.settings:
            self.cluster_port = _port_of(ports["cluster"][0])

    def subscriptions(self) -> dict[str, list[str]]:
        """Return the name of each connection, and the subjects it subscribed to.

        A connection without a name is called by its local port.
        """
        answer = self._asked("connz?subs=1")
        return {
            each.get("name") or str(each["port"]): each.get("subscriptions_list", [])
            for each in answer["connections"]
        }

    def await_subscriptions(self, name: str) -> None:
        """Return when a connection of that name has subscribed to all it will.

        That is once it has subscribed to something, and to nothing more since the
        server was last asked.

        Raises:
            BrokerError: It never did.
        """
        self.await_settled(
            lambda: self.subscriptions().get(name, []), f"be subscribed to by {name}"
        )

    def messages(self) -> int:
        """Return how many messages its clients have published to it."""
        return int(self._asked("varz")["in_msgs"])

    def remote_subjects(self) -> set[str]:
        """Return what clients of the other servers of its cluster subscribed to."""
        joined = self._asked("routez?subs=1")["routes"]
        return {each for one in joined for each in one.get("subscriptions_list", [])}

    def version(self) -> str:
        """Return its version, by its own word."""
        return str(self._asked("varz")["version"])

    def _asked(self, page: str) -> Any:  # noqa: ANN401 — JSON
        with urlopen(
            f"http://{HOST}:{self._monitor}/{page}", timeout=PATIENCE
        ) as answer:
            return json.load(answer)

    def _configuration(self) -> dict[str, object]:
        configuration: dict[str, object] = {
            "host": HOST,
            "port": self.port,
            "http": f"{HOST}:{self._monitor}",
            "ports_file_dir": str(self.folder),
            **self.settings,
        }
        if isinstance(cluster := self.settings.get("cluster"), dict):
            listen = f"{HOST}:{self.cluster_port}"
            configuration["cluster"] = {"listen": listen, **cluster}
        if self.settings.get("jetstream") is True:
            store = str(self.folder / "jetstream")
            configuration["jetstream"] = {"store_dir": store}
        return configuration


def routes(*servers: NatsServer) -> dict[str, object]:
    """Return the settings of a server that joins others in a cluster.

    Without others, they are those of the first one.
    """
    others = [f"nats-route://{HOST}:{each.cluster_port}" for each in servers]
    return {"cluster": {"name": "loopback", "routes": others}}


def _port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
