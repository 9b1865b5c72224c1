from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from servers import Backoff, Limits
from servers.client.assembly import Assembly
from servers.client.pool import Pool

if TYPE_CHECKING:
    from servers.client.addresses import Address
    from servers.client.caller import Caller


def _assembly(*addresses: Address) -> Assembly:
    return Assembly(
        addresses=addresses,
        tls=None,
        server_hostname=None,
        balance="round_robin",
        wait_for_server=False,
        backoff=Backoff(),
        ejection=None,
        breaker=None,
        limits=Limits(),
        dial=None,
        integers=None,
    )


async def test_a_caller_has_a_link_for_each_address_and_connects_none() -> None:
    def successor() -> Caller:
        return caller

    assembly = _assembly(("127.0.0.1", 1), ("::1", 2), Path("/a/socket"))
    caller = assembly.caller(None, lambda _: None, lambda _: None, successor)

    assert isinstance(caller.wires, Pool)
    names = [each.address for each in caller.wires.links]
    assert names == ["127.0.0.1:1", "::1:2", "unix:/a/socket"]
    assert not any(each.usable for each in caller.wires.links)
    await caller.aclose()
