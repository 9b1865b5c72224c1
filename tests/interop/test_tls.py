"""TLS with Nest on the other side, and with certificates of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import Client, ConnectError, ConnectionLostError, client_tls, server_tls
from tests.interop.application import Application
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Ours, Pair, opened
from tests.servers.certificates import Certificates

if TYPE_CHECKING:
    from pathlib import Path

    from protocol import Json
    from tests.interop.nests import Nests
    from tests.interop.pairs import Caller


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return Certificates.issued(tmp_path)


async def _calls_work(caller: Caller) -> None:
    assert await caller.observe("echo", "é😀") == [["value", "é😀"], ["end"]]
    many = await caller.observe("stream.many", 100)
    assert many == [*(["value", n] for n in range(100)), ["end"]]
    large = await caller.observe("echo", {"repeat": "求", "times": 500_000})
    assert large[0][1]["length"] == 500_000


@pytest.mark.parametrize("name", WE_CALL)
async def test_we_call_nest_without_a_certificate(
    name: str, nests: Nests, files: Certificates
) -> None:
    nest = Pair.of(name, nests).nest
    tls = {"key": _text(files.server_key), "cert": _text(files.server)}
    port = await nest.do("listen", port=0, tls=tls)
    ours = client_tls(authority=files.authority)
    async with Client("127.0.0.1", port, tls=ours) as client:
        await _calls_work(Ours(client))
    async with Client("127.0.0.1", port, tls=client_tls()) as client:
        with pytest.raises(ConnectError, match="certificate verify failed"):
            await client.send("echo", "the authority is not known")
    await nest.do("shut", port=port)


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_nest_calls_us_without_a_certificate(
    name: str, nests: Nests, files: Certificates
) -> None:
    nest = Pair.of(name, nests).nest
    tls = server_tls(files.server, files.server_key)
    service = Application().service
    async with service.listen("127.0.0.1", 0, tls=tls, grace=0) as server:
        ca = {"ca": _text(files.authority)}
        async with opened(nest, server.port, tls=ca) as caller:
            await _calls_work(caller)
        async with opened(nest, server.port, tls={}) as caller:
            refused = await caller.observe("echo", "the authority is not known")
            assert refused == [["error", "Connection closed"]]  # its log knows more


@pytest.mark.parametrize("name", WE_CALL)
async def test_we_call_nest_and_show_our_certificate(
    name: str, nests: Nests, files: Certificates
) -> None:
    tls: Json = {
        "key": _text(files.server_key),
        "cert": _text(files.server),
        "ca": _text(files.authority),
        "requestCert": True,
        "rejectUnauthorized": True,
    }
    port = await Pair.of(name, nests).nest.do("listen", port=0, tls=tls)
    shown = client_tls(
        authority=files.authority, certificate=files.client, key=files.client_key
    )
    async with Client("127.0.0.1", port, tls=shown) as client:
        await _calls_work(Ours(client))
    hidden = client_tls(authority=files.authority)
    async with Client("127.0.0.1", port, tls=hidden) as client:
        with pytest.raises((ConnectError, ConnectionLostError)):
            await client.send("echo", 1)


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_nest_calls_us_and_shows_its_certificate(
    name: str, nests: Nests, files: Certificates
) -> None:
    nest = Pair.of(name, nests).nest
    tls = server_tls(files.server, files.server_key, client_authority=files.authority)
    ca = {"ca": _text(files.authority)}
    shown = {**ca, "cert": _text(files.client), "key": _text(files.client_key)}
    service = Application().service
    async with service.listen("127.0.0.1", 0, tls=tls, grace=0) as server:
        async with opened(nest, server.port, tls=shown) as caller:
            await _calls_work(caller)
        async with opened(nest, server.port, tls=ca) as caller:
            refused = await caller.observe("echo", 1)
            assert refused[0][0] == "error"


def _text(file: Path) -> str:
    return file.read_text(encoding="ascii")
