from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest

from servers import Breaker, Client, Ejection, Tcp, UsageError
from servers.client.targets import Target, target_of
from tests.servers.brokers.toy import Toy


def test_a_host_and_a_port_are_an_address() -> None:
    assert target_of("h", 1, None, (), None) == Target([("h", 1)], None)
    assert target_of("h", 1, None, [("a", 1)], None) == Target([("a", 1)], None)


def test_tcp_is_an_address_with_its_tls() -> None:
    tls = ssl.create_default_context()

    assert target_of(Tcp("h", 1, tls=tls), 3000, None, (), None) == Target(
        [("h", 1)], tls
    )
    assert target_of(Tcp(uds="s"), 3000, None, (), None) == Target([Path("s")], None)


def test_a_broker_is_all_that_there_is() -> None:
    toy = Toy()

    assert target_of(toy, 3000, None, (), None) == Target((), None, toy)


@pytest.mark.parametrize(
    "options",
    [{"port": 1}, {"uds": "s"}, {"addresses": [("h", 1)]}],
)
@pytest.mark.parametrize("host", [Tcp(), Toy()])
def test_an_address_beside_it_is_refused(
    host: Tcp | Toy, options: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="pass no other address or tls"):
        Client(host, **options)


@pytest.mark.parametrize(
    "options",
    [{"breaker": Breaker()}, {"ejection": Ejection()}],
)
def test_what_is_about_servers_is_refused_with_a_broker(
    options: dict[str, Any],
) -> None:
    (name,) = options
    with pytest.raises(UsageError, match=f"{name} is for servers"):
        Client(Toy(), **options)
