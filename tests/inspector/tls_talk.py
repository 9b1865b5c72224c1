"""Conversations over TLS as OpenSSL makes them, in memory, with their key logs."""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING
from weakref import finalize

import trustme

from inspector.streams.connections import Connection
from inspector.streams.endpoints import Endpoint
from inspector.streams.items import Chunk, Closed
from inspector.streams.packets import DataPacket
from inspector.tcp.connections import Direction
from inspector.tls.keylog import KeyLog
from tests.inspector.conversation import Records, Side, Wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CLIENT, SERVER = 0, 1


@cache
def authority() -> tuple[trustme.CA, trustme.LeafCert]:
    """Return an authority, and a certificate for ``localhost``."""
    own = trustme.CA(key_type=trustme.KeyType.ECDSA)
    return own, own.issue_cert("localhost", key_type=trustme.KeyType.ECDSA)


class Talk:
    """A client and a server of TLS, and what passes between them.

    Args:
        version: Of TLS, for both.
        ciphers: Those of TLS 1.2 that the client offers.
        trusted: Whether the client trusts the server.

    Attributes:
        passed: What was sent, in order: the side and its bytes.
        failed: Whether the handshake did.
        keylog: What both wrote to a key log.
    """

    def __init__(
        self,
        version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        ciphers: str = "DEFAULT",
        *,
        trusted: bool = True,
    ) -> None:
        own, certificate = authority()
        self._client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if trusted:
            own.configure_trust(self._client)
        certificate.configure_cert(self._server)
        for context in (self._client, self._server):
            context.minimum_version = context.maximum_version = version
        self._client.set_ciphers(ciphers)
        self._file = os.memfd_create("keys.log")
        finalize(self, os.close, self._file)
        self._client.keylog_filename = f"/proc/self/fd/{self._file}"
        self.passed: list[tuple[int, bytes]] = []
        self.failed = False
        self._sides: tuple[ssl.SSLObject, ...] = ()
        self.connect()

    @property
    def keylog(self) -> bytes:
        """What the client wrote to its key log."""
        return os.pread(self._file, 1 << 20, 0)

    def connect(self, *, resumed: bool = False) -> None:
        """Shake hands on a new connection, perhaps with the ticket of the last one."""
        session = self._sides[CLIENT].session if resumed else None
        pairs = [(ssl.MemoryBIO(), ssl.MemoryBIO()) for _ in range(2)]
        self._bios = pairs
        self._sides = (
            self._client.wrap_bio(
                *pairs[CLIENT], server_hostname="localhost", session=session
            ),
            self._server.wrap_bio(*pairs[SERVER], server_side=True),
        )
        self.passed, self.failed = [], False
        done = [False, False]
        while not all(done):
            for side in (CLIENT, SERVER):
                if not done[side]:
                    done[side] = self._handshake(side)
                self._pass_on(side)
        if not self.failed:
            self._read(CLIENT)  # tickets

    def send(self, side: int, data: bytes) -> None:
        """Let a side send something."""
        self._sides[side].write(data)
        self._pass_on(side)
        self._read(1 - side)

    def close(self, side: int) -> None:
        """Let a side end the connection in order."""
        with suppress(ssl.SSLError):  # it waits for the other
            self._sides[side].unwrap()
        self._pass_on(side)

    def _handshake(self, side: int) -> bool:
        """Go on with a handshake; return whether it is over, or has failed."""
        try:
            self._sides[side].do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            self.failed = True
        return True

    def _pass_on(self, side: int) -> None:
        data = self._bios[side][1].read()
        if data:
            self.passed.append((side, data))
            self._bios[1 - side][0].write(data)

    def _read(self, side: int) -> None:
        try:
            while self._sides[side].read(1 << 14):
                pass
        except ssl.SSLWantReadError:
            return


def keylog_of(text: bytes) -> KeyLog:
    """Return the secrets in a text."""
    found = KeyLog()
    found.follow([text])
    return found


def beside_a_call(talk: Talk, keylog: bytes = b"") -> Wire:
    """Return a capture of a call, and of a conversation over TLS to the same port."""
    wire = Wire()
    wire.records = records = Records()
    records.keylog = keylog_of(keylog)
    call = wire.connect()
    other = wire.connect(client="10.0.0.3:50000")
    for side, data in talk.passed:
        other.send(Side(side), data)
    other.close()
    call.ask("sum", "1").answer("1", 1).ack(Side.CLIENT)
    return wire


def connection(*, from_start: bool = True) -> Connection:
    """Return a connection on which nothing has passed."""
    ends = (Endpoint("127.0.0.1", 40_000), Endpoint("127.0.0.1", 8888))
    found = Connection(1, ends, 1, 0)
    found.directions = (Direction(found, 0), Direction(found, 1))  # type: ignore[arg-type]
    for each in found.directions:
        each.opposite = found.directions[1 - each.side]
        each.from_start = from_start
    return found


def chunks(
    passed: Iterable[tuple[int, bytes]], on: Connection, size: int = 1 << 16
) -> Iterator[Chunk]:
    """Yield what passed as chunks of at most so many bytes, a packet each."""
    number = 0
    for side, data in passed:
        direction = on.directions[side]
        for start in range(0, len(data), size):
            number += 1
            piece = data[start : start + size]
            place = direction.next
            direction.next += len(piece)
            yield Chunk(
                direction, piece, DataPacket(number, number, place, direction.next)
            )


def closed(on: Connection) -> Closed:
    """Return the end of a connection."""
    return Closed(on, 10**9, "close")


def plain(items: Sequence[object], side: int) -> bytes:
    """Return the bytes of a side, without protection."""
    return b"".join(
        each.data
        for each in items
        if isinstance(each, Chunk) and each.direction.side == side
    )
