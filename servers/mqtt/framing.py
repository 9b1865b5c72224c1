"""The socket of a client over WebSocket: packets in binary messages.

::

    packets ─► one message, masked ─► socket
    packets ◄─ payloads of messages ◄─ socket      pings are answered in between

The frames are those of websockets, by its protocol without I/O: paho-mqtt's own copies
a message once for each part that it reads of it, and masks byte by byte.

Source: MQTT 5.0, section 6 (WebSocket as a network transport).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit, urlunsplit

from .sockets import NOT_YET, BufferedSocket

if TYPE_CHECKING:
    import socket

    from paho.mqtt.client import SocketLike
    from websockets.client import ClientProtocol

_SUBPROTOCOL = "mqtt"
_CHUNK = 65_536  # bytes that are read at once
_NORMAL = 1000  # the code of a close
_SCHEMES = {"ws": "ws", "wss": "wss", "mqtt+ws": "ws", "mqtt+wss": "wss"}
FRAMED = tuple(_SCHEMES)
"""Schemes of MQTT over WebSocket; the longer where ``ws`` is another transport's."""


def is_framed(scheme: str) -> bool:
    """Whether a scheme is one of MQTT over WebSocket."""
    return scheme in _SCHEMES


class FramedSocket(BufferedSocket):
    """A socket whose bytes are those of messages.

    Args:
        inner: The socket, connected; it blocks until the handshake is over.
        url: Where the broker is; a user in it is the broker's, and not for HTTP.

    Raises:
        OSError: The broker refuses, or does not speak WebSocket, or goes away.
    """

    def __init__(self, inner: SocketLike, url: str) -> None:
        super().__init__(inner)
        self._framed = bytearray()
        try:
            self._protocol = _shaken(cast("socket.socket", inner), url)
        except BaseException:
            inner.close()
            raise

    @property
    def unsent(self) -> int:
        """Bytes that are kept to be written."""
        return len(self._unsent) + len(self._framed)

    def read(self) -> bytes | None:
        """Return what has come; None for nothing yet, no bytes for the end.

        Raises:
            OSError: The connection is lost.
        """
        data = super().read()
        if not data:
            return data
        self._protocol.receive_data(data)
        payloads = self._payloads()
        self.flush()
        return payloads or (b"" if self._protocol.close_expected() else None)

    def _payloads(self) -> bytes:
        """Return what messages, or parts of them, have brought."""
        from websockets.frames import Frame, Opcode  # noqa: PLC0415 — an extra

        return b"".join(
            each.data
            for each in self._protocol.events_received()
            if isinstance(each, Frame) and each.opcode in {Opcode.BINARY, Opcode.CONT}
        )

    def flush(self) -> None:
        """Write what is kept, as far as the system takes it.

        Raises:
            OSError: The connection is lost.
        """
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        if self._unsent:
            with suppress(WebSocketException):  # it is about to end, which is read
                self._protocol.send_binary(bytes(self._unsent))
            self._unsent.clear()
        self._framed += b"".join(self._protocol.data_to_send())
        with suppress(*NOT_YET):
            while self._framed:
                del self._framed[: self._inner.send(self._framed)]

    def close(self) -> None:
        """Say so, write what is kept, if the system takes it, and close."""
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        with suppress(OSError, WebSocketException):
            self.flush()
            self._protocol.send_close(_NORMAL)
        super().close()


def _shaken(inner: socket.socket, url: str) -> ClientProtocol:
    """Return what makes frames, once the broker agrees.

    Raises:
        OSError: It does not, or goes away.
    """
    from websockets.client import ClientProtocol  # noqa: PLC0415 — an extra
    from websockets.protocol import State  # noqa: PLC0415
    from websockets.typing import Subprotocol  # noqa: PLC0415
    from websockets.uri import parse_uri  # noqa: PLC0415

    protocol = ClientProtocol(
        parse_uri(_asked(url)), subprotocols=[Subprotocol(_SUBPROTOCOL)], max_size=None
    )
    protocol.send_request(protocol.connect())
    inner.sendall(b"".join(protocol.data_to_send()))
    while protocol.state is State.CONNECTING and protocol.handshake_exc is None:
        data = inner.recv(_CHUNK)
        if data:
            protocol.receive_data(data)
        else:
            protocol.receive_eof()
    if protocol.handshake_exc is not None:
        raise ConnectionError(f"no WebSocket: {protocol.handshake_exc}")
    return protocol


def _asked(url: str) -> str:
    """Return the URL of the handshake, without a user."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(scheme=_SCHEMES[parts.scheme], netloc=place))
