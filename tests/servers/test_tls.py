from __future__ import annotations

import asyncio
import errno
import itertools
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Limits,
    Service,
    client_tls,
    server_tls,
)
from servers import tls as tls_module
from tests.servers.certificates import Certificates
from tests.servers.peers import Peer, request, scripted, until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return Certificates.issued(tmp_path)


def _service(limits: Limits | None = None) -> Service:
    service = Service(limits=limits)
    service.message("echo")(lambda data: data)
    return service


async def test_calls_travel_through_tls(files: Certificates) -> None:
    tls = server_tls(files.server, files.server_key)
    async with _service().listen("127.0.0.1", 0, tls=tls) as server:
        trusting = client_tls(authority=files.authority)
        async with Client("127.0.0.1", server.port, tls=trusting) as nest:
            text = "é😀" * 100_000
            sent = [nest.send("echo", text), nest.send("echo", 1)]
            assert await asyncio.gather(*sent) == [text, 1]
        named = Client(
            "127.0.0.1", server.port, tls=trusting, server_hostname="localhost"
        )
        async with named:
            assert await named.send("echo", 2) == 2


async def test_a_server_that_nobody_vouches_for_is_refused(files: Certificates) -> None:
    tls = server_tls(files.server, files.server_key)
    async with _service().listen("127.0.0.1", 0, tls=tls) as server:
        async with Client("127.0.0.1", server.port, tls=client_tls()) as nest:
            with pytest.raises(ConnectError, match="certificate verify failed"):
                await nest.send("echo", 1)
        wrong = Client(
            "127.0.0.1",
            server.port,
            tls=client_tls(authority=files.authority),
            server_hostname="elsewhere.example",
        )
        async with wrong:
            with pytest.raises(ConnectError, match=r"elsewhere\.example"):
                await wrong.send("echo", 1)
        careless = client_tls(verify=False)
        async with Client("127.0.0.1", server.port, tls=careless) as nest:
            assert await nest.send("echo", 1) == 1


async def test_a_client_must_show_its_certificate_where_one_is_wanted(
    files: Certificates,
) -> None:
    tls = server_tls(files.server, files.server_key, client_authority=files.authority)
    known = client_tls(
        authority=files.authority, certificate=files.client, key=files.client_key
    )
    unknown = client_tls(authority=files.authority)
    async with _service().listen("127.0.0.1", 0, tls=tls) as server:
        async with Client("127.0.0.1", server.port, tls=known) as nest:
            assert await nest.send("echo", 1) == 1
        async with Client("127.0.0.1", server.port, tls=unknown) as nest:
            with pytest.raises((ConnectError, ConnectionLostError)):
                await nest.send("echo", 1)
        assert server.connections <= 1


async def test_plain_text_on_a_tls_port_hurts_nobody(files: Certificates) -> None:
    tls = server_tls(files.server, files.server_key)
    async with _service().listen("127.0.0.1", 0, tls=tls) as server:
        plain = await Peer.connect(server.port)
        plain.write(request("echo", 1))
        await until(lambda: plain.closed)
        await plain.aclose()
        trusting = client_tls(authority=files.authority)
        async with Client("127.0.0.1", server.port, tls=trusting) as nest:
            assert await nest.send("echo", 1) == 1


async def test_a_client_without_tls_gives_the_server_a_line(
    files: Certificates,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tls_module, "_FAILED", itertools.count(1))
    caplog.set_level("WARNING", "servers.server")
    tls = server_tls(files.server, files.server_key)
    async with _service().listen("127.0.0.1", 0, tls=tls) as server:
        for _ in range(3):
            async with Client("127.0.0.1", server.port) as nest:
                with pytest.raises(ConnectionLostError):
                    await nest.send("echo", 1)
        await until(lambda: len(caplog.messages) == 2)

    assert caplog.messages == [
        f"a TLS handshake failed: the peer does not speak TLS ({number} so far)"
        for number in (1, 2)
    ]


async def test_a_client_with_tls_and_a_server_without_say_so_both(
    files: Certificates, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "servers.server")
    async with _service().listen("127.0.0.1", 0) as server:
        trusting = client_tls(authority=files.authority)
        async with Client("127.0.0.1", server.port, tls=trusting) as nest:
            with pytest.raises(ConnectError, match="it may not speak TLS"):
                await nest.send("echo", 1)

    (line,) = caplog.messages
    assert line.endswith("closed: it speaks TLS, and this server does not")


async def test_an_alert_of_tls_tells_a_client_without_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alert = bytes.fromhex("15 03 03 00 02 02 46")  # fatal, protocol version

    def refuse(peer: Peer, _packet: object) -> None:
        peer.write(alert)
        peer.writer.write_eof()

    async with scripted(refuse) as (port, _), Client("127.0.0.1", port) as nest:
        with pytest.raises(ConnectionLostError, match="it speaks TLS, and this client"):
            await nest.send("echo", 1)
    assert not caplog.records


async def test_a_handshake_has_its_time(files: Certificates) -> None:
    tls = server_tls(files.server, files.server_key)
    limits = Limits(handshake=0.1)
    async with _service(limits).listen("127.0.0.1", 0, tls=tls) as server:
        silent = await Peer.connect(server.port)
        await until(lambda: silent.closed)
        await silent.aclose()


async def test_a_peer_that_breaks_the_protocol_inside_tls_is_closed(
    files: Certificates,
) -> None:
    tls = server_tls(files.server, files.server_key)
    async with _service().listen("127.0.0.1", 0, tls=tls) as server:
        peer = await Peer.connect(
            server.port, tls=client_tls(authority=files.authority)
        )
        await peer.ask(request("echo", 1))
        peer.write(b"abc#")
        await until(lambda: peer.closed)
        await peer.aclose()


def test_a_file_that_is_no_certificate_is_an_error(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing", encoding="utf-8")

    with pytest.raises(ssl.SSLError):
        server_tls(nothing, nothing)
    with pytest.raises(OSError, match="No such file"):
        client_tls(authority=tmp_path / "missing.pem")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connect call"),
            "Connection refused",
        ),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (TimeoutError(), "no answer in time"),
        (OSError("closed"), "closed"),
    ],
)
def test_an_error_of_the_system_is_what_it_says(error: OSError, why: str) -> None:
    assert tls_module.system_reason(error) == why


def test_an_error_of_tls_is_not_taken_for_one_of_the_system() -> None:
    said = ssl.MemoryBIO()
    said.write(b"AMQP\0\0\x09\x01")
    context = ssl.create_default_context()
    tls = context.wrap_bio(said, ssl.MemoryBIO(), server_hostname="h")
    with pytest.raises(ssl.SSLError) as caught:
        tls.do_handshake()

    assert tls_module.system_reason(caught.value) == "wrong version number"
