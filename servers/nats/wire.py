"""A client at a NATS server: one inbox, to which all replies come.

A client of Nest has an inbox for each request, which costs it two more operations for
each call. The server does not care: it answers to where it was asked.

Source: ``packages/microservices/client/client-nats.ts``, ``publish``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from protocol import EncodeError
from protocol.carriage import is_subject
from servers.brokers.wires import BrokerWire
from servers.errors import CallError, ConnectError, PatternError

from .connecting import abandon, connect, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from nats.aio.client import Client
    from nats.aio.msg import Msg

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms

    from .connecting import Settings

_NO_RESPONDERS = "503"


class NatsWire(BrokerWire):
    """A connection of a client to a NATS server.

    Args:
        settings: Where the server is, and the headers of each message.
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
        self._settings = settings
        self._high = terms.limits.write_high
        self._client: Client | None = None
        self._inbox = ""  # what the subjects of replies begin with

    async def connect(self) -> None:
        """Connect, and subscribe to the inbox.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        self._client = client = await connect(self._settings, self.end)
        self._inbox = f"{client.new_inbox()}."
        await client.subscribe(
            f"{self._inbox}*",
            cb=self._receive,
            pending_msgs_limit=0,
            pending_bytes_limit=0,
        )

    def check_letter(self, letter: Letter) -> None:
        """Refuse what the server would not carry.

        Raises:
            PatternError: It has no subject of that name.
            EncodeError: The body is too large.
        """
        if not is_subject(letter.channel):
            raise PatternError(
                f"{letter.channel!r} is not a subject of NATS, which has no spaces"
            )
        client = self._client
        if client is not None and len(letter) > client.max_payload:
            raise EncodeError(
                f"{len(letter):,} bytes are above the max_payload of {self.peer}: "
                f"{client.max_payload:,}"
            )

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order."""
        from nats.errors import Error  # noqa: PLC0415 — an extra

        client = self._client
        assert client is not None
        for letter, identity in letters:
            reply = "" if identity is None else self._inbox + identity
            try:
                await client.publish(
                    letter.channel, letter, reply, self._headers_of(letter)
                )
            except (OSError, Error) as error:
                if identity is not None:
                    self.refuse(identity, self.lost_error(error))
        if client.pending_data_size > self._high and client.is_connected:
            with suppress(ConnectError):  # whoever waits is told by the end
                await settled(client, self.peer)

    def _headers_of(self, letter: Letter) -> dict[str, str] | None:
        ours = self._settings.headers
        if letter.record is None:
            return dict(ours) if ours else None
        return {**ours, **letter.record.headers} or None

    async def _receive(self, message: Msg) -> None:
        identity = message.subject[len(self._inbox) :]
        headers = message.headers
        if headers and headers.get("Status") == _NO_RESPONDERS and not message.data:
            self.nobody(identity)
        elif message.data:
            self.settle(message.data, identity)
        else:
            self.refuse(identity, CallError("the reply is empty"))

    def abandon(self) -> None:
        """Let go of the socket: its event loop does not run."""
        if self._client is not None:
            abandon(self._client)

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
