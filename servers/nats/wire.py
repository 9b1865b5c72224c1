"""A client at a NATS server: one inbox, to which all replies come.

A client of Nest has an inbox for each request, which costs it two more operations for
each call. The server does not care: it answers to where it was asked.

Source: ``packages/microservices/client/client-nats.ts``, ``publish``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import EncodeError
from protocol.carriage import is_subject
from servers.brokers.wires import BrokerWire
from servers.errors import CallError, ConnectError, PatternError

from .connecting import connect
from .operations import header_block, published

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms
    from servers.records import Record

    from .connecting import Link, Settings
    from .operations import Arrived

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
        self._link: Link | None = None
        self._inbox = ""  # what the subjects of replies begin with
        self._headers = settings.headers
        self._settings = settings
        self._usual = header_block(self._headers) if self._headers else b""

    async def connect(self) -> None:
        """Connect, and subscribe to the inbox.

        Raises:
            ConnectError: The server cannot be reached, or refuses.
        """
        self._link = link = await connect(self._settings, self.end)
        self._inbox = f"{link.new_inbox()}."
        await link.subscribe(f"{self._inbox}*", "", self._receive)
        await link.settled()  # or a request would overtake it

    def check_letter(self, letter: Letter) -> None:
        """Refuse what the server would not carry.

        Raises:
            PatternError: It has no subject of that name.
            EncodeError: It is too large, or a header has no such name.
        """
        if not is_subject(letter.channel):
            raise PatternError(
                f"{letter.channel!r} is not a subject of NATS, which has no spaces"
            )
        try:
            block = self._block_of(letter.record)
        except ValueError as error:
            raise EncodeError(str(error)) from error
        size, link = len(block) + len(letter), self._link
        if link is not None and size > link.max_payload:
            raise EncodeError(
                f"{size:,} bytes are above the max_payload of {self.peer}: "
                f"{link.max_payload:,}"
            )

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Publish letters, in their order."""
        link = self._link
        assert link is not None
        operations = []
        for letter, identity in letters:
            reply = "" if identity is None else self._inbox + identity
            block = self._block_of(letter.record)
            operations.append(published(letter.channel, reply, block, letter))
        try:
            link.write(b"".join(operations))
            await link.drained()
        except ConnectError as error:
            for _, identity in letters:
                if identity is not None:
                    self.refuse(identity, self.lost_error(error))

    def _block_of(self, record: Record | None) -> bytes:
        """Return the headers of a message; empty for none.

        Raises:
            ValueError: The name of one is none.
        """
        if record is None:
            return self._usual
        headers = {**self._headers, **record.headers}
        return header_block(headers) if headers else b""

    def _receive(self, arrived: list[Arrived]) -> None:
        for _, subject, _, body, headers in arrived:
            identity = subject[len(self._inbox) :]
            if body:
                self.settle(body, identity)
            elif headers.get("Status") == _NO_RESPONDERS:
                self.nobody(identity)
            else:
                self.refuse(identity, CallError("the reply is empty"))

    def abandon(self) -> None:
        """Let go of the socket: its event loop does not run."""
        if self._link is not None:
            self._link.abandon()

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()
