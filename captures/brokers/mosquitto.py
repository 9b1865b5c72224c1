"""A Mosquitto of one's own, for MQTT 3.1.1 and 5.

It writes each subscription to its log, so that nobody need connect to learn of them.

Source: https://mosquitto.org/man/mosquitto-conf-5.html (``listener``, ``log_type``,
``allow_anonymous``, ``password_file``, ``protocol``).
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from .broker import HOST, Broker, find, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


class Mosquitto(Broker):
    """A Mosquitto that runs as long as its ``with`` block; it keeps nothing.

    A setting whose value is a list is written once for each of its items. Three are not
    Mosquitto's own: ``passwords``, name → password, and ``rules``, lines of an access
    control list, are written to files of their own; ``protocol`` is that of its
    listener, such as ``websockets``.
    """

    program = "mosquitto"
    scheme = "mqtt"

    @property
    def url(self) -> str:
        """How clients are told where it is."""
        framed = self.settings.get("protocol") == "websockets"
        return f"ws://{HOST}:{self.port}" if framed else super().url

    def start(self) -> None:
        """Start it, on the port that it had before.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """
        if self.port < 0:
            self.port = free_port()
        self._write_passwords()
        file = self.folder / "mosquitto.conf"
        file.write_text("\n".join(self._configuration()) + "\n", encoding="utf-8")
        self.run("-c", file)
        self.await_port(self.port)

    def await_subscriptions(self, name: str) -> None:
        """Return when the client of that name has subscribed to all it will.

        That is once it has subscribed to something, and to nothing more since the log
        was last read. Its name is the identifier with which it connects.

        Raises:
            BrokerError: It never did.
        """
        self.await_settled(
            lambda: self.subscriptions(name), f"be subscribed to by {name}"
        )

    def subscriptions(self, name: str) -> list[str]:
        """Return the topics to which the client of that name has subscribed."""
        return re.findall(
            rf"^\d+: {re.escape(name)} [012] (.+)$", self.log(), re.MULTILINE
        )

    def version(self) -> str:
        """Return its version, by its own word."""
        said = subprocess.run(
            [find(self.program), "-h"], check=False, capture_output=True, text=True
        )
        return said.stdout.split()[2]

    def _configuration(self) -> Iterator[str]:
        settings: dict[str, object] = {
            "allow_anonymous": "true",
            "log_dest": "stderr",  # which it writes at once
            "log_type": ["error", "warning", "notice", "information", "subscribe"],
            "persistence": "false",
            "set_tcp_nodelay": "true",
            "user": "root",  # or it gives up the right to read its own folder
            **self._own_settings(),
        }
        for name, value in settings.items():
            for each in value if isinstance(value, list) else [value]:
                yield f"{name} {each}"
        yield f"listener {self.port} {HOST}"
        if "protocol" in self.settings:  # which a listener has after its own line
            yield f"protocol {self.settings['protocol']}"
            yield f"listener 0 {self.folder / 'socket'}"  # 2.0.11 wants one besides

    def _own_settings(self) -> dict[str, object]:
        """Return the settings, with files for those that are not Mosquitto's own."""
        settings = dict(self.settings)
        settings.pop("protocol", None)
        if settings.pop("passwords", None):
            settings["password_file"] = self.folder / "passwords"
        rules = settings.pop("rules", None)
        if isinstance(rules, list):
            file = self.folder / "rules"
            file.write_text("\n".join(rules) + "\n", encoding="utf-8")
            settings["acl_file"] = file
        return settings

    def _write_passwords(self) -> None:
        """Write the passwords as Mosquitto wants them: hashed."""
        passwords = self.settings.get("passwords")
        if not isinstance(passwords, dict):
            return
        file = self.folder / "passwords"
        lines = "".join(f"{name}:{word}\n" for name, word in passwords.items())
        file.write_text(lines, encoding="utf-8")
        subprocess.run([find(f"{self.program}_passwd"), "-U", file], check=True)
