from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING

import pytest

from servers import Client, ListenError, Service
from servers.serving import binding
from servers.serving.binding import bind
from servers.serving.places import Place, place_of

if TYPE_CHECKING:
    from pathlib import Path


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


async def test_a_service_listens_at_a_path(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with _service().listen(uds=path) as server:
        assert (server.names, server.addresses) == ([f"unix:{path}"], [])
        with pytest.raises(Exception, match=f"no port, but unix:{path}"):
            _ = server.port
        async with Client(uds=path) as nest:
            assert await nest.send("echo", 1) == 1
    assert not path.exists()


async def test_the_file_of_a_relative_path_is_removed_from_wherever_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with _service().listen(uds="s"):
        assert (tmp_path / "s").is_socket()
        monkeypatch.chdir("/")
    assert not (tmp_path / "s").exists()


def test_what_is_no_path_is_called_that() -> None:
    with pytest.raises(ListenError, match="embedded null byte"):
        bind(place_of(uds="a\0b"))


async def test_a_service_listens_at_a_socket_that_was_inherited() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        address = sock.getsockname()
        async with (
            _service().listen(fd=os.dup(sock.fileno())) as server,
            Client(*address) as nest,
        ):
            assert server.addresses == [address]
            assert await nest.send("echo", 1) == 1


async def test_a_service_listens_at_a_socket_that_is_bound() -> None:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    async with (
        _service().listen(sock=sock) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("echo", 1) == 1
    assert sock.fileno() == -1


async def test_several_listen_at_one_port() -> None:
    async with (
        _service().listen("127.0.0.1", 0, reuse_port=True) as one,
        _service().listen("127.0.0.1", one.port, reuse_port=True) as other,
    ):
        assert one.addresses == other.addresses


async def test_any_port_is_the_same_at_all_addresses() -> None:
    async with _service().listen(None, 0) as server:
        assert {port for _, port in server.addresses} == {server.port}


def test_the_file_of_a_server_that_is_gone_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))

    bound = bind(place_of(uds=path))
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
    bound.close()


def test_the_file_of_a_server_that_is_busy_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as one:
        busy.bind(path)
        busy.listen(0)
        one.connect(path)  # which is as many as may wait
        with pytest.raises(ListenError, match="Address already in use"):
            bind(place_of(uds=path))
        accepted, _ = busy.accept()
        accepted.close()


def test_what_is_no_socket_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(ListenError, match="there is a file that is no socket"):
        bind(place_of(uds=path))
    assert path.exists()


def test_the_file_of_a_server_that_has_replaced_ours_stays(tmp_path: Path) -> None:
    path = tmp_path / "s"
    ours = bind(place_of(uds=path))
    path.unlink()
    theirs = bind(place_of(uds=path))

    ours.close()
    assert path.exists()
    theirs.close()
    assert not path.exists()


@pytest.mark.parametrize("mask", [0o077, 0o022])
def test_who_may_connect_is_what_the_umask_leaves(tmp_path: Path, mask: int) -> None:
    path, before = tmp_path / "s", os.umask(mask)
    try:
        bound = bind(place_of(uds=path))
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o777 & ~mask
    bound.close()


def test_what_is_inherited_must_be_a_socket(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        with pytest.raises(ListenError, match=r"file descriptor \d+: Socket operation"):
            bind(place_of(fd=file.fileno()))
        file.write("it is still open")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        with pytest.raises(ListenError, match="no stream socket"):
            bind(place_of(fd=datagrams.fileno()))
        assert datagrams.getsockname()


async def test_what_is_connected_cannot_listen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        connected = socket.create_connection(other.getsockname())
        with pytest.raises(ListenError):
            async with _service().listen(sock=connected):
                pass


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".example"])
def test_a_name_that_does_not_resolve_is_an_error(host: str) -> None:
    with pytest.raises(ListenError, match=f"cannot listen on {host}:0: "):
        bind(Place(host, 0))


def _names(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """Let a name have these addresses."""
    found = [(socket.AF_INET, 1, 6, "", (host, 0)) for host in hosts]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_an_address_that_is_not_ours_is_passed_over_if_another_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _names(monkeypatch, "198.51.100.1", "127.0.0.1")
    bound = bind(Place("a name", 0))
    assert [each.getsockname()[0] for each in bound.sockets] == ["127.0.0.1"]
    bound.close()

    _names(monkeypatch, "198.51.100.1", "203.0.113.1")
    with pytest.raises(ListenError, match="Cannot assign requested address"):
        bind(Place("a name", 0))


def test_another_port_is_tried_when_one_is_taken_at_the_second_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _names(monkeypatch, "127.0.0.1", "127.0.0.2")
    made, tried = binding._bound, list[int]()  # noqa: SLF001

    def taken_at_first(
        family: int, address: tuple[int | str, ...], *, reuse_port: bool
    ) -> socket.socket:
        if address[0] == "127.0.0.2":
            tried.append(int(address[1]))
            if len(tried) == 1:
                raise OSError(errno.EADDRINUSE, "taken")
        return made(family, address, reuse_port=reuse_port)

    monkeypatch.setattr(binding, "_bound", taken_at_first)
    bound = bind(Place("a name", 0))
    assert {each.getsockname()[1] for each in bound.sockets} == {tried[-1]}
    assert len(tried) > 1
    bound.close()


def test_twins_are_at_the_same_ports() -> None:
    bound = bind(Place("127.0.0.1", 0, reuse_port=True))
    (twin,) = bound.twins()
    assert twin.getsockname() == bound.sockets[0].getsockname()
    twin.close()
    bound.close()
