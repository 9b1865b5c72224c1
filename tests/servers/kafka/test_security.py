"""Peers over TLS and with a user, at brokers that have neither TLS nor a list of users.

Neither noida-db nor Tansu can end TLS, so something before Tansu does, which tells
clients to come there. noida-db takes any name and password by SASL PLAIN.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from captures.brokers import Noida, Tansu
from servers import Client, ConnectError, Service, client_tls, server_tls
from servers.kafka import Kafka
from tests.servers.certificates import Certificates
from tests.servers.kafka.brokers import WAIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_USER = "ada:p%40ss@"


def _service() -> Service:
    service = Service()

    @service.message("security.sum")
    def add(numbers: list[int]) -> int:
        return sum(numbers)

    return service


async def _called(url: str, **options: object) -> object:
    """Return what a service answers that is called by way of a broker."""
    known = {"values": "json", "wait": WAIT, **options}
    at = Kafka(url, group="security", **known)
    async with (
        _service().listen(at, grace=0),
        Client(Kafka(url, **known), timeout=60) as client,
    ):
        return await client.send("security.sum", [1, 2, 3])


@asynccontextmanager
async def _before(files: Certificates) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Run Tansu behind what ends TLS; give its address, and what it was sent first."""
    own = server_tls(files.server, files.server_key)
    seen: list[bytes] = []
    ports: list[int] = []

    async def pass_on(reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                out.write(data)
                await out.drain()
        out.close()

    async def end(reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        answers, out = await asyncio.open_connection("127.0.0.1", ports[0])
        seen.append(await reader.read(8))
        out.write(seen[-1])
        await asyncio.gather(pass_on(reader, out), pass_on(answers, back))

    server = await asyncio.start_server(end, "127.0.0.1", 0, ssl=own)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with Tansu({"advertised": port}) as broker:
            ports.append(broker.port)
            yield f"127.0.0.1:{port}", seen


async def test_calls_pass_over_tls(tmp_path: Path) -> None:
    files = Certificates.issued(tmp_path)
    trusts = client_tls(authority=files.authority)
    async with _before(files) as (address, seen):
        assert await _called(f"kafkas://{address}", tls=trusts) == 6
        assert len(seen) >= 4, "each peer has a connection for each of its purposes"

        stranger = Kafka(f"kafkas://{address}", tls=client_tls())
        with pytest.raises(ConnectError, match="certificate"):
            async with Client(stranger) as client:
                await client.send("security.sum", [])


async def test_a_user_logs_in_by_plain() -> None:
    with Noida() as broker:
        url = f"kafka://{_USER}127.0.0.1:{broker.port}"
        assert await _called(url) == 6

        await _refused(url)


async def test_a_user_that_is_not_known_is_one_line() -> None:
    """Tansu knows none; by SCRAM it says so where aiokafka expects a signature."""
    with Tansu({"authentication": True}) as broker:
        await _refused(f"kafka://{_USER}127.0.0.1:{broker.port}")


async def _refused(url: str) -> None:
    """Check what is said of a user that a broker refuses to know by SCRAM."""
    async with Client(Kafka(url, mechanism="SCRAM-SHA-256")) as client:
        with pytest.raises(ConnectError) as caught:
            await client.send("security.sum", [])
    name = url.replace(_USER, "")
    assert str(caught.value) == (
        f"cannot connect to {name}: the user is refused, or this way to log in"
    )
