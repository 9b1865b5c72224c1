"""Queues and exchanges as services and clients need them.

Source: ``packages/microservices/server/server-rmq.ts`` and ``client/client-rmq.ts``,
``setupChannel``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.errors import ConnectError

from .connecting import reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiormq.abc import AbstractChannel

    from .options import Options


async def declare_queue(channel: AbstractChannel, options: Options) -> str:
    """Declare the queue of a service, and the one of its dead letters.

    Returns:
        The name of the queue, which the broker gives where it has none.

    Raises:
        AMQPError: The broker refuses.
        ConnectError: There is such a queue with other flags or arguments.
    """
    if options.declare is False:
        return options.queue
    if options.dead_letters:
        await _declare(channel, options.dead_letters, durable=options.durable)
    nameless = not options.queue
    return await _declare(
        channel,
        options.queue,
        durable=options.durable and not nameless,
        exclusive=options.exclusive or nameless,
        auto_delete=options.auto_delete,
        arguments=options.queue_arguments,
    )


async def _declare(channel: AbstractChannel, queue: str, **flags: object) -> str:
    """Declare a queue.

    Raises:
        AMQPError: The broker refuses.
        ConnectError: There is such a queue with other flags or arguments.
    """
    from aiormq.exceptions import ChannelPreconditionFailed  # noqa: PLC0415 — an extra

    try:
        declared = await channel.queue_declare(queue, **flags)  # type: ignore[call-overload]
    except ChannelPreconditionFailed as error:
        raise ConnectError(
            f"the queue {queue!r} exists with other flags or arguments, which must be "
            f"equal wherever it is declared: {reason(error)}"
        ) from error
    return str(declared.queue)


async def bind(
    channel: AbstractChannel, queue: str, options: Options, routes: Iterable[str]
) -> None:
    """Declare the exchange of a service, and bind its queue to it.

    Args:
        channel: The channel.
        queue: The queue.
        options: What the exchange is.
        routes: Of the service, bound with where there are wildcards.

    Raises:
        AMQPError: The broker refuses.
        ConnectError: There is such an exchange of another kind.
    """
    if not options.topic:
        return
    await declare_exchange(channel, options)
    keys = [] if options.binding is None else [options.binding]
    if options.wildcards:
        keys += dict.fromkeys(routes)
    for key in keys:
        await channel.queue_bind(queue, options.topic, key)


async def declare_exchange(channel: AbstractChannel, options: Options) -> None:
    """Declare the exchange.

    Raises:
        AMQPError: The broker refuses.
        ConnectError: There is such an exchange of another kind.
    """
    from aiormq.exceptions import ChannelPreconditionFailed  # noqa: PLC0415 — an extra

    if options.declare is False:
        return
    try:
        await channel.exchange_declare(
            options.topic,
            exchange_type=options.exchange_type,
            durable=True,  # as Nest does, whatever the queue is
            arguments=dict(options.exchange_arguments),
        )
    except ChannelPreconditionFailed as error:
        raise ConnectError(
            f"the exchange {options.topic!r} is of another kind: {reason(error)}"
        ) from error
