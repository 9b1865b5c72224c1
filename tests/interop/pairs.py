"""A client and a server, one of them ours and the other a real Nest.

Both kinds of client tell what a caller observes in the same words: ``["value", v]``,
``["undefined"]``, ``["end"]`` and ``["error", e]``.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from protocol import UNDEFINED, Json
from servers import CallError, Client, RemoteError
from servers.locating import broker_at
from servers.nats import Nats
from servers.redis import Redis
from tests.interop.application import Application, spelled
from tests.interop.nests import VERSIONS, Nest, Nests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from captures.brokers import Broker
    from servers.locating import Broker as Transport

Notes = list[list[Any]]

_LONG = 100_000  # characters from which on a text is told by its digest


class Caller(Protocol):
    """A client of either kind."""

    async def observe(
        self, pattern: Json, data: Json, first: int | None = None
    ) -> Notes:
        """Send a message; return what is observed, or the first values of it."""

    async def emit(self, pattern: Json, data: Json) -> None:
        """Send an event."""


@dataclass(frozen=True)
class Ours:
    """Our client, observed."""

    client: Client
    space: str = " "

    async def observe(
        self, pattern: Json, data: Json, first: int | None = None
    ) -> Notes:
        pattern = spelled(pattern, self.space)
        stream, notes = self.client.stream(pattern, _written(data)), list[list[Any]]()
        try:
            async for value in stream:
                note = ["undefined"] if value is UNDEFINED else ["value", _told(value)]
                notes.append(note)
                if len(notes) == first:
                    break
        except RemoteError as error:
            return [*notes, ["error", error.err]]
        except CallError as error:
            return [*notes, ["error", str(error)]]
        finally:
            await stream.aclose()
        return [*notes, ["end"]]

    async def emit(self, pattern: Json, data: Json) -> None:
        await self.client.emit(spelled(pattern, self.space), _written(data))


@dataclass(frozen=True)
class Theirs:
    """A client of Nest, which observes by itself."""

    nest: Nest
    number: int
    space: str = " "

    async def observe(
        self,
        pattern: Json,
        data: Json,
        first: int | None = None,
        within: int | None = None,
    ) -> Notes:
        limits = {"first": first, "within": within}
        limit = {name: each for name, each in limits.items() if each is not None}
        told: Notes = await self.nest.do(
            "observe",
            client=self.number,
            pattern=spelled(pattern, self.space),
            data=data,
            **limit,
        )
        return told

    async def emit(self, pattern: Json, data: Json) -> None:
        pattern = spelled(pattern, self.space)
        told = await self.nest.do(
            "emit", client=self.number, pattern=pattern, data=data
        )
        assert told[-1] == ["end"]


@dataclass(frozen=True)
class Pair:
    """Who calls and who is called.

    Attributes:
        nest: The Nest of the pair.
        we_call: Whether the client is ours and the server Nest's.
        over: By what they speak: ``tcp``, or the kind of a broker.
        broker: That broker; None over TCP.
    """

    nest: Nest
    we_call: bool
    over: str = "tcp"
    broker: Broker | None = None

    @property
    def space(self) -> str:
        """What stands for spaces and ``#`` in patterns: not every broker has them."""
        return SPACES.get(self.over, " ")

    @property
    def path(self) -> str:
        """What the URL of the broker ends with: the queue of the application."""
        if self.over != "rabbitmq":
            return ""
        return f"/{self.nest.version if self.we_call else 'python'}"

    @classmethod
    def of(cls, name: str, nests: Nests) -> Pair:
        """Return the pair of a name."""
        names, _, over = name.partition("-over-")
        client, _, server = names.partition("-calls-")
        we_call = client == "python"
        version = server if we_call else client
        if not over:
            return cls(nests[version], we_call)
        nest = nests.spelling(version, SPACES.get(over, " "))
        broker = nests.broker(over, version if we_call else "python")
        return cls(nest, we_call, over, broker)

    @asynccontextmanager
    async def connected(
        self, between: Callable[[int], AbstractAsyncContextManager[int]] | None = None
    ) -> AsyncIterator[Caller]:
        """Give a client that is new, of an application that listens.

        Args:
            between: Gives the port of what stands between the client and a port.
        """
        async with AsyncExitStack() as stack:
            port = await self._listening(stack)
            if between is not None:
                port = await stack.enter_async_context(between(port))
            if self.over != "tcp":
                yield await self._reached(stack, port)
                return
            if self.we_call:
                client = Client("127.0.0.1", port)
                yield Ours(await stack.enter_async_context(client))
            else:
                yield await stack.enter_async_context(opened(self.nest, port))

    async def _reached(self, stack: AsyncExitStack, port: int) -> Caller:
        url = f"{self.over}://127.0.0.1:{port}{self.path}"
        if self.we_call:
            client = Client(TRANSPORTS[self.over](url))
            return Ours(await stack.enter_async_context(client), self.space)
        reaching = reached(self.nest, self.over, url, self.space)
        return await stack.enter_async_context(reaching)

    async def _listening(self, stack: AsyncExitStack) -> int:
        if self.broker is not None:
            if self.we_call:
                url = f"{self.over}://127.0.0.1:{self.broker.port}{self.path}"
                await self.nest.attend(self.over, url)
            else:
                transport = TRANSPORTS[self.over](f"{self.broker.url}{self.path}")
                service = Application(space=self.space).service
                await stack.enter_async_context(service.listen(transport, grace=0))
            return self.broker.port
        if self.we_call:
            return await self.nest.port()
        listening = Application().service.listen("127.0.0.1", 0, grace=0)
        return (await stack.enter_async_context(listening)).port


