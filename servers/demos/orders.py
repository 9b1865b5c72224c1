r"""Orders by RabbitMQ: one at a time, acknowledged after the work, both or none.

::

    rabbitmq-server &
    python -m servers.demos.orders
    curl http://127.0.0.1:3000/orders -d '{"item":"tea","address":"1 Quay Street"}'
    curl http://127.0.0.1:3001/work
    curl http://127.0.0.1:3002/complaints
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import RpcError, Service
from servers.rabbitmq import RabbitMQ

from . import programs
from .answers import application, failure, taking
from .people import Text  # noqa: TC001 — msgspec reads the fields

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_QUEUE, _DEAD = "orders", "orders-dead"
_WORK = 0.05  # seconds for a parcel
_FRAGILE = "glass"  # an item that breaks as it is packed


class Order(msgspec.Struct):
    """What somebody wants, and where to."""

    item: Text
    address: str = ""


class Parcel(msgspec.Struct):
    """An order that has a number."""

    id: int
    item: Text


class NoAddressError(Exception):
    """An order is paid, but nobody knows where to send it."""


def make_shop(broker: RabbitMQ) -> Starlette:
    """Return the HTTP application: ``POST /orders``.

    Args:
        broker: Where the warehouse has its queue.
    """
    numbers = count(1)

    async def order(wanted: Order) -> Response:
        parcel = {"id": next(numbers), "item": wanted.item}
        try:
            await _place(broker, parcel, wanted.address)
        except NoAddressError:
            return failure(422, "No address")
        return JSONResponse(parcel, 201)

    return application([Route("/orders", taking(Order, order), methods=["POST"])])


async def _place(broker: RabbitMQ, parcel: dict[str, Any], address: str) -> None:
    """Emit two events, both or none.

    Raises:
        CallError: The broker does not take them.
        NoAddressError: There is none; what was emitted before is taken back.
    """
    async with broker.transactions() as publisher, publisher.transaction():
        publisher.emit("order.paid", parcel)
        if not address:
            raise NoAddressError
        publisher.emit("parcel.due", parcel)


def make_warehouse(steps: list[str]) -> Service:
    """Return the service that books orders, and packs parcels.

    Args:
        steps: Where it notes what it begins and what it has done.
    """
    service = Service()

    @service.event("order.paid")
    async def book(parcel: Parcel) -> None:
        steps.append(f"book {parcel.id}")
        await asyncio.sleep(_WORK)
        steps.append(f"booked {parcel.id}")

    @service.event("parcel.due")
    async def pack(parcel: Parcel) -> None:
        steps.append(f"pack {parcel.id}")
        await asyncio.sleep(_WORK)
        if parcel.item == _FRAGILE:
            steps.append(f"broke {parcel.id}")
            raise RpcError("it broke")  # by which the message becomes a dead letter
        steps.append(f"packed {parcel.id}")

    return service


def make_complaints(broken: list[Parcel]) -> Service:
    """Return the service that hears of parcels which could not be packed.

    Args:
        broken: Where it notes them.
    """
    service = Service()
    service.event("parcel.due")(broken.append)
    return service


def make_telling(path: str, what: list[Any]) -> Starlette:
    """Return an HTTP application that tells what has been noted."""

    async def answer(_: Request) -> Response:
        return JSONResponse(msgspec.to_builtins(what))

    return application([Route(path, answer)])


@asynccontextmanager
async def complaints() -> AsyncIterator[None]:
    """Run the service that hears of dead letters, and tell them by HTTP."""
    broken: list[Parcel] = []
    telling = make_telling("/complaints", broken)
    by_http = programs.serving_http(telling, programs.port_of("complaints", 3002))
    queue = RabbitMQ(_url(), queue=_DEAD)
    async with programs.serving_at(make_complaints(broken), queue), by_http:
        yield


@asynccontextmanager
async def warehouse() -> AsyncIterator[None]:
    """Run the service that does the work, and tell by HTTP what it has done."""
    steps: list[str] = []
    telling = make_telling("/work", steps)
    by_http = programs.serving_http(telling, programs.port_of("warehouse", 3001))
    queue = RabbitMQ(_url(), queue=_QUEUE, prefetch=1, ack="after", dead_letters=_DEAD)
    async with programs.serving_at(make_warehouse(steps), queue), by_http:
        yield


def shop() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application that takes orders."""
    broker = RabbitMQ(_url(), queue=_QUEUE, persistent=True)
    return programs.serving_http(make_shop(broker), programs.port_of("http", 3000))


def _url() -> str:
    return f"amqp://{programs.HOST}:{programs.port_of('amqp', 5672)}"


PROGRAMS = {"complaints": complaints, "warehouse": warehouse, "shop": shop}

if __name__ == "__main__":
    programs.main(PROGRAMS)
