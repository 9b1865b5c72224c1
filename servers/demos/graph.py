r"""GraphQL: a query becomes a call, a subscription a stream.

::

    python -m servers.demos.graph
    curl http://127.0.0.1:3000/graphql -H 'content-type: application/json' \
        -d '{"query":"{ price(name: \"tea\") { number price } }"}'

Subscriptions are spoken over WebSocket, by ``graphql-transport-ws``.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator  # noqa: TC003 — strawberry reads it
from typing import TYPE_CHECKING

import msgspec
from starlette.routing import Route, WebSocketRoute

from servers import CallError, Client

from . import programs
from .answers import application, reason_of
from .market import Quote, make_market

try:
    import strawberry
    from graphql import GraphQLError
    from strawberry.asgi import GraphQL
    from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
except ImportError:
    sys.exit(
        "servers.demos: strawberry is not installed; pip install '.[demos,graphql]'"
    )

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette

_FIVE = 5


@strawberry.type
class Price:
    """A price; the first has the number 1."""

    number: int
    name: str
    price: float


def make_schema(market: Client) -> strawberry.Schema:
    """Return the schema.

    Args:
        market: Calls the service with prices.
    """

    @strawberry.type
    class Query:
        @strawberry.field
        async def price(self, name: str) -> Price:
            try:
                found = await market.send("price", {"name": name}, returns=Quote)
            except CallError as error:
                raise GraphQLError(reason_of(error)) from error
            return _price(found)

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def prices(
            self, name: str, count: int = _FIVE
        ) -> AsyncGenerator[Price, None]:
            wanted = {"name": name, "count": count}
            try:
                async for each in market.stream("prices", wanted, returns=Quote):
                    yield _price(each)
            except CallError as error:
                raise GraphQLError(reason_of(error)) from error

    return strawberry.Schema(Query, subscription=Subscription)


def _price(found: Quote) -> Price:
    return Price(**msgspec.structs.asdict(found))


def make_main(market_port: int) -> Starlette:
    """Return the HTTP application: ``/graphql``, by HTTP and by WebSocket.

    Args:
        market_port: The port of the service with prices.
    """
    market = Client(programs.HOST, market_port)
    graphql = GraphQL[None, None](
        make_schema(market),
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
    )
    routes = [Route("/graphql", graphql), WebSocketRoute("/graphql", graphql)]
    return application(routes, market)


def market() -> AbstractAsyncContextManager[None]:
    """Run the service with prices."""
    return programs.serving(make_market(), _market_port())


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    return programs.serving_http(
        make_main(_market_port()), programs.port_of("http", 3000)
    )


def _market_port() -> int:
    return programs.port_of("market", 8888)


PROGRAMS = {"market": market, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
