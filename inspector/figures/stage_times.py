"""How long calls over a broker took in its hands, and in those of their handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .latency import Latencies

if TYPE_CHECKING:
    from inspector.calls.passages import Passage


class StageTimes:
    """The times of calls by stage, of those whose hops were captured.

    Attributes:
        broker: From the broker's hands to the handler, and back to the caller.
        handler: From the request at the first handler that answered to its reply.
    """

    def __init__(self) -> None:
        self.broker = Latencies()
        self.handler = Latencies()

    def add(self, passage: Passage) -> None:
        """Take in a call that was answered."""
        for latencies, time_ns in (
            (self.broker, passage.broker_ns),
            (self.handler, passage.handler_ns),
        ):
            if time_ns is not None:
                latencies.add(time_ns)

    def merge(self, other: StageTimes) -> None:
        """Take in those of another part of the capture."""
        self.broker.merge(other.broker)
        self.handler.merge(other.handler)