@asynccontextmanager
async def opened(nest: Nest, port: int | str, **options: Json) -> AsyncIterator[Theirs]:
    """Give a client of Nest, and close it."""
    number = await nest.do("open", port=port, **options)
    yield Theirs(nest, number)
    await nest.do("close", client=number)


@asynccontextmanager
async def reached(
    nest: Nest, over: str, url: str, space: str = " ", **options: Json
) -> AsyncIterator[Theirs]:
    """Give a client of Nest at a broker, and close it."""
    number = await nest.do("reach", over=over, url=url, **options)
    yield Theirs(nest, number, space)
    await nest.do("close", client=number)


def _at_rabbitmq(url: str) -> Transport:
    return broker_at(url.replace("rabbitmq://", "amqp://"))


TRANSPORTS: dict[str, Callable[[str], Transport]] = {
    "nats": Nats,
    "redis": Redis,
    "mqtt": broker_at,
    "rabbitmq": _at_rabbitmq,
}
"""Our transports, by the kinds of brokers."""
SPACES = {"nats": "_", "mqtt": "_"}
WE_CALL = [f"python-calls-{version}" for version in VERSIONS]
WE_ARE_CALLED = [f"{version}-calls-python" for version in VERSIONS]
# Nest 10 loses values of a stream that come while it waits for Redis to take the last.
_LOSING = "python-calls-v10-over-redis"
AT_BROKERS = [
    name
    for over in TRANSPORTS
    for pair in WE_CALL + WE_ARE_CALLED
    if (name := f"{pair}-over-{over}") != _LOSING
]


def _written(data: Json) -> Json:
    """Return what is told as ``{"repeat": text, "times": n}``, or the data itself."""
    if isinstance(data, dict) and "repeat" in data:
        return data["repeat"] * data["times"]
    return data


def _told(value: Json) -> Json:
    """Return a long text as its length, in UTF-16 code units, and its SHA-256."""
    if not isinstance(value, str) or len(value) < _LONG:
        return value
    length = len(value.encode("utf-16-le")) // 2
    return {"length": length, "sha256": sha256(value.encode()).hexdigest()}
