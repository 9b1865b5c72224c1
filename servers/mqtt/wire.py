"""A client by MQTT: requests to topics, replies by ``topic/reply``.

Source: ``packages/microservices/client/client-mqtt.ts``, ``publish``,
``dispatchEvent`` and ``mergePacketOptions``.
"""

from __future__ import annotations

import asyncio
from collections import ChainMap
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from protocol import EncodeError
from protocol.carriage import is_topic, reply_topic
from servers.brokers.channels import LINGER, Channels
from servers.brokers.wires import BrokerWire
from servers.client.packets import CHANCE_DIGITS
from servers.errors import CallError, ConnectError, PatternError
from servers.logs import logger_of

from .connecting import Link, Listener
from .messages import MqttRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.client import MQTTMessage

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms
    from servers.records import Record

    from .connecting import Settings

logger = logger_of("client")

_NOBODY = 0x10  # "No matching subscribers"; MQTT 5, 3.4.2.1
_REFUSED = 0x80  # and above: the broker has not taken it
_CONFIRMED = 10.0  # seconds for the broker to confirm what was sent last
_AROUND = 1_024  # bytes of a packet besides topic and body, with room to spare


class MqttWire(BrokerWire):
    """A connection of a client to a broker of MQTT.

    Args:
        settings: Where the broker is, and how it is used.
        terms: What the client gives.
        lost: Called once it is of no use any more.
    """

    def __init__(
        self,
        settings: Settings,
        terms: Terms,
        lost: Callable[[Exception | None], None],
    ) -> None:
        super().__init__(settings.name, terms, lost)
        # Two connections of one name would end each other.
        self._options = msgspec.structs.replace(
            settings.options, client_id="", session=0
        )
        settings = settings._replace(options=self._options)
        self._link = Link(settings, Listener(self._heard, self._confirmed, self.end))
        self._usual = self._extras(None)
        self._channels = Channels()
        self._beginning = ""  # of the ids of all calls
        self._unconfirmed: dict[int, str | None] = {}  # ids by numbers of messages
        self._all_confirmed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        """Connect.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        await self._link.open()

    def check_letter(self, letter: Letter) -> None:
        """Refuse what the broker cannot carry.

        Raises:
            PatternError: It has no topic of that name.
            EncodeError: The body is too large.
        """
        if not is_topic(letter.channel):
            raise PatternError(
                f"{letter.channel[:80]!r} is not a topic of MQTT: one has no '+' or "
                "'#', and at most 65535 bytes"
            )
        largest = self._link.largest
        if largest and len(letter) + len(letter.channel) + _AROUND > largest:
            raise EncodeError(
                f"{len(letter):,} bytes are more than {self.peer} takes: {largest:,}"
            )

    def is_mine(self, identity: str) -> bool:
        """Whether an id is of a call made here: all clients hear all replies."""
        return identity.startswith(self._beginning)

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order, once their replies would be heard."""
        wanted = [
            (reply_topic(letter.channel), identity)
            for letter, identity in letters
            if identity is not None
        ]
        now = self._loop.time()
        new = self._channels.new(topic for topic, _ in wanted)
        for topic, asked in wanted:
            self._channels.use(topic, asked, now)
            self._beginning = self._beginning or asked[:CHANCE_DIGITS]
        self._channels.prune(self._pending, self.pending)
        try:
            if new:
                await self._subscribe(new)
            for letter, identity in letters:
                self._send(letter, identity)
            await self._link.drained()
        except ConnectError as error:
            self.end(error)

    def _send(self, letter: Letter, identity: str | None) -> None:
        """Publish a letter.

        Raises:
            ConnectError: The connection is lost.
        """
        record, qos = letter.record, self._options.qos
        extras = self._usual if record is None else self._extras(record)
        if isinstance(record, MqttRecord) and record.qos is not None:
            qos = record.qos
        number = self._link.publish(letter.channel, letter, qos, extras)
        if qos:
            self._unconfirmed[number] = identity

    def _extras(self, record: Record | None) -> dict[str, Any]:
        """Return what is sent beside a body."""
        extras: dict[str, Any] = {}
        if isinstance(record, MqttRecord) and record.retain:
            extras["retain"] = True
        if self._options.version != "5":
            return extras
        headers = {**self._options.headers, **(record.headers if record else {})}
        own = record if isinstance(record, MqttRecord) else MqttRecord(None)
        given = {
            "UserProperty": [*headers.items()] or None,
            "MessageExpiryInterval": own.expiry,
            "ContentType": own.content_type,
        }
        listed = {name: value for name, value in given.items() if value is not None}
        if listed:
            extras["properties"] = _properties(listed)
        return extras

    @property
    def _pending(self) -> ChainMap[str, Any]:
        return ChainMap(self.asked, self.calls)

    async def _subscribe(self, topics: list[str]) -> None:
        """Subscribe to replies, and wait until the broker has.

        Raises:
            ConnectError: It refuses, or the connection is lost.
        """
        await self._link.subscribe(dict.fromkeys(topics, self._options.qos))
        if self._timer is None:
            self._timer = self._loop.call_later(LINGER, self._leave_idle)

    def _leave_idle(self) -> None:
        """Hear no longer what no call waits for."""
        self._timer = None
        if not self.usable:
            return
        idle = self._channels.idle(self._pending, self._loop.time() - LINGER)
        if idle:
            self._leaving = self._loop.create_task(self._unsubscribe(idle))
        if self._channels:
            self._timer = self._loop.call_later(LINGER, self._leave_idle)

    async def _unsubscribe(self, topics: list[str]) -> None:
        with suppress(ConnectError):  # whoever waits is told by the end of it
            await self._link.unsubscribe(topics)

    def _heard(self, message: MQTTMessage) -> None:
        self.settle(bytes(message.payload))

    # decision 140
    def _confirmed(self, number: int, reason: int) -> None:
        """Note what the broker has taken; fail what nobody hears, or it refuses."""
        if number not in self._unconfirmed:
            return
        identity = self._unconfirmed.pop(number)
        if reason >= _REFUSED:
            self._refused(identity, reason)
        elif reason == _NOBODY and identity is not None:
            self.nobody(identity)
        if not self._unconfirmed:
            self._all_confirmed.set()

    def _refused(self, identity: str | None, reason: int) -> None:
        why = f"the broker refused the message: reason 0x{reason:02x}"
        if identity is None:
            logger.warning("%s: an event: %s", self.peer, why)
        else:
            self.refuse(identity, CallError(why))

    def end(self, cause: Exception | None) -> None:
        """Tell of the end, and of events that may be lost with the connection."""
        lost = sum(identity is None for identity in self._unconfirmed.values())
        self._unconfirmed.clear()
        self._all_confirmed.set()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if lost:
            logger.warning(
                "%s: %d events were not confirmed, and may be lost", self.peer, lost
            )
        super().end(cause)

    async def close(self) -> None:
        """Disconnect; what is written leaves first, and is confirmed."""
        if self.usable:
            await self.publisher.flush()
            if self._unconfirmed:
                self._all_confirmed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CONFIRMED):
                        await self._all_confirmed.wait()
        await super().close()

    def abandon(self) -> None:
        """Let go of the socket: its event loop does not run."""
        self._link.abandon()

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        await self._link.close()


def _properties(values: dict[str, Any]) -> Any:  # noqa: ANN401 — of paho-mqtt
    from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415 — an extra
    from paho.mqtt.properties import Properties  # noqa: PLC0415

    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(properties, name, value)
    return properties
