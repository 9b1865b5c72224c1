"""Messages of a handshake: the hellos in full, the others by name.

::

    type │ length │ body …
    1 B    3 B

Source: RFC 8446, section 4; RFC 5246, section 7.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT_HELLO, SERVER_HELLO, TICKET, END_OF_EARLY_DATA = 1, 2, 4, 5
ENCRYPTED_EXTENSIONS, FINISHED, KEY_UPDATE = 8, 20, 24
"""Types of messages. Source: RFC 8446, section B.3."""
_NAMES = {
    0: "hello request",
    1: "client hello",
    2: "server hello",
    4: "session ticket",
    5: "end of early data",
    8: "encrypted extensions",
    11: "certificate",
    12: "server key exchange",
    13: "certificate request",
    14: "server hello done",
    15: "certificate verify",
    16: "client key exchange",
    20: "finished",
    22: "certificate status",
    24: "key update",
    25: "compressed certificate",
}
_READ = frozenset({CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS})
"""Those whose bodies are wanted."""
_LARGEST = 1 << 16
"""Bytes of a hello that are kept: more is damage."""
_HEAD = 4
_RANDOM_SIZE = 32
_ENCRYPT_THEN_MAC, _EARLY_DATA, _VERSIONS = 22, 42, 43
"""Extensions. Source: the registry "TLS ExtensionType Values" of IANA."""
# RFC 8446, section 4.1.3: the random of a server that asks for another hello.
_RETRY = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)
VERSION_1_2, VERSION_1_3 = 0x0303, 0x0304


class ClientHello(NamedTuple):
    """What a client begins with.

    Attributes:
        random: By which key logs know the session.
        early: Whether it may send data before the server has answered (0-RTT).
    """

    random: bytes
    early: bool


class ServerHello(NamedTuple):
    """What the server chose.

    Attributes:
        random: Its own.
        version: Such as 0x0304 for TLS 1.3.
        suite: The number of the cipher suite.
        compressed: Whether records are compressed before they are protected.
        encrypt_then_mac: Whether the MAC of CBC is of the ciphertext (RFC 7366).
        retry: Whether it asks for another hello instead.
    """

    random: bytes
    version: int
    suite: int
    compressed: bool
    encrypt_then_mac: bool
    retry: bool


class _Fields:
    """Reads fields one after another; what is missing is empty."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def take(self, size: int) -> bytes:
        self._place += size
        return self._data[self._place - size : self._place]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """Take what has its length before it, in so many bytes."""
        return self.take(self.number(size))

    @property
    def left(self) -> bool:
        return self._place < len(self._data)


def read_client_hello(body: bytes) -> ClientHello | None:
    """Return what a client begins with; None if its random is not complete."""
    fields = _Fields(body)
    fields.take(2)
    random = fields.take(_RANDOM_SIZE)
    fields.vector(1)  # session
    fields.vector(2)  # suites
    fields.vector(1)  # compression
    if len(random) < _RANDOM_SIZE:
        return None
    return ClientHello(random, _EARLY_DATA in _extensions(fields.vector(2)))


def read_server_hello(body: bytes) -> ServerHello | None:
    """Return what a server chose; None if that is not complete."""
    fields = _Fields(body)
    version, random = fields.number(2), fields.take(_RANDOM_SIZE)
    fields.vector(1)  # session
    suite, compression = fields.take(2), fields.number(1)
    if len(suite) < 2:  # noqa: PLR2004 — the bytes of its number
        return None
    extensions = _extensions(fields.vector(2))
    chosen = extensions.get(_VERSIONS, b"")
    return ServerHello(
        random,
        int.from_bytes(chosen, "big") if chosen else version,
        int.from_bytes(suite, "big"),
        bool(compression),
        _ENCRYPT_THEN_MAC in extensions,
        random == _RETRY,
    )


def accepts_early_data(body: bytes) -> bool:
    """Whether encrypted extensions say that data sent before them are accepted."""
    return _EARLY_DATA in _extensions(_Fields(body).vector(2))


def _extensions(data: bytes) -> dict[int, bytes]:
    fields, found = _Fields(data), {}
    while fields.left:
        number = fields.number(2)
        found[number] = fields.vector(2)
    return found


class HandshakeReader:
    """Cuts what handshake records carry into messages, which may span several."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._skip = 0  # bytes of a message that nobody wants to read

    def read(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield the messages that the next bytes complete, or begin.

        Yields:
            The type and the body; a body that is not wanted is empty, and its message
            is yielded when it begins.
        """
        passed = min(self._skip, len(data))
        self._skip -= passed
        self._data += data[passed:]
        while len(self._data) >= _HEAD:
            kind = self._data[0]
            size = int.from_bytes(self._data[1:_HEAD], "big")
            end = _HEAD + size
            if kind in _READ and size <= _LARGEST:
                if len(self._data) < end:
                    return
                body = bytes(self._data[_HEAD:end])
            else:
                body = b""
                self._skip = max(end - len(self._data), 0)
            del self._data[:end]
            yield kind, body


def message_name(kind: int) -> str:
    """Return what to call a message of a handshake."""
    return _NAMES.get(kind, f"message {kind}")
