"""What gRPC says of a call besides its message, and the messages of a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator  # noqa: TC003 — msgspec reads the fields
from typing import TYPE_CHECKING, Any

from servers.deliveries import Delivery

if TYPE_CHECKING:
    from protocol import Json


class GrpcMessage(Delivery, frozen=True):
    """A call as gRPC brings it: the ``carrier`` of a context.

    Attributes:
        channel: The path of the method.
        headers: The metadata of the call, but for what is binary.
        deadline: Seconds that its client waits on; None for ever.
        stream: The messages of a client that sends a stream; None of another.
    """

    deadline: float | None = None
    stream: AsyncIterator[Any] | None = None

    def messages(self) -> AsyncIterator[Json]:
        """Return the messages of the client's stream, as they come; none of another."""
        return _nothing() if self.stream is None else self.stream


async def _nothing() -> AsyncIterator[Json]:
    nothing: tuple[Json, ...] = ()
    for each in nothing:
        yield each
