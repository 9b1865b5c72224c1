"""Metrics for Prometheus: a timer for each method and path of an HTTP application.

::

    python -m servers.demos.metrics
    curl 'http://127.0.0.1:3000/sum?num=1,2,3'
    curl http://127.0.0.1:3000/metrics
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    generate_latest,
)
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route

from servers import CallError, Client, Service
from servers.prometheus import PrometheusHooks

from . import programs
from .answers import application, failure
from .sums import add_log, add_sum, make_asking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper bounds, in seconds; those of both client libraries, and of the counterpart."""

_METRICS = "/metrics"
_UNMATCHED = "unmatched"
"""The path of requests that no route has: peers must not invent series."""
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_LARGEST = 1_000_000


class Timer:
    """A middleware of ASGI that times every request but those for the metrics.

    Args:
        app: What answers.
        histogram: Has the labels ``method``, ``path`` and ``status``.
        routes: Name the paths, as ``/doubles/:number``.
    """

    def __init__(
        self, app: ASGIApp, histogram: Histogram, routes: Sequence[BaseRoute]
    ) -> None:
        self._app = app
        self._histogram = histogram
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and note how long that took."""
        if scope["type"] != "http" or scope["path"] == _METRICS:
            await self._app(scope, receive, send)
            return
        status = 500  # if nothing is sent

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, sending)
        finally:
            labels = (scope["method"], self._path(scope), str(status))
            self._histogram.labels(*labels).observe(time.perf_counter() - begun)

    def _path(self, scope: Scope) -> str:
        for route in self._routes:
            if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
                return _PARAMETER.sub(r":\1", route.path)
        return _UNMATCHED


def make_main(calc_port: int) -> Starlette:
    """Return the HTTP application: sums, doubles, and ``GET /metrics``.

    Args:
        calc_port: The port of the service with the message ``sum``.
    """
    registry = CollectorRegistry()
    histogram = Histogram(
        "http_request_duration_seconds",
        "From a request to the end of its response.",
        ["method", "path", "status"],
        registry=registry,
        buckets=BUCKETS,
    )
    calc = Client(programs.HOST, calc_port, hooks=PrometheusHooks(registry))

    async def double(request: Request) -> Response:
        number = request.path_params["number"]
        if number > _LARGEST:
            return failure(400, "number is too large")
        try:
            return JSONResponse(await calc.send("sum", [number] * 2))
        except CallError:
            return failure(502, "Bad Gateway")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    (summing,) = make_asking(calc, calc).routes
    assert isinstance(summing, Route)
    routes = [summing, Route("/doubles/{number:int}", double), Route(_METRICS, metrics)]
    made = application(routes, calc)
    made.add_middleware(Timer, histogram=histogram, routes=routes)
    return made


def calc() -> AbstractAsyncContextManager[None]:
    """Run the service with sums and the log."""
    service = Service()
    add_sum(service)
    add_log(service)
    return programs.serving(service, _calc_port())


def main() -> AbstractAsyncContextManager[None]:
    """Run the HTTP application."""
    return programs.serving_http(
        make_main(_calc_port()), programs.port_of("http", 3000)
    )


def _calc_port() -> int:
    return programs.port_of("calc", 8888)


PROGRAMS = {"calc": calc, "main": main}

if __name__ == "__main__":
    programs.main(PROGRAMS)
