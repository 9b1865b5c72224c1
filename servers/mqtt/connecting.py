"""A connection of paho-mqtt, which ends where it is lost; its errors as ours.

aiomqtt, which is made of paho-mqtt, drops the reason by which a broker says that nobody
is subscribed, and needs two tasks for each message.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from servers.errors import ConnectError
from servers.tls import system_reason

from .exchange import Exchange
from .framing import FramedSocket, is_framed
from .sockets import Driver, client_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from paho.mqtt.client import Client
    from paho.mqtt.reasoncodes import ReasonCode

    from .options import Options
    from .packets import Arrived, Envelope, Taken

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_PLAIN_PORT, _SECURE_PORT = 80, 443  # over WebSocket
_SECURE = {"mqtts", "wss", "mqtt+wss"}
_GOODBYE = 5.0  # seconds for what is written last to leave


class Settings(NamedTuple):
    """Where a broker is, and how it is used.

    Attributes:
        name: The broker, without a password.
        url: … with one.
        options: How it is used.
    """

    name: str
    url: str
    options: Options


class Listener(NamedTuple):
    """What is called with what the broker says.

    Attributes:
        heard: A message.
        confirmed: A message that was published has arrived at the broker: its count,
            and the reason that the broker gives, 0 if all is well.
        lost: The connection is lost, with the cause.
    """

    heard: Callable[[Arrived], None]
    confirmed: Callable[[int, int], None]
    lost: Callable[[Exception | None], None]


# decision 142
class Link:
    """A connection to a broker.

    Args:
        settings: Where it is.
        listener: What is called with what it says.
    """

    def __init__(self, settings: Settings, listener: Listener) -> None:
        self._settings = settings
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._replies: dict[int, asyncio.Future[Sequence[ReasonCode]]] = {}
        self._over = False
        self._moved = asyncio.Event()  # since a message has been confirmed
        self._largest = 0
        self._client = self._made()
        options = settings.options
        newest = options.version == "5"
        self._driver = Driver(self._client, self._take, newest=newest)
        # A service that ends keeps what it has not acknowledged in its session.
        self._exchange = Exchange(
            self._driver.write,
            self._client._mid_generate,  # noqa: SLF001 — of its own packets, too
            options.in_flight,
            listener.heard,
            self._confirm,
            manual=bool(options.session),
        )

    def _made(self) -> Client:
        from paho.mqtt.enums import (  # noqa: PLC0415 — an extra
            CallbackAPIVersion,
            MQTTProtocolVersion,
        )

        options = self._settings.options
        newest = options.version == "5"
        parts = urlsplit(self._settings.url)
        framed = is_framed(parts.scheme)
        wrap = partial(FramedSocket, url=self._settings.url) if framed else None
        client = client_class(wrap)(
            CallbackAPIVersion.VERSION2,
            options.client_id,
            clean_session=None if newest else not options.session,
            protocol=MQTTProtocolVersion.MQTTv5
            if newest
            else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        if parts.username is not None:
            client.username_pw_set(
                unquote(parts.username), unquote(parts.password or "")
            )
        if parts.scheme in _SECURE:
            client.tls_set_context(options.tls or ssl.create_default_context())
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_reply
        client.on_unsubscribe = self._on_reply
        return client

    async def open(self) -> None:
        """Connect.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        parts = urlsplit(self._settings.url)
        port = parts.port or _default_port(parts.scheme)
        given = self._session()
        try:
            await asyncio.to_thread(
                self._client.connect,
                parts.hostname or "",
                port,
                self._settings.options.keepalive,
                **given,
            )
        except (OSError, ValueError) as error:
            raise self._unreachable(_reason(error)) from error
        self._driver.start()
        await self._opened

    def _session(self) -> dict[str, Any]:
        """Return what is said of the session, in MQTT 5."""
        from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415 — an extra
        from paho.mqtt.properties import Properties  # noqa: PLC0415

        options = self._settings.options
        if options.version != "5":
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = options.session
        return {"clean_start": not options.session, "properties": properties}

    def _unreachable(self, why: str) -> ConnectError:
        return ConnectError(f"cannot connect to {self._settings.name}: {why}")

    @property
    def largest(self) -> int:
        """Bytes of the largest message that the broker takes; 0 for no limit."""
        return self._largest

    async def subscribe(self, filters: Mapping[str, int]) -> None:
        """Subscribe, and wait until the broker has.

        Args:
            filters: Each with its QoS.

        Raises:
            ConnectError: The broker refuses one, or the connection is lost.
        """
        if not filters:
            return
        try:
            _, number = self._client.subscribe(list(filters.items()))
        except ValueError as error:
            names = ", ".join(map(repr, filters))
            raise ConnectError(f"{self._settings.name}: {names}: {error}") from error
        for each, code in zip(filters, await self._reply(number), strict=False):
            if code.is_failure:
                raise ConnectError(
                    f"{self._settings.name}: it refuses {each!r}: {code}"
                )

    async def unsubscribe(self, filters: Sequence[str]) -> None:
        """Hear no more of them, and wait until the broker knows it.

        Raises:
            ConnectError: The connection is lost.
        """
        if filters:
            _, number = self._client.unsubscribe(list(filters))
            await self._reply(number)

    async def _reply(self, number: int | None) -> Sequence[ReasonCode]:
        """Wait for the broker's reply to a request.

        Raises:
            ConnectError: The connection is lost.
        """
        if number is None or self._over:
            raise ConnectError(f"{self._settings.name}: the connection is lost")
        future: asyncio.Future[Sequence[ReasonCode]] = self._loop.create_future()
        self._replies[number] = future
        try:
            return await future
        finally:
            self._replies.pop(number, None)

    def publish(self, envelope: Envelope, body: bytes) -> int:
        """Publish a message soon; return its count, from 1.

        Raises:
            ConnectError: The connection is lost.
        """
        if self._over:
            raise ConnectError(f"{self._settings.name}: the connection is lost")
        return self._exchange.publish(envelope, body)

    def acknowledge(self, message: Arrived) -> None:
        """Be done with a message, where there is a session that would keep it."""
        if self._settings.options.session:
            self._exchange.acknowledge(message)

    async def drained(self) -> None:
        """Wait until all is written, or the connection is lost."""
        await self._driver.drained()
        while self._exchange.waiting and not self._over:
            await self._progress()
            await self._driver.drained()

    async def _progress(self) -> None:
        """Wait until another message is confirmed, or the connection is lost."""
        self._moved.clear()
        await self._moved.wait()

    def abandon(self) -> None:
        """Close the socket: its event loop does not run."""
        self._over = True
        found = self._client.socket()
        if found is not None:
            found.close()

    async def close(self) -> None:
        """Say goodbye, and disconnect."""
        if self._connected and not self._over:
            with suppress(TimeoutError, ConnectError):
                async with asyncio.timeout(_GOODBYE):
                    await self._arrived()
        self._over = True
        if self._client.socket() is not None:
            self._client.disconnect()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await self._driver.drained()
        self._driver.stop()
        # It closes the socket, and writes nothing: it thinks that the time is over.
        self._client.loop_stop()
        found = self._client.socket()
        if found is not None:
            found.close()

    @property
    def _connected(self) -> bool:
        opened = self._opened
        return opened.done() and not opened.cancelled() and not opened.exception()

    async def _arrived(self) -> None:
        """Wait until the broker has read all that was published.

        A socket that is closed before its last bytes were read resets the connection,
        and what was written last is lost. Nothing but a question shows how far the
        broker is: which one does not matter.

        Raises:
            ConnectError: The connection is lost.
        """
        while not self._exchange.settled:
            await self._progress()
        await self.unsubscribe(["$none"])

    def _on_connect(
        self, _: object, __: object, ___: object, code: ReasonCode, properties: object
    ) -> None:
        if self._opened.done():
            return
        self._largest = getattr(properties, "MaximumPacketSize", 0)
        most = getattr(properties, "ReceiveMaximum", self._settings.options.in_flight)
        if code.is_failure:
            self._opened.set_exception(self._unreachable(str(code)))
        elif most < self._settings.options.in_flight:
            why = f"it takes {most} messages at once: pass in_flight={most}"
            self._opened.set_exception(self._unreachable(why))
        else:
            self._opened.set_result(None)

    def _on_disconnect(
        self, _: object, __: object, ___: object, code: ReasonCode, ____: object
    ) -> None:
        self._driver.stop()
        self._exchange.abandon()
        self._moved.set()
        cause = self._driver.cause
        why = str(code) if cause is None else _reason(cause)
        if not self._opened.done():
            self._opened.set_exception(self._unreachable(why))
        for future in self._replies.values():
            if not future.done():
                future.set_exception(ConnectError(f"{self._settings.name}: {why}"))
        if not self._over:
            self._over = True
            self._listener.lost(ConnectError(why))

    def _take(self, taken: list[Taken]) -> None:
        for each in taken:
            self._exchange.take(each)

    def _confirm(self, count: int, reason: int) -> None:
        self._moved.set()
        self._listener.confirmed(count, reason)

    def _on_reply(
        self,
        _: object,
        __: object,
        number: int,
        codes: Sequence[ReasonCode],
        ___: object,
    ) -> None:
        future = self._replies.get(number)
        if future is not None and not future.done():
            future.set_result(codes)


def _default_port(scheme: str) -> int:
    """Return the port of a URL that names none."""
    framed = _SECURE_PORT if scheme in _SECURE else _PLAIN_PORT
    return _PORTS.get(scheme, framed)


def _reason(error: Exception) -> str:
    """Return what an error of the system, or of paho-mqtt, says, in one line."""
    return system_reason(error) if isinstance(error, OSError) else str(error)
