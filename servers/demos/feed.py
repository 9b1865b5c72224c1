"""Server-sent events from the stream of a call.

::

    python -m servers.demos.feed
    curl -N 'http://127.0.0.1:3000/feed?name=tea&count=3'
    curl -N -H 'Last-Event-ID: 2' 'http://127.0.0.1:3000/feed?name=tea&count=3'
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from servers import CallError, Client

from . import programs
from .answers import application, failure, reason_of
from .market import Quote, Wanted, make_market

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.requests import Request

_QUIET = 15.0  # seconds after which proxies may take a response for dead
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
_encode = msgspec.json.encode


def make_main(market_port: int) -> Starlette:
    """Return the HTTP application: ``GET /feed?name=tea&count=3``.

    Args:
        market_port: The port of the service with the stream ``prices``.
    """
    market = Client(programs.HOST, market_port)

    async def feed(request: Request) -> Response:
        asked = dict(request.query_params)
        asked["after"] = request.headers.get("last-event-id", "0")
        try:
            wanted = msgspec.convert(asked, Wanted, strict=False)
        except msgspec.ValidationError as error:
            return failure(400, str(error))
        events = _events(market, wanted)
        return StreamingResponse(
            _kept_alive(events), media_type="text/event-stream", headers=_HEADERS
        )

    return application([Route("/feed", feed)], market)


async def _events(market: Client, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield an event for each price, and one for what went wrong.

    Source: the HTML standard, 9.2 Server-sent events.
    """
    data = msgspec.to_builtins(wanted)
    try:
        async for price in market.stream("prices", data, returns=Quote):
            yield b"id: %d\ndata: %s\n\n" % (price.number, _encode(price))
    except CallError as error:
        yield b"event: error\ndata: %s\n\n" % _encode(reason_of(error))


async def _kept_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield events, and a comment whenever there was none for long."""
    async with aclosing(events):  # type: ignore[type-var]
        while True:
            following = asyncio.ensure_future(anext(events, None))
            try:
                while not (await asyncio.wait([following], timeout=_QUIET))[0]:
                    yield b": nothing new\n\n"
            finally:
                following.cancel()
            event = await following
            if event is None:
                return
            yield event


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
