"""A service with prices: one of them, and a stream of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec

from servers import RpcError, Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PAUSE = 0.02  # seconds between two prices
_MOST = 1_000


class Wanted(msgspec.Struct):
    """What is asked for.

    Attributes:
        name: Of the goods.
        count: The number of the last price.
        after: The number of the last price that is known already.
    """

    name: str
    count: Annotated[int, msgspec.Meta(ge=0, le=_MOST)] = 5
    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class Quote(msgspec.Struct):
    """A price; the first has the number 1."""

    number: int
    name: str
    price: float


def make_market() -> Service:
    """Return the service: the message ``price``, and the stream ``prices``."""
    service = Service()

    @service.message("price")
    async def price(wanted: Wanted) -> Quote:
        return _price(wanted.name, 1)

    @service.message("prices")
    async def prices(wanted: Wanted) -> AsyncIterator[Quote]:
        for number in range(wanted.after + 1, wanted.count + 1):
            await asyncio.sleep(_PAUSE)
            yield _price(wanted.name, number)

    return service


def _price(name: str, number: int) -> Quote:
    """Return a price, which is the same each time.

    Raises:
        RpcError: The goods have no name.
    """
    if not name:
        raise RpcError("No name")
    return Quote(number, name, len(name) * 100 + number / 4)
