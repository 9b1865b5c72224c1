"""Unix sockets with Nest on the other side, which takes a path for a port."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import Client, client_tls, server_tls
from tests.interop.application import Application
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Ours, Pair, opened
from tests.servers.certificates import Certificates

if TYPE_CHECKING:
    from pathlib import Path

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
async def test_we_call_nest(name: str, nests: Nests, tmp_path: Path) -> None:
    nest, path = Pair.of(name, nests).nest, str(tmp_path / "s")
    assert await nest.do("listen", port=path) == path
    async with Client(uds=path) as client:
        await _calls_work(Ours(client))
    await nest.do("shut", port=path)


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_nest_calls_us(name: str, nests: Nests, tmp_path: Path) -> None:
    nest, path = Pair.of(name, nests).nest, str(tmp_path / "s")
    async with (
        Application().service.listen(uds=path, grace=0),
        opened(nest, path) as caller,
    ):
        await _calls_work(caller)


@pytest.mark.parametrize("name", WE_CALL)
async def test_we_call_nest_with_tls(
    name: str, nests: Nests, files: Certificates, tmp_path: Path
) -> None:
    nest, path = Pair.of(name, nests).nest, str(tmp_path / "s")
    tls = {"key": files.server_key.read_text(), "cert": files.server.read_text()}
    await nest.do("listen", port=path, tls=tls)
    async with Client(uds=path, tls=client_tls(authority=files.authority)) as client:
        await _calls_work(Ours(client))
    await nest.do("shut", port=path)


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_nest_calls_us_with_tls_where_its_options_have_the_path(
    name: str, nests: Nests, files: Certificates, tmp_path: Path
) -> None:
    nest, path = Pair.of(name, nests).nest, str(tmp_path / "s")
    tls = server_tls(files.server, files.server_key)
    ca = {"ca": files.authority.read_text(), "path": path}
    async with (
        Application().service.listen(uds=path, tls=tls, grace=0),
        opened(nest, 1, tls=ca) as caller,  # a port that TLS sockets pass over
    ):
        await _calls_work(caller)
