"""Where a service of gRPC is, and what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.descriptors import Method

    from .security import Pem

SCHEME, SECURE = "grpc://", "grpcs://"
"""What an address may begin with: without TLS, and with it."""


class Settings(NamedTuple):
    """Where a service is, and what it offers.

    Attributes:
        address: ``host:port``.
        methods: Path → method.
        metadata: What a client sends with each call.
        deadline: Seconds that a client gives each call; None for ever.
        options: More for grpcio.
        secure: Whether that is by TLS.
        pem: The certificates for that.
    """

    address: str
    methods: dict[str, Method]
    metadata: Mapping[str, str]
    deadline: float | None
    options: Mapping[str, Any]
    secure: bool
    pem: Pem

    @property
    def name(self) -> str:
        """The address, as errors name it."""
        return f"{SECURE if self.secure else SCHEME}{self.address}"
