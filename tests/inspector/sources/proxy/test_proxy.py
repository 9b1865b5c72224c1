from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from inspector.sources.proxy import Proxy, Route
from inspector.sources.proxy.listener import Listener
from inspector.streams.endpoints import Endpoint
from tests.inspector.sources.proxy.serving import pair
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from inspector.sources.records import PacketRecord

_ANY_PORT = Endpoint("127.0.0.1", 0)


def test_records_are_numbered_and_in_order_of_time() -> None:
    with pair() as (client, server, proxy):
        for _ in range(100):
            client.sendall(b"question")
            assert server.recv(8) == b"question"
            server.sendall(b"answer")
            assert client.recv(6) == b"answer"
    numbers = [record.number for record in proxy.records]
    times = [record.time_ns for record in proxy.records]

    assert numbers == list(range(1, len(numbers) + 1))
    assert times == sorted(times)
    assert len(numbers) >= 203


def test_it_is_asked_whether_to_go_on_though_nothing_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as target:
        proxy = Proxy([Route(_ANY_PORT, Endpoint(*target.getsockname()))])
        answers = iter([True, True, False])
        records: list[PacketRecord] = list(proxy.records(lambda: next(answers)))
        proxy.close()

    assert records == []
    assert next(answers, None) is None


def test_at_the_end_every_connection_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as target:
        target.settimeout(PATIENCE)
        proxy = Proxy([Route(_ANY_PORT, Endpoint(*target.getsockname()))])
        here, there = proxy.endpoints[0], target.getsockname()
        client = socket.create_connection(here, PATIENCE)
        asked = iter([True] * 4 + [False])
        for _ in proxy.records(lambda: next(asked)):
            pass
        server, _ = target.accept()
        assert proxy.name == f"127.0.0.1:{here[1]} → 127.0.0.1:{there[1]}"
        proxy.close()
        for each in (client, server):
            each.settimeout(PATIENCE)
            try:
                assert each.recv(1) == b""
            except ConnectionResetError:
                continue
            finally:
                each.close()


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("rounds", range(6))
def test_a_client_that_comes_as_it_ends_is_closed_too(
    rounds: int, monkeypatch: pytest.MonkeyPatch, *, tls: bool
) -> None:
    """However many rounds of the loop are between its coming and the end."""
    loop = asyncio.new_event_loop()
    monkeypatch.setattr(asyncio, "new_event_loop", lambda: loop)
    running = [True]
    accept = Listener._accept  # noqa: SLF001 — what the loop calls

    def accept_and_stop(listener: Listener) -> None:
        accept(listener)
        stop_after(rounds)

    def stop_after(rounds: int) -> None:
        if running and rounds:
            loop.call_soon(stop_after, rounds - 1)
        elif running:
            loop.stop()

    monkeypatch.setattr(Listener, "_accept", accept_and_stop)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
    with socket.create_server(("127.0.0.1", 0)) as target:
        route = Route(_ANY_PORT, Endpoint(*target.getsockname()), context)
        proxy = Proxy([route], hold_s=0)  # that it is looked at stops the loop, too
        with socket.create_connection(proxy.endpoints[0], PATIENCE) as client:
            with warnings.catch_warnings(record=True) as unclosed:
                warnings.simplefilter("always")
                loop.run_forever()
                running.clear()
                proxy.close()
                gc.collect()
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""

    assert [str(each.message) for each in unclosed] == []
