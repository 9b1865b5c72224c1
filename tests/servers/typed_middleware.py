"""The exported types fit middleware of their own side, and none of the other.

``tests/test_typing.py`` has mypy check it, and says how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import (
    Client,
    ClientMiddleware,
    ClientProceed,
    Context,
    Outgoing,
    ServerMiddleware,
    ServerProceed,
    Service,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from protocol import Json


async def around_handlers(context: Context, proceed: ServerProceed) -> Json:
    assert context.route
    return await proceed()


async def around_calls(outgoing: Outgoing, proceed: ClientProceed) -> Json:
    return await proceed(outgoing.replace(metadata={"by": "middleware"}))


async def with_another_payload(context: Context, proceed: ServerProceed) -> Json:
    return await proceed(context.replace(data={"by": "middleware"}, state=1))


async def of_the_first_form(
    context: Context, proceed: Callable[[], Awaitable[Json]]
) -> Json:
    assert context.route
    return await proceed()


OF_A_SERVICE: ServerMiddleware = around_handlers
ALSO_OF_A_SERVICE: list[ServerMiddleware] = [with_another_payload, of_the_first_form]
OF_A_CLIENT: ClientMiddleware = around_calls

NOT_OF_A_SERVICE: ServerMiddleware = around_calls  # type: ignore[assignment]
NOT_OF_A_CLIENT: ClientMiddleware = around_handlers  # type: ignore[assignment]


def use(service: Service, client: Client) -> tuple[ServerMiddleware, ClientMiddleware]:
    service.use(around_calls)  # type: ignore[arg-type]
    client.use(around_handlers)  # type: ignore[arg-type]
    return service.use(around_handlers), client.use(around_calls)


async def misused(server: ServerProceed, client: ClientProceed) -> None:
    await server(Outgoing("event", "a", 1))  # type: ignore[arg-type]
    await client()  # type: ignore[call-arg]
