"""A client of gRPC: a channel, and a call for each request.

Source: ``packages/microservices/client/client-grpc.ts``.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc

from protocol import UNDEFINED, Request, dumps, loads, parse_body
from protocol.descriptors import DescriptorError
from servers.brokers.wires import BrokerWire
from servers.errors import (
    CallError,
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    PatternError,
)
from servers.logs import logger_of

from .methods import method_at
from .reading import Reader
from .security import system_authorities
from .sending import Sending, sent
from .statuses import UNAVAILABLE, UNIMPLEMENTED, error_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from protocol.descriptors import Method
    from servers.brokers.letters import Letter
    from servers.client.brokers import Terms

    from .settings import Settings

logger = logger_of("client")


class GrpcWire(BrokerWire):
    """A channel of a client.

    Args:
        settings: Where the service is, and what it offers.
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
        self._seconds = terms.limits.connect
        self._channel: grpc.aio.Channel | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reader = Reader(logger)

    async def connect(self) -> None:
        """Connect.

        Raises:
            ConnectError: The service cannot be reached.
        """
        channel = self._new_channel()
        try:
            async with asyncio.timeout(self._seconds):
                await _reach(channel)
        except (TimeoutError, ConnectionError):
            await channel.close()
            by_tls = " by TLS" if self._settings.secure else ""
            raise ConnectError(f"{self.peer}: cannot be reached{by_tls}") from None
        self._channel, self.usable = channel, True

    def _new_channel(self) -> grpc.aio.Channel:
        options = list(self._settings.options.items())
        address, pem = self._settings.address, self._settings.pem
        if not self._settings.secure:
            return grpc.aio.insecure_channel(address, options=options)
        authority = pem.authority or system_authorities()
        proof = grpc.ssl_channel_credentials(authority, pem.key, pem.certificate)
        return grpc.aio.secure_channel(address, proof, options=options)

    def check_letter(self, letter: Letter) -> None:
        """Refuse what names no method.

        Raises:
            PatternError: There is no such method.
        """
        if method_at(letter.channel, self._settings.methods) is None:
            raise PatternError(f"{letter.channel!r} is not a method of {self.peer}")

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        """Begin the calls, in their order."""
        for letter, identity in letters:
            method = method_at(letter.channel, self._settings.methods)
            assert method is not None
            task = asyncio.ensure_future(self._make(letter, identity, method))
            key = identity or f"{id(task)}"
            self._tasks[key] = task
            task.add_done_callback(partial(self._done, key))

    def _done(self, key: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._refuse(key, CallError(f"the call failed: {error}"))

    def _refuse(self, identity: str | None, error: CallError) -> None:
        """Fail a call; of an event, whose sender waits for nothing, it is logged."""
        if identity is None:
            logger.warning("%s: an event was not sent: %s", self.peer, error)
        else:
            self.refuse(identity, error)

    async def _make(self, letter: Letter, identity: str | None, method: Method) -> None:
        """Make a call, and pass on what answers it."""
        try:
            packet = parse_body(letter)
            assert isinstance(packet, Request) or identity is None
            async for message in self._messages(method, packet, letter):
                text = self._reader.reply(message, method)
                if identity is not None and method.gives_stream:
                    self.settle(_body(identity, b'"response":%b' % text), identity)
                elif identity is not None:
                    last = b'"response":%b,"isDisposed":true' % text
                    self.settle(_body(identity, last), identity)
            if identity is not None and method.gives_stream:
                self.settle(_body(identity, b'"isDisposed":true'), identity)
        except grpc.aio.AioRpcError as error:
            if identity is not None:
                self._fail(identity, error)
        except DescriptorError as error:
            self._refuse(identity, CallError(f"{method.path}: {error}"))
        except CallError as error:
            self._refuse(identity, error)

    async def _messages(
        self,
        method: Method,
        packet: Any,  # noqa: ANN401
        letter: Letter,
    ) -> AsyncIterator[bytes]:
        """Yield the messages that answer a call.

        Raises:
            CallError: The messages of its stream ended with an error.
            DescriptorError: What is sent, or answered, is not of its type.
        """
        assert self._channel is not None
        messages = sent(letter, method)
        metadata = self._metadata(packet, letter)
        stream = messages if isinstance(messages, Sending) else None
        call = getattr(self._channel, _form(method))(method.path)(
            *(() if stream else (messages,)),
            metadata=metadata,
            timeout=self._settings.deadline,
        )
        feeding = asyncio.ensure_future(stream.feed(call)) if stream else None
        try:
            if method.gives_stream:
                async for each in call:
                    yield each
            else:
                yield await call
        except asyncio.CancelledError:
            error = stream.error if stream else None
            if error is None:
                raise
            raise _failed(error, method) from error
        finally:
            call.cancel()
            if feeding is not None:
                feeding.cancel()
                await asyncio.wait([feeding])

    def _metadata(self, packet: Any, letter: Letter) -> list[tuple[str, str]]:  # noqa: ANN401
        """Return what is sent beside a message: of the client, and of the call."""
        said: dict[str, str] = dict(self._settings.metadata)
        given = None if packet.metadata is UNDEFINED else loads(packet.metadata)
        if isinstance(given, dict):
            said |= {name: f"{value}" for name, value in given.items()}
        if letter.record is not None:
            said |= letter.record.headers
        return [(name.lower(), value) for name, value in said.items()]

    def _fail(self, identity: str, error: grpc.aio.AioRpcError) -> None:
        code, message = error.code().value[0], error.details() or ""
        if code == UNIMPLEMENTED:
            self.refuse(identity, NoHandlerError(message))
        elif code == UNAVAILABLE:
            self.refuse(identity, ConnectionLostError(f"{self.peer}: {message}"))
        else:
            err = dumps(error_of(code, error.code().name, message))
            self.settle(_body(identity, b'"err":%b,"isDisposed":true' % err), identity)

    def forget(self, identity: str) -> None:
        """Cancel a call, whose replies nobody waits for."""
        super().forget(identity)
        task = self._tasks.get(identity)
        if task is not None:
            task.cancel()

    def abandon(self) -> None:
        """Let go of the channel: its event loop does not run."""
        self._channel = None

    async def disconnect(self) -> None:
        """Close the channel, if there is one."""
        channel, self._channel = self._channel, None
        for task in list(self._tasks.values()):
            task.cancel()
        if channel is not None:
            await channel.close()


async def _reach(channel: grpc.aio.Channel) -> None:
    """Return when a channel is connected.

    Raises:
        ConnectionError: It cannot be.
    """
    state = channel.get_state(try_to_connect=True)
    while state is not grpc.ChannelConnectivity.READY:
        if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
            raise ConnectionError
        await channel.wait_for_state_change(state)
        state = channel.get_state(try_to_connect=True)


def _failed(error: Exception, method: Method) -> CallError:
    """Return what a call fails with whose stream of messages ended with an error."""
    if isinstance(error, CallError):
        return error
    if isinstance(error, DescriptorError):
        return CallError(f"{method.path}: {error}")
    name = type(error).__name__
    return CallError(f"{method.path}: its messages ended with a {name}: {error}")


def _body(identity: str, rest: bytes) -> bytes:
    return b'{"id":%b,%b}' % (dumps(identity), rest)


def _form(method: Method) -> str:
    """Return what the library calls a call of such a method: ``unary_stream``."""
    takes, gives = (
        "stream" if streams else "unary"
        for streams in (method.takes_stream, method.gives_stream)
    )
    return f"{takes}_{gives}"
