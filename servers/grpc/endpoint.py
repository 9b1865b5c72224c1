"""A service that listens for gRPC: a handler for each method.

Source: ``packages/microservices/server/server-grpc.ts``, ``createServiceMethod``.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import grpc

from protocol import UNDEFINED, JsonText, Request, dumps, loads
from protocol.descriptors import DescriptorError, write_message
from servers.errors import ListenError
from servers.logs import logger_of

from .messages import GrpcMessage
from .methods import routes_of, unserved
from .reading import Reader
from .respondent import CallRespondent, StatusError
from .statuses import INTERNAL, Status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable

    from protocol import Json
    from protocol.descriptors import Method
    from servers.server.endpoints import Reception

    from .settings import Settings

logger = logger_of("server")

_CODES = {each.value[0]: each for each in grpc.StatusCode}
_BINARY = "-bin"
_EVER = 10 * 365 * 86_400.0  # seconds, above which a deadline is none


# decision 164
class GrpcEndpoint:
    """An :class:`~servers.server.endpoints.Endpoint` that listens for gRPC.

    Args:
        settings: Where it listens, and what it offers.
        reception: What the server gives.

    Attributes:
        name: Its address.
        port: Its port, once it listens.
        connected: Whether calls can come.
    """

    def __init__(self, settings: Settings, reception: Reception) -> None:
        self.name = settings.name
        self.port = 0
        self.connected = False
        self._settings = settings
        self._reception = reception
        self._server: grpc.aio.Server | None = None
        self._calls: set[CallRespondent] = set()
        self._number = 0
        self._reader = Reader(logger)
        self._stopping: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many calls go on: how many connections there are, grpcio does not say."""
        return len(self._calls)

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """The messages in flight."""
        return [task for call in self._calls for task in call.work.tasks]

    async def begin(self) -> None:
        """Listen.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        options = [("grpc.so_reuseport", 0), *self._settings.options.items()]
        server = grpc.aio.server(options=options)
        server.add_generic_rpc_handlers((_Methods(self, self._settings.methods),))
        try:
            self.port = self._add_port(server)
        except RuntimeError as error:
            raise ListenError(f"{self.name}: cannot listen there") from error
        if not self.port:
            raise ListenError(f"{self.name}: cannot listen there")
        await server.start()
        host = self._settings.address.rpartition(":")[0]
        self.name = self._settings._replace(address=f"{host}:{self.port}").name
        self._server, self.connected = server, True
        for warning in unserved(self._reception.routes, self._settings.methods):
            logger.warning("%s: %s", self.name, warning)

    def _add_port(self, server: grpc.aio.Server) -> int:
        address, pem = self._settings.address, self._settings.pem
        if not self._settings.secure:
            return int(server.add_insecure_port(address))
        if pem.certificate is None:
            raise ListenError(
                f"{self.name}: a service by TLS has a certificate: tls=server_tls(…)"
            )
        wanted = pem.authority is not None
        own = [(pem.key or pem.certificate, pem.certificate)]
        proof = grpc.ssl_server_credentials(own, pem.authority, wanted)
        return int(server.add_secure_port(address, proof))

    def is_handled(self, method: Method) -> bool:
        """Whether there is a handler for a method."""
        return self._route_of(method) is not None

    def _route_of(self, method: Method) -> str | None:
        routes = self._reception.routes
        return next((each for each in routes_of(method) if routes.find(each)), None)

    async def replies(
        self,
        method: Method,
        request: Any,  # noqa: ANN401 — of grpcio
        context: Any,  # noqa: ANN401
    ) -> AsyncIterator[bytes]:
        """Yield the messages that answer a call.

        Args:
            method: What is called.
            request: The message of the client, or those of a stream as they come.
            context: What grpcio says of the call.
        """
        call = self._respondent(method, request, context)
        self._calls.add(call)
        try:
            data = UNDEFINED if method.takes_stream else self._text(request, method)
            packet = Request(method.path, call.number, data, _metadata(call.carrier))
            route = self._route_of(method) or method.path
            self._reception.desk.receive_for(route, packet, call)
            async for value in call.values():
                yield _message(value, method)
        except StatusError as error:
            code, message = error.status
            await context.abort(_CODES[code], message)
        finally:
            call.work.cancel()  # what goes on when the client has left
            self._calls.discard(call)

    def _respondent(self, method: Method, request: Any, context: Any) -> CallRespondent:  # noqa: ANN401
        self._number += 1
        left = context.time_remaining()
        carrier = GrpcMessage(
            method.path,
            _headers(context.invocation_metadata()),
            left if left is not None and left < _EVER else None,
            self._values(request, method) if method.takes_stream else None,
        )
        peer = context.peer().removeprefix("ipv4:").removeprefix("ipv6:")
        return CallRespondent(self._reception, peer, self._number, carrier)

    def _text(self, data: bytes, method: Method) -> JsonText:
        """Return a message of a client as JSON.

        Raises:
            StatusError: It is not of its type.
        """
        try:
            return self._reader.request(data, method)
        except DescriptorError as error:
            logger.warning("%s: %s", method.path, error)
            raise StatusError(Status(INTERNAL, str(error))) from None

    async def _values(
        self, stream: AsyncIterator[bytes], method: Method
    ) -> AsyncIterator[Json]:
        async for each in stream:
            yield loads(self._text(each, method))

    async def stop(self) -> None:
        """Take no new calls."""
        self.connected = False
        if self._server is not None and self._stopping is None:
            self._stopping = asyncio.ensure_future(self._server.stop(_EVER))
            await asyncio.sleep(0)

    def cancel(self) -> None:
        """Cancel the messages in flight."""
        for call in list(self._calls):
            call.work.cancel()

    async def close(self, deadline: float) -> None:
        """Let the replies leave, and listen no more.

        Args:
            deadline: The time on the event loop's clock when it is given up.
        """
        await self.stop()
        if self._server is None or self._stopping is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                await asyncio.shield(self._stopping)
        await self._server.stop(0)
        await self._stopping


class _Methods(grpc.GenericRpcHandler):  # type: ignore[misc]
    """The handlers of all methods, by their paths.

    Args:
        endpoint: What answers.
        methods: Path → method.
    """

    def __init__(self, endpoint: GrpcEndpoint, methods: dict[str, Method]) -> None:
        self._endpoint = endpoint
        self._methods = methods

    def service(self, handler_call_details: Any) -> Any:  # noqa: ANN401 — of grpcio
        """Return what handles a call; None says that the method is not implemented."""
        method = self._methods.get(handler_call_details.method)
        if method is None or not self._endpoint.is_handled(method):
            return None
        endpoint = self._endpoint

        async def one(request: Any, context: Any) -> bytes:  # noqa: ANN401
            last = b""
            async for message in endpoint.replies(method, request, context):
                last = message
            return last

        async def several(request: Any, context: Any) -> AsyncIterator[bytes]:  # noqa: ANN401
            async for message in endpoint.replies(method, request, context):
                yield message  # grpcio wants a function that yields itself

        if method.takes_stream and method.gives_stream:
            return grpc.stream_stream_rpc_method_handler(several)
        if method.takes_stream:
            return grpc.stream_unary_rpc_method_handler(one)
        if method.gives_stream:
            return grpc.unary_stream_rpc_method_handler(several)
        return grpc.unary_unary_rpc_method_handler(one)


def _headers(metadata: Iterable[tuple[str, Any]] | None) -> dict[str, str]:
    return {
        name: value
        for name, value in metadata or ()
        if isinstance(value, str) and not name.endswith(_BINARY)
    }


def _metadata(carrier: GrpcMessage) -> Any:  # noqa: ANN401 — JSON text or UNDEFINED
    if not carrier.headers:
        return UNDEFINED
    return JsonText(dumps(dict(carrier.headers)))


def _message(value: JsonText, method: Method) -> bytes:
    """Return a value of a handler as a message.

    Raises:
        StatusError: It is not of the type of replies.
    """
    text = b"{}" if bytes(value) == b"null" else bytes(value)
    try:
        return write_message(text, method.reply)
    except DescriptorError as error:
        name = method.reply.DESCRIPTOR.full_name
        logger.error("%s: a reply is not a %s: %s", method.path, name, error)  # noqa: TRY400 — what the handler gave
        raise StatusError(Status(INTERNAL, f"the reply is not a {name}")) from None
