"""The command at brokers, where a service of ours answers."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from captures.brokers import Mosquitto, NatsServer, RedisServer
from servers import RpcError, Service
from servers.cli import main
from servers.locating import broker_at
from tests.servers.launching.commands import SERVICE, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from captures.brokers import RabbitMQServer


def _service() -> Service:
    service = Service()
    service.message("sum")(sum)
    service.message("count")(lambda to: iter(range(to)))

    @service.message("fail")
    def fail() -> None:
        raise RpcError({"code": 42})

    return service


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Answer at a broker, in a thread of its own."""
    begun: Any = ThreadPoolExecutor(1)
    ready, ends = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def answer() -> None:
        async with _service().listen(broker_at(url)):
            ready.set()
            await ends.wait()

    with begun as threads:
        work = threads.submit(loop.run_until_complete, answer())
        work.add_done_callback(lambda _: ready.set())  # should it fail to begin
        ready.wait()
        yield
        loop.call_soon_threadsafe(ends.set)
        work.result()
    loop.close()


@pytest.mark.parametrize("kind", [NatsServer, RedisServer, Mosquitto])
def test_calls_are_made_at_a_broker(
    kind: type[NatsServer | RedisServer | Mosquitto], capsys: pytest.CaptureFixture[str]
) -> None:
    with kind() as broker, _answering(broker.url):
        codes = [
            main(["send", broker.url, "sum", "[1,2,3]"]),
            main(["send", "--stream", broker.url, "count", "2"]),
            main(["emit", broker.url, "log", "1"]),
            main(["send", broker.url, "fail", "1"]),
            main(["send", broker.url, "nobody", "1"]),
        ]
    said = capsys.readouterr()
    codes.append(main(["send", broker.url, "sum", "[1]"]))

    assert codes == [0, 0, 0, 1, 1, 3]
    assert said.out.splitlines() == ["6", "0", "1"]
    assert 'error {"code":42}' in said.err
    assert 'error "nobody is subscribed"' in said.err
    assert "Connection refused" in capsys.readouterr().err


def test_calls_are_made_at_a_queue(
    rabbit_server: RabbitMQServer, queue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with _answering(url := f"{rabbit_server.url}/{queue}"):
        codes = [
            main(["send", url, "sum", "[1,2,3]"]),
            main(["send", "--stream", url, "count", "2"]),
            main(["emit", url, "log", "1"]),
            main(["send", url, "nobody", "1"]),
        ]
    codes.append(main(["send", f"{rabbit_server.url}/no_{queue}", "sum", "[1]"]))
    said = capsys.readouterr()

    assert codes == [0, 0, 0, 1, 1]
    assert said.out.splitlines() == ["6", "0", "1"]
    assert "There is no matching message handler" in said.err
    assert 'error "nobody is subscribed"' in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nats://", "sum"], "is not an address"),
        (["nats://h", "sum", "--tls"], "options of TLS are for TCP"),
        (["amqp://h/q?ack=maybe", "sum"], "ack cannot be 'maybe'"),
        (["nats://u:secret@h:x", "sum"], "'nats://h:x' is not an address"),
    ],
)
def test_what_cannot_be_called_is_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", *arguments]) == 2

    said = capsys.readouterr().err
    assert words in " ".join(said.split())
    assert "secret" not in said


def test_a_service_is_served_at_a_broker_alone_and_beside_tcp(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text(SERVICE, encoding="utf-8")
    with NatsServer() as broker:
        url = f"{broker.url}?queue=orders"
        for transports in ((url,), (url, "tcp://127.0.0.1:0"), (url, "--port", "0")):
            with serving(tmp_path, "orders", *transports) as service:
                service.told(f"listening on {broker.url}")
                assert main(["send", broker.url, "echo", "1"]) == 0
                service.process.terminate()
                said = "".join([*service.lines, service.rest()])
            assert "listening on 127.0.0.1:" in said or len(transports) == 1
            assert service.process.wait() == 0


def test_several_workers_share_a_group_and_need_one(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text(SERVICE, encoding="utf-8")
    with NatsServer() as broker:
        url = f"{broker.url}?queue=orders"
        with serving(tmp_path, "orders", url, "--workers", "2") as service:
            service.told(f"listening on {broker.url} with 2 workers")
            assert main(["send", broker.url, "echo", "1"]) == 0
            service.process.terminate()
            service.rest()
        assert service.process.wait() == 0

        with serving(tmp_path, "orders", broker.url, "--workers", "2") as service:
            said = service.rest()
        assert "2 workers would each handle every message" in said
        assert service.process.wait() == 2
