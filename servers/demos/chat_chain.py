r"""A chat: from the browser to a gateway, through RabbitMQ to a worker, and back.

::

    rabbitmq-server &
    python -m servers.demos.chat_chain gateway worker archive
    echo 'tea hello' | python -m servers.demos.chat_chain client

    client ── send ──► gateway ── {cmd:send} ──► worker ── {cmd:keep} ──► archive
    client ◄── recv ── gateway ◄── {cmd:recv} ── worker ◄──── number ──── archive
    client ── history ──► gateway ── {cmd:history} ──► archive, and back

A worker has a queue for each room. Which gateway and which of its clients is meant is
told by the metadata that travel with a text.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from servers import CallError, Client, Context, RpcError, Service, UsageError
from servers.brokers.extras import require_extra
from servers.gateways import SocketIo, client_of
from servers.rabbitmq import RabbitMQ

from . import programs
from .people import Text  # noqa: TC001 — msgspec reads the fields

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_NAMESPACE = "/main"
_SEND, _KEEP, _RECV = {"cmd": "send"}, {"cmd": "keep"}, {"cmd": "recv"}
_HISTORY = {"cmd": "history"}


class Said(msgspec.Struct):
    """What somebody says in a room."""

    room: Text
    text: Text


class Metadata(msgspec.Struct):
    """Whom an answer is for."""

    socket_id: str
    gateway: str


class Sent(Said):
    """What travels to a worker."""

    metadata: Metadata


class Asked(msgspec.Struct):
    """Whose history somebody wants."""

    room: Text


class Received(Sent):
    """What comes back: with its number in the room."""

    number: int


class Queues:
    """Clients of queues, each connected when it is first needed.

    Args:
        stack: Closes them.
    """

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._clients: dict[str, Client] = {}

    async def at(self, queue: str) -> Client:
        """Return the client of a queue; what it sends waits for whoever consumes it."""
        if queue not in self._clients:
            client = Client(_at(queue, declare=True))
            self._clients[queue] = client
            self._stack.push_async_callback(client.aclose)
        return self._clients[queue]


def make_gateway(queues: Queues, me: str) -> Service:
    """Return the service of a gateway for browsers, who reach no other handlers.

    Args:
        queues: Where workers and archives are.
        me: The queue of this gateway.
    """
    service = Service()

    @service.event("send")
    async def send(said: Said, context: Context) -> None:
        metadata = Metadata(client_of(context).id, me)
        sent = Sent(said.room, said.text, metadata)
        try:
            await (await queues.at(f"chat-{said.room}")).emit(_SEND, sent)
        except CallError:
            raise RpcError("Bad Gateway") from None

    @service.message("history")
    async def history(asked: Asked) -> Any:  # noqa: ANN401 — JSON
        archive = await queues.at(f"chat-archive-{asked.room}")
        try:
            return await archive.send(_HISTORY, asked)
        except CallError:
            raise RpcError("Bad Gateway") from None

    return service


def make_receiver(chat: SocketIo) -> Service:
    """Return the service of a gateway for workers.

    Args:
        chat: Where browsers are.
    """
    service = Service()

    @service.event(_RECV)
    def recv(received: Received) -> None:
        client = chat.clients.get(received.metadata.socket_id)
        if client is not None:  # else it has left
            client.emit("recv", _without_metadata(received))

    return service


def make_worker(queues: Queues) -> Service:
    """Return the service that has texts kept, and sends them back."""
    service = Service()

    @service.event(_SEND)
    async def send(sent: Sent, context: Context) -> None:
        try:
            archive = await queues.at(f"chat-archive-{sent.room}")
            number = await archive.send(_KEEP, Said(sent.room, sent.text), returns=int)
            received = Received(sent.room, sent.text, sent.metadata, number)
            await (await queues.at(sent.metadata.gateway)).emit(_RECV, received)
        except CallError:
            context.nack(requeue=True)
        else:
            context.ack()

    return service


def make_archive() -> Service:
    """Return the service that keeps what is said."""
    service = Service()
    rooms: dict[str, list[str]] = {}

    @service.message(_KEEP)
    def keep(said: Said) -> int:
        texts = rooms.setdefault(said.room, [])
        texts.append(said.text)
        return len(texts)

    @service.message(_HISTORY)
    def history(asked: Asked) -> list[str]:
        return rooms.get(asked.room, [])

    return service


@asynccontextmanager
async def gateway() -> AsyncIterator[None]:
    """Run the gateway."""
    me = os.environ.get("GATEWAY_QUEUE", "chat-gateway")
    port = programs.port_of("chat", 3000)
    chat = SocketIo(programs.HOST, port, namespace=_NAMESPACE, origins="*")
    async with AsyncExitStack() as stack:
        receiver = programs.serving_at(make_receiver(chat), _at(me))
        await stack.enter_async_context(receiver)
        service = make_gateway(Queues(stack), me)
        await stack.enter_async_context(programs.serving_at(service, chat))
        yield


@asynccontextmanager
async def worker() -> AsyncIterator[None]:
    """Run the worker: it acknowledges what it has done, and not before."""
    places = [_at(f"chat-{room}", ack="manual") for room in _rooms()]
    async with AsyncExitStack() as stack:
        service = make_worker(Queues(stack))
        await stack.enter_async_context(programs.serving_at(service, *places))
        yield


@asynccontextmanager
async def archive() -> AsyncIterator[None]:
    """Run the archive."""
    places = [_at(f"chat-archive-{room}") for room in _rooms()]
    async with programs.serving_at(make_archive(), *places):
        yield


async def client() -> None:
    """Send what is typed, ``ROOM TEXT``, and print what comes back.

    Raises:
        UsageError: python-socketio is not installed, or nobody listens.
        RpcError: The gateway could not do it.
    """
    require_extra("socketio", "socketio")
    import aiohttp  # noqa: PLC0415 — python-socketio's, and slow to load
    import socketio  # noqa: PLC0415 — an extra

    url = f"http://{programs.HOST}:{programs.port_of('chat', 3000)}"
    answers: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()
    async with aiohttp.ClientSession() as session:
        chat = socketio.AsyncClient(http_session=session)
        try:
            await chat.connect(url, namespaces=[_NAMESPACE], transports=["websocket"])
        except socketio.exceptions.ConnectionError as error:
            raise UsageError(f"cannot connect to {url}: {error}") from None
        try:
            await _talk(chat, answers)
        finally:
            await chat.disconnect()


async def _talk(chat: Any, answers: asyncio.Queue[tuple[Any, ...]]) -> None:  # noqa: ANN401 — without types
    """Send what is typed, and print each answer before the next line.

    Raises:
        RpcError: The gateway could not do it.
    """

    def answered(*answer: object) -> None:
        answers.put_nowait(answer)

    chat.on("*", answered, namespace=_NAMESPACE)
    asked = partial(answered, "history")
    while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
        room, _, text = line.partition(" ")
        await chat.emit("send", {"room": room, "text": text}, _NAMESPACE)
        _print(await answers.get())
        await chat.emit("history", {"room": room}, _NAMESPACE, callback=asked)
        _print(await answers.get())


def _without_metadata(received: Received) -> dict[str, object]:
    return {
        "room": received.room,
        "text": received.text,
        "number": received.number,
    }


def _print(answer: tuple[Any, ...]) -> None:
    """Print the name of an answer with what it carries.

    Raises:
        RpcError: It is an exception.
    """
    event, *data = answer
    if event == "exception":
        raise RpcError(*data)
    sys.stdout.write(msgspec.json.encode({event: data[0]}).decode() + "\n")
    sys.stdout.flush()


def _rooms() -> list[str]:
    return os.environ.get("ROOMS", "tea").split(",")


def _at(queue: str, **options: Any) -> RabbitMQ:  # noqa: ANN401
    url = f"amqp://{programs.HOST}:{programs.port_of('amqp', 5672)}"
    return RabbitMQ(url, queue=queue, **options)


PROGRAMS = {"archive": archive, "worker": worker, "gateway": gateway}

if __name__ == "__main__":
    if sys.argv[1:] == ["client"]:
        try:
            asyncio.run(client())
        except (UsageError, RpcError) as failure:
            sys.exit(f"chat_chain: {failure}")
        except KeyboardInterrupt:
            pass
    else:
        programs.main(PROGRAMS)
