"""Calls whose results have types.

``tests/test_typing.py`` has mypy check them, and says how.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, assert_type

import msgspec

from servers import BlockingClient, Client, Replies, Stream


@dataclass
class Order:
    number: int


async def typed(nest: Client) -> None:
    order = await nest.send("orders.get", 1, returns=Order, timeout=5.0)
    assert_type(order, Order)
    assert_type(await nest.send("a", 1, returns=list[Order]), list[Order])
    assert_type(await nest.send("a", 1, returns=Order | None), Order | None)
    positive = Annotated[int, msgspec.Meta(gt=0)]
    assert_type(await nest.send("a", 1, returns=positive), int)
    assert_type(nest.stream("a", 1, returns=Order), Stream[Order])
    async for each in nest.stream("a", 1, returns=Order, metadata={}):
        assert_type(each, Order)


async def many(nest: Client) -> None:
    assert_type(nest.send_many("a", [1], returns=Order), Replies[Order])
    async for each in nest.send_many("a", range(9), returns=Order, in_flight=9):
        assert_type(each, Order)
    replies = nest.send_many("a", [1], returns=Order, return_exceptions=True)
    assert_type(replies, Replies[Order | Exception])
    anything: Replies[int] = nest.send_many("a", [1], timeout=None)
    orders: Replies[int] = nest.send_many("a", [1], returns=Order)  # type: ignore[arg-type]
    nest.send_many("a", [1], tmeout=1)  # type: ignore[call-overload]
    nest.send_many("a", 1)  # type: ignore[call-overload]
    del anything, orders


async def refused(nest: Client) -> None:
    text: str = await nest.send("a", 1, returns=Order)  # type: ignore[arg-type]
    orders: list[Order] = await nest.send("a", 1, returns=Order)  # type: ignore[arg-type]
    stream: Stream[int] = nest.stream("a", 1, returns=Order)  # type: ignore[arg-type]
    await nest.send("a", 1, returns=1)  # type: ignore[call-overload]
    await nest.send("a", 1, tmeout=1)  # type: ignore[call-overload]
    del text, orders, stream


def blocking(nest: BlockingClient) -> None:
    assert_type(nest.send("a", 1, returns=Order, timeout=None), Order)
    for each in nest.stream("a", 1, returns=Order):
        assert_type(each, Order)
    for many_each in nest.send_many("a", [1], returns=Order, idempotent=True):
        assert_type(many_each, Order)
    for either in nest.send_many("a", [1], returns=Order, return_exceptions=True):
        assert_type(either, Order | Exception)
    text: str = nest.send("a", 1, returns=Order)  # type: ignore[assignment]
    del text


async def plain(nest: Client, blocking_nest: BlockingClient) -> None:
    anything: int = await nest.send("a", 1)
    values: Stream[str] = nest.stream("a", 1)
    blocked: dict[str, int] = blocking_nest.send("a", 1)
    del anything, values, blocked
