from __future__ import annotations

from typing import Any

import pytest

from captures.grpc_stage import PROTO
from servers import Service, UsageError
from servers.errors import ListenError
from servers.grpc import Grpc
from servers.locating import broker_at


@pytest.mark.parametrize(
    "address", ["5000", "grpc://", "localhost", "a:b", ":1", "a:65536"]
)
def test_an_address_has_a_host_and_a_port(address: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        Grpc(address, proto=PROTO)


def test_it_may_be_given_to_commands() -> None:
    found = broker_at(f"grpc://127.0.0.1:5000?proto={PROTO}&package=calc")
    assert isinstance(found, Grpc)
    assert (found.name, found.port) == ("grpc://127.0.0.1:5000", 5000)
    for url in ("grpc://a:1", f"grpc://a:1?proto={PROTO}&nope=1"):
        with pytest.raises(UsageError):
            broker_at(url)


async def test_a_port_is_taken_once() -> None:
    service, first = Service(), Grpc("127.0.0.1:0", proto=PROTO)
    assert not first.shared
    assert "one process for each port" in first.unshared
    async with service.listen(first):
        second: Any = Grpc(f"127.0.0.1:{first.port}", proto=[PROTO])
        with pytest.raises(ListenError, match="cannot listen there"):
            async with Service().listen(second):
                pass
