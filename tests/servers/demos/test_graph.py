from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_QUERY = "query Price($name: String!) { price(name: $name) { number name price } }"
_PROTOCOL = Subprotocol("graphql-transport-ws")
_SUBSCRIPTION = (
    "subscription Prices($name: String!, $count: Int!) "
    "{ prices(name: $name, count: $count) { number price } }"
)


@pytest.mark.parametrize("market", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_asks_every_market_for_queries_and_subscriptions(
    programs: Programs, tmp_path: Path, *, main: Kind, market: Kind
) -> None:
    with (
        _running(programs, main, market) as (port, market_port),
        on_the_wire("graph", tmp_path, port, market_port) as shown,
    ):
        answers = [_asked(port, name) for name in ("茶", "")]
        said = _subscribed(port, {"name": "茶", "count": 3})
        failed = _subscribed(port, {"name": "", "count": 3})

    price = {"number": 1, "name": "茶", "price": 100.25}
    assert answers[0] == {"data": {"price": price}}
    assert answers[1]["data"] is None
    assert [each["message"] for each in answers[1]["errors"]] == ["No name"]
    assert said == [
        *(
            {"id": "7", "type": "next", "payload": {"data": {"prices": each}}}
            for each in ({"number": n, "price": 100 + n / 4} for n in (1, 2, 3))
        ),
        {"id": "7", "type": "complete"},
    ]
    assert "No name" in json.dumps(failed[0])
    assert "query Price" in shown.text
    assert "subscription Prices" in shown.text


def _asked(port: int, name: str) -> Any:  # noqa: ANN401
    return httpx.post(
        f"http://127.0.0.1:{port}/graphql",
        json={"query": _QUERY, "variables": {"name": name}},
        timeout=PATIENCE,
    ).json()


def _subscribed(port: int, variables: dict[str, object]) -> list[Any]:
    """Return what is said of a subscription, to its end.

    Source: the protocol graphql-transport-ws, of the package graphql-ws.
    """
    with connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[_PROTOCOL]) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(PATIENCE))["type"] == "connection_ack"
        payload = {"query": _SUBSCRIPTION, "variables": variables}
        socket.send(json.dumps({"id": "7", "type": "subscribe", "payload": payload}))
        said: list[Any] = []
        while not said or said[-1]["type"] == "next":
            said.append(json.loads(socket.recv(PATIENCE)))
    return said


@contextmanager
def _running(programs: Programs, main: Kind, market: Kind) -> Iterator[tuple[int, int]]:
    if main == market == "python":
        with programs.whole("graph", "http", "market") as ports:
            yield ports["http"], ports["market"]
        return
    market_port = programs.shared("graph", "market", market)
    with programs.running("graph", "main", main, ports={"market": market_port}) as port:
        yield port, market_port
