"""A broker of one's own runs for a block, where it was, and is gone after it."""

from __future__ import annotations

import os
import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from captures.brokers import (
    HOST,
    Broker,
    BrokerError,
    Mosquitto,
    NatsServer,
    Noida,
    RabbitMQServer,
    RedisServer,
    Tansu,
    routes,
)
from captures.brokers.broker import find, free_port
from captures.nats_raw import RawClient
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator


def _info(port: int) -> bytes:
    """Return the first line that a server says."""
    with socket.create_connection((HOST, port), PATIENCE) as connection:
        return connection.makefile("rb").readline()


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex((HOST, port)) == 0


_OTHERS = [Mosquitto, RedisServer, RabbitMQServer, Noida, Tansu]
_LOOPBACK = {"0100007F"}  # 127.0.0.1, its bytes from the right


@pytest.mark.parametrize("kind", _OTHERS)
def test_each_serves_on_loopback_as_long_as_its_block_and_comes_back(
    kind: type[Broker],
) -> None:
    with kind() as server:
        port = server.port
        assert server.url == f"{kind.scheme}://127.0.0.1:{port}"
        assert re.fullmatch(r"\d+\.\d+\.\d+", server.version())
        assert _listened_to_by(server.process_id) == _LOOPBACK
        server.restart()
        assert server.port == port
        assert _listens(port)
        assert _listened_to_by(server.process_id) == _LOOPBACK

    assert not _listens(port)
    assert not server.folder.exists()


@pytest.mark.parametrize("kind", [Mosquitto, RedisServer])
def test_each_refuses_settings_with_its_words(kind: type[Broker]) -> None:
    with pytest.raises(BrokerError, match="nonsense"):
        kind({"nonsense": 1}).__enter__()


def _listened_to_by(process: int) -> set[str]:
    """Return the addresses on which a process listens, as the kernel writes them."""
    own = set(_open_files(process))  # as "socket:[inode]"
    tables = [Path(f"/proc/net/{name}").read_text("ascii") for name in ("tcp", "tcp6")]
    rows = [line.split() for each in tables for line in each.splitlines()[1:]]
    return {
        row[1].partition(":")[0]
        for row in rows
        if row[3] == "0A" and f"socket:[{row[9]}]" in own
    }


def _open_files(process: int) -> Iterator[str]:
    """Yield what a process has open, but for what it closes meanwhile."""
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield descriptor.readlink().name


def test_a_free_port_is_free() -> None:
    assert not _listens(free_port())


def test_one_that_is_killed_says_nothing_more() -> None:
    with RedisServer() as server:
        server.kill()
        with pytest.raises(BrokerError, match="redis-server has ended"):
            server.await_truth(lambda: False, "do anything")


def test_it_serves_as_long_as_its_block() -> None:
    with NatsServer() as server:
        assert server.url == f"nats://127.0.0.1:{server.port}"
        assert b'"host":"127.0.0.1"' in _info(server.port)
        assert _listened_to_by(server.process_id) == _LOOPBACK
        assert re.fullmatch(r"\d+\.\d+\.\d+", server.version())

    assert not _listens(server.port)


def test_it_ends_with_a_block_that_fails() -> None:
    with pytest.raises(ZeroDivisionError), NatsServer() as server:
        raise ZeroDivisionError

    assert not _listens(server.port)


def test_two_have_ports_of_their_own() -> None:
    with NatsServer() as one, NatsServer() as other:
        assert one.port != other.port


def test_it_comes_back_where_it_was() -> None:
    with NatsServer() as server:
        first = (server.port, _info(server.port))
        server.stop()
        assert not _listens(server.port)
        server.start()
        again = (server.port, _info(server.port))
        server.restart()

        assert again[0] == first[0] == server.port
        assert again[1] != first[1]  # another process has another server_id
        assert _info(server.port)


def test_it_obeys_its_settings() -> None:
    with NatsServer({"max_payload": 1_234, "max_pending": 12_345}) as server:
        assert b'"max_payload":1234' in _info(server.port)


def test_settings_it_refuses_are_an_error_with_its_words() -> None:
    with pytest.raises(BrokerError, match="cannot be higher than max_pending"):
        NatsServer({"max_pending": 1}).__enter__()


def test_it_asks_who_it_is() -> None:
    with NatsServer({"authorization": {"user": "u", "password": "p"}}) as server:
        assert b'"auth_required":true' in _info(server.port)
        with pytest.raises(BrokerError, match="closed the connection of stranger"):
            RawClient(server.port, "stranger").__enter__()


def test_it_says_who_has_subscribed_to_what() -> None:
    with NatsServer() as server, RawClient(server.port, "listener") as client:
        client.subscribe("a.*")
        client.subscribe("b")
        server.await_subscriptions("listener")

        assert sorted(server.subscriptions()["listener"]) == ["a.*", "b"]
        client.publish("b", b"{}")
        client.flush()
        assert server.messages() == 1


def test_waiting_for_what_never_comes_ends_with_the_server() -> None:
    with NatsServer() as server:
        server.stop()
        with pytest.raises(BrokerError, match="nats-server has ended"):
            server.await_truth(lambda: False, "do anything")


def test_a_cluster_passes_on_what_the_other_has_clients_for() -> None:
    with (
        NatsServer(routes()) as one,
        NatsServer(routes(one)) as other,
        RawClient(other.port, "listener") as listener,
        RawClient(one.port, "speaker") as speaker,
    ):
        listener.subscribe("news")
        one.await_truth(lambda: "news" in one.remote_subjects(), "hear of news")
        speaker.publish("news", b"hello")
        speaker.flush()
        while not listener.ledger()["delivered"]:
            listener.read()

        assert listener.ledger()["delivered"] == {"news": 1}


def test_a_stream_of_jetstream_answers() -> None:
    with NatsServer({"jetstream": True}) as server:
        with RawClient(server.port, "archivist") as client:
            answer = client.ask("$JS.API.INFO", b"")

        assert b"jetstream.api.v1.account_info_response" in answer


def test_one_that_is_not_on_the_path_is_found_where_debian_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = "/usr/sbin/nats-server"

    if Path(found).exists():
        assert find("nats-server") == found
    monkeypatch.setattr("captures.brokers.broker.SYSTEM", os.devnull)
    with pytest.raises(BrokerError, match="there is no nats-server"):
        find("nats-server")
