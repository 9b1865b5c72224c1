"""Routers, guards, handlers of exceptions and dependencies are typed as they are used.

``tests/test_typing.py`` has mypy check it, and says how.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, assert_type

import servers
from servers import (
    Context,
    Depends,
    Guard,
    Lifespan,
    Router,
    Server,
    Service,
    stream_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Pool:
    """What a service needs while it runs."""


class Session:
    """What a handler needs for a call."""


@asynccontextmanager
async def lifespan(service: Service) -> AsyncIterator[Pool]:
    assert_type(service.servers, list[Server])
    yield Pool()


async def undecorated(_: Service) -> AsyncIterator[Pool]:
    yield Pool()


OF_A_SERVICE: Lifespan = lifespan
NO_LIFESPAN: Lifespan = undecorated  # type: ignore[assignment]


def signed_in(context: Context) -> bool:
    return context.metadata is not None


async def signed_in_later(context: Context) -> bool:
    return signed_in(context)


def of_the_payload(number: int) -> bool:
    return number > 0


def tells_nothing(_: Context) -> None:
    pass


GUARDS: list[Guard] = [signed_in, signed_in_later]
NO_GUARD: Guard = of_the_payload  # type: ignore[assignment]
NO_GUARD_EITHER: Guard = tells_nothing  # type: ignore[assignment]


async def open_session(context: Context) -> AsyncIterator[Session]:
    assert context.server.connections
    yield Session()


InSession = Annotated[Session, Depends(open_session)]
service = Service(lifespan=lifespan, guards=GUARDS)
router = Router(prefix={"service": "orders"}, guards=[signed_in])


@router.message({"cmd": "list"}, guards=[signed_in_later])
async def list_orders(customer: int, session: InSession) -> list[int]:
    assert_type(session, Session)
    return [customer]


@router.exception(KeyError, IndexError)
async def unknown(context: Context, error: LookupError) -> str:
    return f"{context.route}: {error}"


@service.exception(OSError)  # type: ignore[arg-type]
def of_another_type(context: Context, error: KeyError) -> str:
    return f"{context.route}: {error}"


class Orders:
    """Methods that are handlers, and stay methods."""

    @servers.message("count", thread=True)
    def count(self, customer: int) -> int:
        return customer

    @servers.event("paid", guards=GUARDS)
    async def paid(self, amount: int, context: Context) -> None:
        del amount, context


service.include(router, prefix={"v": 1}, guards=GUARDS)
service.include(Orders())


async def read(result: object) -> None:
    Router(prefix=1)  # type: ignore[arg-type]
    assert_type(Orders().count(1), int)
    assert_type(await list_orders(1, Session()), list[int])
    if (stream := stream_of(result)) is not None:
        await stream.aclose()
    with service.override(open_session, Session):
        service.overrides[open_session] = Session
