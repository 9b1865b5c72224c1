"""A client by MQTT: requests to topics, replies by ``topic/reply``.

Source: ``packages/microservices/client/client-mqtt.ts``, ``publish``,
``dispatchEvent`` and ``mergePacketOptions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protocol import EncodeError
from protocol.carriage import is_topic, reply_topic
from servers.brokers.confirming import ConfirmedWire
from servers.brokers.shared_replies import SharedReplyWire
from servers.errors import CallError, PatternError
from servers.logs import logger_of

from .connecting import Link, Listener
from .messages import MqttRecord
from .packets import Envelope, properties_field, string_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms
    from servers.records import Record

    from .connecting import Settings
    from .packets import Arrived

logger = logger_of("client")

_NOBODY = 0x10  # "No matching subscribers"; MQTT 5, 3.4.2.1
_REFUSED = 0x80  # and above: the broker has not taken it
_AROUND = 1_024  # bytes of a packet besides topic and body, with room to spare


class MqttWire(SharedReplyWire, ConfirmedWire):
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
            EncodeError: The body is too large, or what is around it cannot be sent.
        """
        if not is_topic(letter.channel):
            raise PatternError(
                f"{letter.channel[:80]!r} is not a topic of MQTT: one has no '+' or "
                "'#', and at most 65535 bytes"
            )
        if letter.record is not None:
            try:
                self._extras(letter.record)
            except ValueError as error:
                raise EncodeError(str(error)) from error
        largest = self._link.largest
        if largest and len(letter) + len(letter.channel) + _AROUND > largest:
            raise EncodeError(
                f"{len(letter):,} bytes are more than {self.peer} takes: {largest:,}"
            )

    def reply_channel(self, channel: str) -> str:
        """Return where replies come to requests that go to a topic."""
        return reply_topic(channel)

    async def subscribe(self, channels: list[str]) -> None:
        """Subscribe to replies, and wait until the broker has.

        Raises:
            ConnectError: It refuses, or the connection is lost.
        """
        await self._link.subscribe(dict.fromkeys(channels, self._options.qos))

    async def unsubscribe(self, channels: list[str]) -> None:
        """Hear topics no longer.

        Raises:
            ConnectError: The connection is lost.
        """
        await self._link.unsubscribe(channels)

    async def write(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order.

        Raises:
            ConnectError: The connection is lost.
        """
        for letter, identity in letters:
            self._send(letter, identity)
        await self._link.drained()

    def _send(self, letter: Letter, identity: str | None) -> None:
        """Publish a letter.

        Raises:
            ConnectError: The connection is lost.
        """
        record, qos = letter.record, self._options.qos
        extras = self._usual if record is None else self._extras(record)
        if isinstance(record, MqttRecord) and record.qos is not None:
            qos = record.qos
        retain, properties = extras
        topic = string_field(letter.channel)
        count = self._link.publish(Envelope(topic, qos, retain, properties), letter)
        if qos:
            self.unconfirmed[count] = identity

    def _extras(self, record: Record | None) -> tuple[bool, bytes]:
        """Return what is sent beside a body: whether it is kept, and its properties.

        Raises:
            ValueError: The properties cannot be sent.
        """
        own = record if isinstance(record, MqttRecord) else MqttRecord(None)
        if self._options.version != "5":
            return own.retain, b""
        headers = {**self._options.headers, **(record.headers if record else {})}
        return own.retain, properties_field(headers, own.expiry, own.content_type)

    def _heard(self, message: Arrived) -> None:
        self.settle(message.body)

    # decision 140
    def _confirmed(self, count: int, reason: int) -> None:
        """Note what the broker has taken; fail what nobody hears, or it refuses."""
        if count not in self.unconfirmed:
            return
        identity = self.unconfirmed.pop(count)
        if reason >= _REFUSED:
            self._refused(identity, reason)
        elif reason == _NOBODY and identity is not None:
            self.nobody(identity)
        self.note_confirmed()

    def _refused(self, identity: str | None, reason: int) -> None:
        why = f"the broker refused the message: reason 0x{reason:02x}"
        if identity is None:
            logger.warning("%s: an event: %s", self.peer, why)
        else:
            self.refuse(identity, CallError(why))

    def abandon(self) -> None:
        """Let go of the socket: its event loop does not run."""
        self._link.abandon()

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        await self._link.close()
