from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from servers import Client, Service, Tcp, UsageError
from servers.server.planning import Ways, ways_of
from servers.serving.places import Place
from servers.serving.plans import plan_of
from tests.servers.brokers.toy import Toy

if TYPE_CHECKING:
    from protocol import Json


def test_a_host_and_a_port_are_tcp() -> None:
    assert ways_of("::1", 1, grace=2) == Ways(plan_of("::1", 1, grace=2))
    assert ways_of(None, 1).plan.place == Place(None, 1)
    assert ways_of(uds="s").plan.place == Place(path="s")


def test_transports_are_told_apart() -> None:
    one, other, tls = Toy(), Toy(), ssl.create_default_context()
    tcp = Tcp("h", 1, tls=tls, reuse_port=True)
    ways = ways_of(one, tcp, other, drain=3.0, health_port=4)

    assert ways.brokers == (one, other)
    assert ways.plan.place == Place("h", 1, reuse_port=True)
    assert ways.plan.probes == Place("h", 4)
    assert (ways.plan.tls, ways.plan.drain) == (tls, 3.0)


def test_a_broker_alone_listens_nowhere() -> None:
    plan, brokers = ways_of(toy := Toy(), health_port=4, grace=1.0)

    assert (plan.place, plan.probes, plan.grace) == (None, Place(None, 4), 1.0)
    assert brokers == (toy,)
    assert ways_of(toy).plan.probes is None


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("h", Toy()), {}, "either host and port, or transports"),
        (("h", 1, Toy()), {}, "either host and port, or transports"),
        ((Toy(), 8888), {}, "a port belongs into Tcp"),
        ((Toy(),), {"uds": "s"}, r"uds belongs into Tcp\(uds=…\)"),
        ((Tcp(), Tcp()), {}, "pass one Tcp"),
    ],
)
def test_what_is_not_one_plan_is_refused(
    arguments: tuple[Any, ...], options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        ways_of(*arguments, **options)


def test_several_workers_need_a_broker_that_distributes() -> None:
    toy, sharing = Toy(), Toy()
    sharing.shared = True

    ways_of(toy).check_workers(1)
    ways_of(sharing).check_workers(2)
    with pytest.raises(UsageError, match="2 workers would each handle every message"):
        ways_of(sharing, toy).check_workers(2)
    with pytest.raises(UsageError, match="0 workers serve nobody"):
        ways_of().check_workers(0)


async def test_a_service_is_reached_by_all_of_them_at_once() -> None:
    service, toy = Service(), Toy()
    service.message("echo")(lambda data: data)

    async with (
        service.listen(Tcp("127.0.0.1", 0), toy) as server,
        Client(Tcp("127.0.0.1", server.port)) as one,
        Client(toy) as other,
    ):
        calls = (one.send("echo", 1), other.send("echo", 2))
        values: list[Json] = [*await asyncio.gather(*calls)]
        assert server.connections == 2

    assert values == [1, 2]


async def test_it_listens_by_tcp_only_once_all_brokers_are_there() -> None:
    service, toy = Service(), Toy()
    toy.silent = True
    begun = asyncio.create_task(service.serve(Tcp("127.0.0.1", 0), toy, signals=False))
    while not toy.attempts:  # noqa: ASYNC110 — nothing tells of it
        await asyncio.sleep(0.001)

    (server,) = service.servers
    assert server.names == []
    assert server.health.status == "starting"
    begun.cancel()
    with pytest.raises(asyncio.CancelledError):
        await begun
