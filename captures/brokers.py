"""A NATS server of one's own: on the loopback interface, on ports that were free.

::

    with NatsServer() as server:
        connect(f"nats://127.0.0.1:{server.port}")
        server.restart()                         # on the same port

The server chooses its ports itself and writes them to a file when it serves them, so
that no port is taken between its choice and its use, and nobody needs to connect to
learn that it is ready: a capture begins with the first client. Nothing that runs on the
machine besides, as a service of Debian's package, is used or disturbed.

Source: https://docs.nats.io/running-a-nats-service/configuration (``ports_file_dir``,
``write_deadline``, ``max_pending``, ``authorization``, ``cluster``, ``jetstream``);
JSON is a form of its configuration.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for a server to start or to end
_SYSTEM = "/usr/sbin"  # where Debian puts it, which not every PATH has
Settings: TypeAlias = "Mapping[str, object]"


class BrokerError(Exception):
    """A broker is not installed, or does not start, end or do as it was to."""


class NatsServer:
    """A server that runs as long as its ``with`` block.

    Args:
        settings: More of its configuration, by the names of the configuration file.

    Attributes:
        port: Where clients connect; the same after a restart.

    Raises:
        BrokerError: It is not installed, or does not start (on entering the block).
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = dict(settings or {})
        self.port = -1  # the server chooses
        self.cluster_port = -1
        self._monitor = -1
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(TemporaryDirectory()))
        self._stack.callback(self.stop)
        try:
            self.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Where clients connect, as they are given it."""
        return f"nats://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it, on the ports that it had before.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """
        configuration = self._folder / "nats.json"
        configuration.write_text(json.dumps(self._configuration()), encoding="utf-8")
        log = self._folder / "log"
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                [program(), "-c", configuration], stdout=said, stderr=said
            )
        file = self._folder / f"nats-server_{self._process.pid}.ports"
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

    def stop(self) -> None:
        """End it as its own users do; it is not an error if it has ended."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            finally:
                self._process.kill()
                self._process = None

    def restart(self) -> None:
        """End it and start it again; its clients find it where it was."""
        self.stop()
        self.start()

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
        before: list[str] = []

        def settled() -> bool:
            nonlocal before
            now = self.subscriptions().get(name, [])
            same, before = bool(now) and now == before, now
            return same

        self.await_truth(settled, f"be subscribed to by {name}")

    def await_truth(self, condition: Callable[[], bool], what: str) -> None:
        """Return when a condition holds, which says what the server is to do.

        Raises:
            BrokerError: It never did, or the server has ended.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self._process is None or self._process.poll() is not None:
                said = (self._folder / "log").read_text(encoding="utf-8")
                raise BrokerError(f"nats-server has ended\n{said}".strip())
            if time.monotonic() > deadline:
                raise BrokerError(f"nats-server does not {what}")
            time.sleep(0.05)

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
            "ports_file_dir": str(self._folder),
            **self.settings,
        }
        if isinstance(cluster := self.settings.get("cluster"), dict):
            listen = f"{HOST}:{self.cluster_port}"
            configuration["cluster"] = {"listen": listen, **cluster}
        if self.settings.get("jetstream") is True:
            store = str(self._folder / "jetstream")
            configuration["jetstream"] = {"store_dir": store}
        return configuration


def program() -> str:
    """Return the path of nats-server.

    Raises:
        BrokerError: It is not installed.
    """
    found = shutil.which("nats-server", path=f"{os.environ['PATH']}:{_SYSTEM}")
    if found is None:
        raise BrokerError("there is no nats-server: run tests/tools.sh")
    return found


def routes(*servers: NatsServer) -> dict[str, object]:
    """Return the settings of a server that joins others in a cluster.

    Without others, they are those of the first one.
    """
    others = [f"nats-route://{HOST}:{each.cluster_port}" for each in servers]
    return {"cluster": {"name": "loopback", "routes": others}}


def _port_of(url: str) -> int:
    return int(url.rpartition(":")[2])
