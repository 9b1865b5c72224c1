from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from captures.brokers import RabbitMQServer
from servers.demos.orders import make_shop
from servers.rabbitmq import RabbitMQ
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, free_port, told
from tests.servers.demos.web import asking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_ORDERS = [
    {"item": "tea", "address": "1 Quay Street"},
    {"item": "glass", "address": "岸边街 2"},
    {"item": "book"},
    {"item": "cup", "address": "4 Quay Street"},
]
_REFUSED = (422, {"statusCode": 422, "message": "No address"})
_WORK = [
    *("book 1", "booked 1", "pack 1", "packed 1"),
    *("book 2", "booked 2", "pack 2", "broke 2"),
    *("book 4", "booked 4", "pack 4", "packed 4"),
]
"""One after the other; of the third order nothing, though half of it was emitted."""


_NAMES = {"complaints": "complaints", "warehouse": "warehouse", "shop": "http"}
"""Program → what its port is called."""


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMQServer]:
    with RabbitMQServer() as server:
        yield server


@pytest.mark.parametrize("complaints", KINDS)
@pytest.mark.parametrize("warehouse", KINDS)
@pytest.mark.parametrize("shop", KINDS)
def test_every_shop_has_its_orders_done_by_every_warehouse(  # noqa: PLR0913
    programs: Programs,
    broker: RabbitMQServer,
    tmp_path: Path,
    *,
    shop: Kind,
    warehouse: Kind,
    complaints: Kind,
) -> None:
    ports = {"amqp": broker.port}
    kinds = {"complaints": complaints, "warehouse": warehouse, "shop": shop}
    with (
        on_the_wire("orders", tmp_path, broker.port) as shown,
        _running(programs, ports, kinds) as (port, working, dead),
    ):
        answers = [_order(port, each) for each in _ORDERS]
        work = told(f"http://127.0.0.1:{working}/work", len(_WORK))
        broken = told(f"http://127.0.0.1:{dead}/complaints", 1)

    taken = [
        (201, {"id": number, "item": each["item"]})
        for number, each in enumerate(_ORDERS, 1)
    ]
    assert answers == [*taken[:2], _REFUSED, taken[3]]
    assert work == _WORK
    assert broken == [{"id": 2, "item": "glass"}]
    assert "order.paid" in shown.text
    assert "dead letter" in shown.text


@contextmanager
def _running(
    programs: Programs, ports: dict[str, int], kinds: dict[str, Kind]
) -> Iterator[tuple[int, int, int]]:
    """Give the ports of HTTP of shop, warehouse and complaints."""
    if set(kinds.values()) == {"python"}:
        names = ("http", "warehouse", "complaints")
        with programs.whole("orders", *names, ports=ports) as own:
            yield own["http"], own["warehouse"], own["complaints"]
        return
    with ExitStack() as stack:
        http = [
            stack.enter_context(
                programs.running(
                    "orders", program, kind, port_name=_NAMES[program], ports=ports
                )
            )
            for program, kind in kinds.items()
        ]
        yield http[2], http[1], http[0]


def _order(port: int, order: dict[str, str]) -> tuple[int, Any]:
    url = f"http://127.0.0.1:{port}/orders"
    answer = httpx.post(url, json=order, timeout=PATIENCE)
    return answer.status_code, answer.json()


async def test_an_order_that_no_warehouse_can_have_is_a_bad_gateway(
    broker: RabbitMQServer,
) -> None:
    nowhere = RabbitMQ(f"amqp://127.0.0.1:{free_port()}", queue="orders")
    no_queue = RabbitMQ(broker.url, queue="orders-of-nobody")
    for place in (nowhere, no_queue):
        async with asking(make_shop(place)) as http:
            answer = await http.post("/orders", json=_ORDERS[0])

        assert answer.json() == {"statusCode": 502, "message": "Bad Gateway"}
