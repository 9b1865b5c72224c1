"""How a RabbitMQ is used, by a service or by a client.

Source: ``packages/microservices/interfaces/microservice-configuration.interface.ts``,
``RmqOptions``; ``constants.ts``, ``RMQ_DEFAULT_…``.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 — msgspec reads the fields
from typing import Any, Literal, TypeAlias

import msgspec

from servers.errors import UsageError

Acknowledge: TypeAlias = Literal["none", "after", "manual"]
Failed: TypeAlias = Literal["reject", "requeue", "ack"]
REPLY_QUEUE = "amq.rabbitmq.reply-to"
"""The broker's own queue for replies: one for each channel, without a name of its own.

Source: https://www.rabbitmq.com/docs/direct-reply-to
"""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen; the defaults are Nest's, where nothing else is said.

    Attributes:
        queue: Of the service. Without a name the broker gives it one, and drops it with
            the service; it then gets only what an exchange sends it.
        durable: Whether the queue outlives the broker (Nest: ``queueOptions.durable``).
        exclusive: Whether it belongs to this connection alone.
        auto_delete: Whether it goes with its last consumer.
        arguments: More about it, such as ``{"x-max-priority": 10}``.
        dead_letters: A queue for what is rejected, which is declared, too.
        declare: Whether queue and exchange are declared. By default a service does, and
            a client declares the exchange alone (Nest's client declares the queue, so
            calls to a queue with a mistyped name wait for ever).
        prefetch: Messages that a service may have without having acknowledged them; 0
            for any number.
        ack: ``none``: the broker forgets a message as it delivers it (Nest:
            ``noAck: true``). ``after``: it is acknowledged once its handlers have
            ended, and its reply is written. ``manual``: handlers do so.
        failed: With ``ack="after"``, what becomes of a message whose handler raised
            something, or which has no handler.
        exchange: Where messages are published to; by default straight to the queue.
        exchange_type: Of the exchange.
        exchange_arguments: More about it.
        routing_key: What the queue is bound to the exchange with.
        wildcards: Whether messages are routed by their patterns: a service binds its
            queue with each route, in which ``*`` is a word and ``#`` any number.
        persistent: Whether messages are kept on disk, in a durable queue.
        headers: What a client sends with each message.
        reply_queue: Where a client's replies come to.
        consumer_tag: The name of the consumer of a service.
    """

    queue: str = ""
    durable: bool = True
    exclusive: bool = False
    auto_delete: bool = False
    arguments: Mapping[str, Any] = {}
    dead_letters: str = ""
    declare: bool | None = None
    prefetch: int = 0
    ack: Acknowledge = "none"
    failed: Failed = "reject"
    exchange: str = ""
    exchange_type: Literal["topic", "direct", "fanout", "headers"] = "topic"
    exchange_arguments: Mapping[str, Any] = {}
    routing_key: str = ""
    wildcards: bool = False
    persistent: bool = False
    headers: Mapping[str, Any] = {}
    reply_queue: str = REPLY_QUEUE
    consumer_tag: str = ""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            UsageError: It does.
        """
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                known = ", ".join(map(repr, allowed))
                raise UsageError(f"{name} is one of {known}")
        if not 0 <= self.prefetch < 1 << 16:
            raise UsageError("prefetch is from 0, for no limit, to 65535")
        if self.failed != "reject" and self.ack != "after":
            raise UsageError('failed is for ack="after"')
        if self.wildcards and not self.topic:
            raise UsageError("wildcards need an exchange or a queue, for its name")

    @property
    def topic(self) -> str:
        """The exchange; with wildcards that of the queue's name by default."""
        return self.exchange or (self.queue if self.wildcards else "")

    @property
    def routed(self) -> bool:
        """Whether a client publishes to the exchange, and not to the queue."""
        return self.wildcards or (bool(self.exchange) and self._fans_out)

    @property
    def _fans_out(self) -> bool:
        return self.exchange_type == "fanout"

    @property
    def binding(self) -> str | None:
        """The key that a service binds its queue with besides its routes, if any."""
        if self._fans_out:
            return "" if self.exchange else None
        return self.routing_key or None

    @property
    def queue_arguments(self) -> dict[str, Any]:
        """What the queue is declared with; flags and arguments must equal those it has.

        Source: https://www.rabbitmq.com/docs/dlx
        """
        if not self.dead_letters:
            return dict(self.arguments)
        letters = {
            "x-dead-letter-exchange": "",  # the default one, which routes to queues
            "x-dead-letter-routing-key": self.dead_letters,
        }
        return {**letters, **self.arguments}


_CHOICES = {
    "ack": ("none", "after", "manual"),
    "failed": ("reject", "requeue", "ack"),
    "exchange_type": ("topic", "direct", "fanout", "headers"),
}
