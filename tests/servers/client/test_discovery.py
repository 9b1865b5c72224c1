from __future__ import annotations

from typing import TYPE_CHECKING

from servers.discovery import consul, dns_srv, kubernetes

if TYPE_CHECKING:
    from servers.client import Discovery


def test_every_registry_says_what_it_is_asked_for() -> None:
    registries: list[Discovery] = [
        consul("calc", url="http://127.0.0.1:8500"),
        dns_srv("_nest._tcp.calc.internal", nameservers=[("127.0.0.1", 53)]),
        kubernetes("calc", namespace="shop", url="http://127.0.0.1:1"),
    ]

    assert [each.name for each in registries] == [
        "consul service calc",
        "SRV _nest._tcp.calc.internal",
        "kubernetes service shop/calc",
    ]
