"""gRPC as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from servers.brokers.extras import require_extra
from servers.brokers.ways import BrokerWires
from servers.errors import UsageError
from servers.sockets import LAST_PORT

from .methods import offered
from .security import pem_of
from .sending import LETTERS
from .settings import SCHEME, SECURE, Settings

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

    from servers.client.brokers import Terms
    from servers.client.packets import Bodies
    from servers.server.endpoints import Reception

    from .endpoint import GrpcEndpoint

DEFAULT_ADDRESS = "localhost:5000"
"""Source: ``packages/microservices/constants.ts``, ``GRPC_DEFAULT_URL``."""


class GrpcWires(BrokerWires):
    """The wires of a client, whose data may be streams of messages."""

    bodies: ClassVar[Bodies] = LETTERS


class Grpc:
    """A service by gRPC.

    Args:
        address: ``host:port``, ``grpc://host:port``, or ``grpcs://host:port`` for TLS;
            for a service port 0 is any free port.
        proto: The ``.proto`` file that describes it, or a descriptor set; or several.
        package: The package whose services are offered, or several; None for all.
        metadata: For a client: sent with each call.
        deadline: For a client: seconds that it gives each call; None for ever.
        options: More for grpcio, such as ``grpc.max_receive_message_length``.
        tls: For TLS: what :func:`servers.server_tls` or :func:`servers.client_tls`
            returned, the files of which grpcio is given. By default a client by
            ``grpcs`` trusts the authorities of the system.

    Attributes:
        name: The address.

    Raises:
        UsageError: The address is none, a file cannot be read or has no such service,
            the context for TLS is of no use to grpcio, or that is not installed.
    """

    def __init__(  # noqa: PLR0913 — all but the address by their names
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        proto: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        package: str | Sequence[str] | None = None,
        metadata: Mapping[str, str] | None = None,
        deadline: float | None = None,
        options: Mapping[str, Any] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        require_extra("grpc", "grpc")
        if tls is not None and address.startswith(SCHEME):
            raise UsageError(f"{SCHEME} is without TLS, {SECURE} with it")
        secure = tls is not None or address.startswith(SECURE)
        at = address.removeprefix(SCHEME).removeprefix(SECURE)
        host, colon, port = at.rpartition(":")
        if not (host and colon and _is_port(port)):
            raise UsageError(f"{address!r} is not an address: grpc://host:port is")
        files = [proto] if isinstance(proto, str | os.PathLike) else list(proto)
        packages = [package] if isinstance(package, str) else list(package or ())
        methods = offered([os.fspath(each) for each in files], packages)
        self._settings = Settings(
            *(at, methods, dict(metadata or {}), deadline, dict(options or {})),
            *(secure, pem_of(tls)),
        )
        self._endpoint: GrpcEndpoint | None = None

    @property
    def name(self) -> str:
        """The address; with the port, once a service listens."""
        endpoint = self._endpoint
        return self._settings.name if endpoint is None else endpoint.name

    @property
    def port(self) -> int:
        """The port, once a service listens; before that the one that was given."""
        given = int(self._settings.address.rpartition(":")[2])
        return given if self._endpoint is None else self._endpoint.port

    @property
    def shared(self) -> bool:
        """Whether several processes can serve it together: they cannot."""
        return False

    @property
    def unshared(self) -> str:
        """Why several processes cannot serve it together."""
        return f"would all listen at {self.name}: run one process for each port"

    async def attend(self, reception: Reception) -> GrpcEndpoint:
        """Listen, and give what comes to a service.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        from .endpoint import GrpcEndpoint  # noqa: PLC0415 — an extra

        endpoint = GrpcEndpoint(self._settings, reception)
        await endpoint.begin()
        self._endpoint = endpoint
        return endpoint

    def wires(self, terms: Terms) -> BrokerWires:
        """Return the way of a client."""
        from .wire import GrpcWire  # noqa: PLC0415 — an extra

        make = partial(GrpcWire, self._settings, terms)
        return GrpcWires(self.name, terms, make)


def _is_port(text: str) -> bool:
    return (
        text.isdecimal() and len(text) <= len(str(LAST_PORT)) and int(text) <= LAST_PORT
    )
