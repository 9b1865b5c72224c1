"""Clients of a soak: each makes calls of the ledger and tells it how they ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from servers import (
    BlockingClient,
    CallError,
    Client,
    ConnectError,
    ConnectionLostError,
    RemoteError,
    RequestTimeoutError,
)
from tests.patience import PATIENCE
from tests.soak.service import VALUES

if TYPE_CHECKING:
    import random

    from tests.interop.pairs import Theirs
    from tests.soak.ledger import Call, Ending, Ledger, Way

_HURRY = 0.05  # seconds after which a hurried caller gives up
_LARGEST = 20_000  # units of a text
_HUGE = 300_000
_DOCUMENTED: dict[type[CallError], Ending] = {
    RequestTimeoutError: "timeout",
    ConnectionLostError: "lost",
    ConnectError: "unreachable",
}
_OF_NEST: dict[str, Ending] = {
    "Connection closed": "lost",
    "ECONNRESET": "lost",
    "EPIPE": "lost",
    "ECONNREFUSED": "unreachable",
}


class Caller(Protocol):
    """A client, and the way that its calls take."""

    way: Way

    async def call(self, ledger: Ledger, rng: random.Random) -> None:
        """Make one call of any kind."""


def failed(ledger: Ledger, call: Call, error: CallError) -> None:
    """Tell how a call of ours failed."""
    ending = _DOCUMENTED.get(type(error))
    if ending is None:
        ledger.undocumented(call, error)
    else:
        ledger.end(call, ending)


@dataclass
class Ours:
    """A client of ours.

    Attributes:
        client: The client.
        way: How its calls reach a server.
        hurried: Calls that it gave up, so that their replies are late.
    """

    client: Client
    way: Way
    hurried: int = 0

    async def call(self, ledger: Ledger, rng: random.Random) -> None:
        kind = rng.choice([self._message, self._stream, self._refused, self._event])
        await kind(ledger, rng)

    async def hurry(self, ledger: Ledger) -> None:
        """Make a call that is given up early."""
        call = ledger.begin(self.way, hurried=True)
        try:
            reply = await self.client.send("coroutine", call.order, timeout=_HURRY)
        except CallError as error:
            failed(ledger, call, error)
            self.hurried += 1
        else:
            ledger.reply(call, reply)

    async def press(self, ledger: Ledger) -> None:
        """Make large calls, one after the other, until one fails."""
        while await self._send("coroutine", ledger, _HUGE) == "answered":
            pass

    async def _message(self, ledger: Ledger, rng: random.Random) -> None:
        pattern = rng.choice(["plain", "coroutine", "thread"])
        await self._send(pattern, ledger, int(_LARGEST ** rng.random()))

    async def _send(self, pattern: str, ledger: Ledger, size: int) -> Ending | None:
        """Make a call; return how it ended."""
        call = ledger.begin(self.way, size)
        try:
            reply = await self.client.send(pattern, call.order, timeout=PATIENCE)
        except CallError as error:
            failed(ledger, call, error)
        else:
            ledger.reply(call, reply)
        return call.ending

    async def _stream(self, ledger: Ledger, rng: random.Random) -> None:
        del rng
        call = ledger.begin(self.way)
        try:
            stream = self.client.stream("stream", call.order, timeout=PATIENCE)
            values = [value async for value in stream]
        except CallError as error:
            failed(ledger, call, error)
        else:
            alike = len(values) == VALUES and values.count(values[0]) == VALUES
            ledger.reply(call, values[0] if alike else values)

    async def _refused(self, ledger: Ledger, rng: random.Random) -> None:
        del rng
        call = ledger.begin(self.way)
        try:
            reply = await self.client.send("refused", call.order, timeout=PATIENCE)
        except RemoteError as error:
            ledger.reply(call, error.err)
        except CallError as error:
            failed(ledger, call, error)
        else:
            ledger.undocumented(call, reply)

    async def _event(self, ledger: Ledger, rng: random.Random) -> None:
        del rng
        call = ledger.begin(self.way, answerable=False)
        try:
            await self.client.emit("event", call.order)
        except CallError as error:
            failed(ledger, call, error)
        else:
            ledger.end(call, "answered")


@dataclass
class Blocking:
    """A client of ours for code that blocks, used from threads."""

    client: BlockingClient
    way: Way

    async def call(self, ledger: Ledger, rng: random.Random) -> None:
        call = ledger.begin(self.way, int(_LARGEST ** rng.random()))
        try:
            reply = await asyncio.to_thread(
                self.client.send, "coroutine", call.order, timeout=PATIENCE
            )
        except CallError as error:
            failed(ledger, call, error)
        else:
            ledger.reply(call, reply)


@dataclass
class ToNest:
    """A client of ours that calls Nest, which notes nothing."""

    client: Client
    way: Way

    async def call(self, ledger: Ledger, rng: random.Random) -> None:
        call = ledger.begin(self.way, int(_LARGEST ** rng.random()))
        try:
            reply = await self.client.send("echo", call.order, timeout=PATIENCE)
        except CallError as error:
            failed(ledger, call, error)
        else:
            ledger.reply(call, reply)


@dataclass
class FromNest:
    """A client of Nest that calls us."""

    client: Theirs
    way: Way

    async def call(self, ledger: Ledger, rng: random.Random) -> None:
        call = ledger.begin(self.way, int(_LARGEST ** rng.random()))
        pattern = rng.choice(["plain", "coroutine", "refused"])
        (kind, value), *_ = await self.client.observe(pattern, call.order)
        if kind == "value" or isinstance(value, dict):
            ledger.reply(call, value)
        else:
            self._failed(ledger, call, str(value))

    def _failed(self, ledger: Ledger, call: Call, text: str) -> None:
        found = [ending for words, ending in _OF_NEST.items() if words in text]
        if found:
            ledger.end(call, found[0])
        else:
            ledger.undocumented(call, text)


async def traffic(
    callers: list[Caller], ledger: Ledger, rng: random.Random, calls: int
) -> None:
    """Make so many calls, some of each caller at a time."""
    left = iter(range(calls))

    async def go_on(caller: Caller) -> None:
        for _ in left:
            await caller.call(ledger, rng)

    async with asyncio.TaskGroup() as group:
        for caller in callers * 2:
            group.create_task(go_on(caller))
