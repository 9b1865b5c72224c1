from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from servers import Client, Service, Tcp, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


async def test_a_service_and_a_client_meet_at_a_port() -> None:
    async with (
        _service().listen(Tcp("127.0.0.1", 0)) as server,
        Client(Tcp("127.0.0.1", server.port)) as nest,
    ):
        assert await nest.send("echo", 1) == 1


async def test_they_meet_at_a_unix_socket(tmp_path: Path) -> None:
    place = Tcp(uds=tmp_path / "s")
    async with _service().listen(place), Client(place) as nest:
        assert await nest.send("echo", 1) == 1


async def test_a_service_takes_a_socket_that_is_bound() -> None:
    bound = socket.create_server(("127.0.0.1", 0))
    async with (
        _service().listen(Tcp(sock=bound)),
        Client(Tcp("127.0.0.1", bound.getsockname()[1])) as nest,
    ):
        assert await nest.send("echo", 1) == 1


@pytest.mark.parametrize("place", [Tcp(None), Tcp(fd=3)])
def test_a_client_needs_a_server(place: Tcp) -> None:
    with pytest.raises(UsageError, match="a client needs a host and a port"):
        Client(place)
