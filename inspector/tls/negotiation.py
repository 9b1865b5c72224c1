"""What both sides agreed on by their hellos, and the keys that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .handshakes import VERSION_1_2, VERSION_1_3
from .keylog import EARLY, HANDSHAKES, MASTER, TRAFFIC
from .protection import Modern, older
from .schedule import older_keys
from .suites import MODERN, OLDER

if TYPE_CHECKING:
    from .handshakes import ClientHello, ServerHello
    from .keylog import KeyLog
    from .protection import Protection
    from .suites import Suite

LACKING = "the key log lacks its session"
HANDSHAKE_LOST = "bytes of its handshake are missing"
COMPRESSED = "its records are compressed"
_NAMES = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1"}


class Negotiation:
    """What is known of it.

    Args:
        keylog: The secrets.

    Attributes:
        hello: What the client begins with; None before that.
        server: What the server chose; None before that.
        early_known: Whether it is known if the server takes data that came before.
        over: Whether no more secrets are waited for.
    """

    def __init__(self, keylog: KeyLog) -> None:
        self.hello: ClientHello | None = None
        self.server: ServerHello | None = None
        self.early_known = True
        self.over = not keylog.grows
        self._keylog = keylog

    @property
    def modern(self) -> bool:
        """Whether it is TLS 1.3, as far as is known."""
        return self.server is None or self.server.version == VERSION_1_3

    @property
    def early(self) -> bool:
        """Whether the client may send data before the server has answered."""
        return self.modern and self.hello is not None and self.hello.early

    @property
    def early_readable(self) -> bool:
        """Whether there is a secret for such data."""
        return EARLY in self._secrets()

    def greet(self, hello: ClientHello) -> None:
        """Learn what the client begins with, or begins another handshake with."""
        self.hello, self.early_known = hello, not hello.early

    def answer(self, server: ServerHello) -> None:
        """Learn what the server chose."""
        self.server = server
        self.early_known = self.early_known or not self.modern

    def obstacle(self) -> str:
        """Return why there are no keys; empty if there are."""
        server = self.server
        if server is None or self.hello is None:
            return HANDSHAKE_LOST
        if server.version not in {VERSION_1_2, VERSION_1_3}:
            name = _NAMES.get(server.version, "this version of TLS")
            return f"{name} is not supported"
        if self._suite is None:
            return f"the cipher suite 0x{server.suite:04X} is not supported"
        if server.compressed:
            return COMPRESSED
        secrets = self._secrets()
        wanted = (*HANDSHAKES, *TRAFFIC) if self.modern else (MASTER,)
        # A handshake that fails has not all of them.
        enough = any if self.over else all
        return "" if enough(label in secrets for label in wanted) else LACKING

    def protections(self, role: int) -> list[Protection]:
        """Return what protects the records of a side, one after the other.

        Args:
            role: 0 for the client, 1 for the server.
        """
        suite, secrets = self._suite, self._secrets()
        assert suite is not None
        if not self.modern:
            return [self._older(suite, secrets[MASTER], role)]
        found: list[Protection] = [
            Modern(suite, secrets[label], application=label in TRAFFIC)
            for label in (HANDSHAKES[role], TRAFFIC[role])
            if label in secrets
        ]
        if role == 0 and self.early and EARLY in secrets:
            found.insert(0, Modern(suite, secrets[EARLY], application=False))
        return found

    def _older(self, suite: Suite, master: bytes, role: int) -> Protection:
        hello, server = self.hello, self.server
        assert hello is not None
        assert server is not None
        keys = older_keys(suite, master, hello.random, server.random)[role]
        return older(suite, keys, encrypt_then_mac=server.encrypt_then_mac)

    @property
    def _suite(self) -> Suite | None:
        assert self.server is not None
        return (MODERN if self.modern else OLDER).get(self.server.suite)

    def _secrets(self) -> dict[str, bytes]:
        assert self.hello is not None
        return self._keylog.secrets(self.hello.random)
