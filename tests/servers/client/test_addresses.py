from __future__ import annotations

from pathlib import Path

import pytest

from servers import Client, Service, UsageError, client_tls, server_tls
from servers.client.addresses import Address, addresses_of, name_of
from tests.servers.certificates import Certificates


@pytest.mark.parametrize(
    ("address", "name"), [(("host", 1), "host:1"), (Path("run/s"), "unix:run/s")]
)
def test_an_address_has_a_name(address: Address, name: str) -> None:
    assert name_of(address) == name


@pytest.mark.parametrize("address", [("", 1), ("host", 0), ("host", 65_536), "h:1"])
def test_what_is_no_address_is_refused(address: Address) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        addresses_of("host", 1, None, [Path("run/s"), address])


def test_several_addresses_stand_in_place_of_one() -> None:
    assert addresses_of("host", 1, None, ()) == [("host", 1)]
    assert addresses_of("host", 1, "s", ()) == [Path("s")]
    assert addresses_of("host", 1, None, [Path("s"), ("h", 2)]) == [Path("s"), ("h", 2)]
    with pytest.raises(UsageError, match="pass either uds or addresses"):
        addresses_of("host", 1, "s", [("h", 2)])
    with pytest.raises(UsageError, match="is not the path of a Unix socket"):
        addresses_of("host", 1, "", ())


async def test_calls_are_balanced_over_paths_and_ports(tmp_path: Path) -> None:
    one, other, path = Service(), Service(), tmp_path / "s"
    one.message("who")(lambda: "one")
    other.message("who")(lambda: "other")
    async with (
        one.listen(uds=path),
        other.listen("127.0.0.1", 0) as server,
        Client(addresses=[path, ("127.0.0.1", server.port)]) as nest,
    ):
        assert {await nest.send("who", 0) for _ in range(4)} == {"one", "other"}


async def test_a_certificate_is_one_of_localhost_at_a_path(tmp_path: Path) -> None:
    files, path, service = Certificates.issued(tmp_path), tmp_path / "s", Service()
    service.message("echo")(lambda data: data)
    trusting = client_tls(authority=files.authority)
    async with (
        service.listen(uds=path, tls=server_tls(files.server, files.server_key)),
        Client(uds=path, tls=trusting) as nest,
    ):
        assert await nest.send("echo", 1) == 1
