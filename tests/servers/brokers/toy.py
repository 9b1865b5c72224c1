"""A broker in memory: channels and who has subscribed to them, in one process.

It is as real as a broker can be that has no sockets: what is published to a channel is
delivered to all that have subscribed, in order, or to nobody, which it says.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from protocol import EncodeError
from servers import ConnectError, PatternError
from servers.brokers.subscribing import Reply, Subscriber
from servers.brokers.ways import BrokerWires
from servers.brokers.wires import BrokerWire
from servers.client import Backoff
from servers.deliveries import Delivery

if TYPE_CHECKING:
    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms
    from servers.server.endpoints import Reception

Receive: TypeAlias = Callable[[bytes, str | None, dict[str, str]], None]
LONGEST = 1_000_000  # bytes of a message
SOON = Backoff(first=0.001, longest=0.01)


class Toy:
    """A broker, and the transport by which services and clients use it.

    Attributes:
        up: Whether it can be connected to.
        silent: Whether it lets whoever connects wait.
        published: How many messages were published.
        attempts: How often somebody has tried to connect.
    """

    name = "toy://memory"
    shared = False

    def __init__(self) -> None:
        self.up = True
        self.silent = False
        self.published = self.attempts = 0
        self.subscribers: list[ToySubscriber] = []
        self.wires_made: list[ToyWire] = []
        self._channels: dict[str, list[Receive]] = defaultdict(list)

    async def enter(self) -> None:
        self.attempts += 1
        if self.silent:
            await asyncio.Event().wait()
        if not self.up:
            raise ConnectError(f"cannot connect to {self.name}: it is down")

    def subscribe(self, channel: str, receive: Receive) -> None:
        self._channels[channel].append(receive)

    def unsubscribe(self, receive: Receive) -> None:
        for receivers in self._channels.values():
            if receive in receivers:
                receivers.remove(receive)

    def publish(
        self, channel: str, body: bytes, reply_to: str | None, headers: dict[str, str]
    ) -> int:
        if not self.up:
            raise ConnectError("it is down")
        self.published += 1
        receivers = list(self._channels[channel])
        for receive in receivers:
            receive(body, reply_to, headers)
        return len(receivers)

    def fall(self) -> None:
        """Go down: everybody is told, and all subscriptions are forgotten."""
        self.up = False
        self._channels.clear()
        for subscriber in self.subscribers:
            subscriber.lost("it went down")
        for wire in self.wires_made:
            wire.end(OSError("it went down"))

    async def attend(self, reception: Reception) -> ToySubscriber:
        subscriber = ToySubscriber(self, reception)
        await subscriber.begin()
        self.subscribers.append(subscriber)
        return subscriber

    def wires(self, terms: Terms) -> BrokerWires:
        def make(lost: Callable[[Exception | None], None]) -> ToyWire:
            self.wires_made.append(ToyWire(self, terms, lost))
            return self.wires_made[-1]

        return BrokerWires(self.name, terms, make, SOON)


class ToySubscriber(Subscriber):
    """A service there."""

    def __init__(self, toy: Toy, reception: Reception) -> None:
        super().__init__(toy.name, reception, SOON)
        self.toy = toy
        self._receivers: list[Receive] = []

    async def connect(self) -> None:
        await self.toy.enter()
        for route in dict.fromkeys(each.route for each in self.reception.routes):
            receive = self._receiver(route)
            self.toy.subscribe(route, receive)
            self._receivers.append(receive)

    def _receiver(self, route: str) -> Receive:
        def receive(body: bytes, reply_to: str | None, headers: dict[str, str]) -> None:
            self.accept(route, body, reply_to, Delivery(route, headers))

        return receive

    async def unsubscribe(self) -> None:
        for receive in self._receivers:
            self.toy.unsubscribe(receive)

    async def publish(self, replies: list[Reply]) -> None:
        for respondent, body in replies:
            await asyncio.sleep(0)
            self.toy.publish(respondent.reply_to or "", body, None, {})

    async def disconnect(self) -> None:
        for receive in self._receivers:
            self.toy.unsubscribe(receive)
        self._receivers.clear()


class ToyWire(BrokerWire):
    """A client there; replies come to a channel of its own."""

    def __init__(
        self, toy: Toy, terms: Terms, lost: Callable[[Exception | None], None]
    ) -> None:
        super().__init__(toy.name, terms, lost)
        self.toy = toy
        self.inbox = f"inbox.{id(self)}"

    async def connect(self) -> None:
        await self.toy.enter()
        self.toy.subscribe(self.inbox, self._receive)

    def _receive(self, body: bytes, _: str | None, __: dict[str, str]) -> None:
        self.settle(body)

    def check_letter(self, letter: Letter) -> None:
        if not letter.channel:
            raise PatternError("'' is not a channel")
        if len(letter) > LONGEST:
            raise EncodeError("too long")

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        for letter, identity in letters:
            await asyncio.sleep(0)
            headers = {} if letter.record is None else dict(letter.record.headers)
            reply_to = None if identity is None else self.inbox
            heard = self.toy.publish(letter.channel, letter, reply_to, headers)
            if not heard and identity is not None:
                self.nobody(identity)

    async def disconnect(self) -> None:
        self.toy.unsubscribe(self._receive)

    def abandon(self) -> None:
        self.toy.unsubscribe(self._receive)
