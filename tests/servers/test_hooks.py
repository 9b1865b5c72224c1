from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from servers import Client, Hooks, NoHandlerError, RequestTimeoutError, Service
from tests.patience import PATIENCE
from tests.servers.peers import until
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from protocol import Json


class _Recorder(Hooks):
    """Write down what hooks are told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.started = 0
        self.counts: Counter[str] = Counter()

    def connection_opened(self, side: str, peer: str) -> None:
        self.counts[f"{side} opened"] += 1
        assert peer

    def connection_closed(self, side: str, peer: str) -> None:
        self.counts[f"{side} closed"] += 1
        assert peer

    def bytes_received(self, side: str, count: int) -> None:
        self.counts[f"{side} in"] += count

    def bytes_sent(self, side: str, count: int) -> None:
        self.counts[f"{side} out"] += count

    def packets_received(self, side: str, count: int) -> None:
        self.counts[f"{side} packets in"] += count

    def packets_sent(self, side: str, count: int) -> None:
        self.counts[f"{side} packets out"] += count

    def call_started(self, side: str, route: str) -> None:
        del side, route
        self.started += 1

    def call_finished(
        self, side: str, route: str, kind: str, outcome: str, seconds: float
    ) -> None:
        assert seconds >= 0
        self.calls.append((side, route, kind, outcome))


async def _traffic(service: Service, hooks: Hooks) -> None:
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, hooks=hooks) as nest,
    ):
        assert await nest.send("sum", [1, 2]) == 3
        await nest.emit("logOne", 1)
        assert [value async for value in nest.stream("stream5", 0)] == [1, 2, 3, 4, 5]
        with pytest.raises(NoHandlerError):
            await nest.send("nope", 1)
        with pytest.raises(RequestTimeoutError):
            await nest.send("slow", 30, timeout=0.01)
        await until(lambda: nest.unclaimed_replies)  # the last one came too late


async def test_hooks_are_told_of_every_call_on_both_sides() -> None:
    there, here = _Recorder(), _Recorder()
    service = make_probe(lambda _: None)
    service.hooks = there
    await _traffic(service, here)
    await until(lambda: there.counts["server closed"])

    assert here.calls == [
        ("client", "sum", "message", "completed"),
        ("client", "logOne", "event", "completed"),
        ("client", "stream5", "stream", "completed"),
        ("client", "nope", "message", "no_handler"),
        ("client", "slow", "message", "timeout"),
    ]
    assert there.calls == [
        ("server", "sum", "message", "completed"),
        ("server", "logOne", "event", "completed"),
        ("server", "stream5", "message", "completed"),
        ("server", "", "message", "no_handler"),
        ("server", "slow", "message", "completed"),
    ]
    assert here.started == there.started == 5


async def test_both_sides_count_the_same_bytes_and_packets() -> None:
    there, here = _Recorder(), _Recorder()
    service = make_probe(lambda _: None)
    service.hooks = there
    await _traffic(service, here)
    await until(lambda: there.counts["server closed"])

    assert here.counts["client out"] == there.counts["server in"] > 0
    assert here.counts["client in"] == there.counts["server out"] > 0
    assert here.counts["client packets out"] == there.counts["server packets in"] == 5
    assert here.counts["client packets in"] == there.counts["server packets out"] == 8
    for counts, side in ((here.counts, "client"), (there.counts, "server")):
        assert counts[f"{side} opened"] == counts[f"{side} closed"] == 1


def test_hooks_ignore_what_they_do_not_override() -> None:
    hooks = Hooks()
    arguments: dict[str, Json] = {"side": "server", "peer": "a:1"}

    hooks.connection_opened(**arguments)
    hooks.connection_closed(**arguments)
    hooks.bytes_received("server", 1)
    hooks.bytes_sent("server", 1)
    hooks.packets_received("server", 1)
    hooks.packets_sent("server", 1)
    hooks.call_started("server", "a")
    hooks.call_finished("server", "a", "event", "completed", 0.0)


class _Raising(Hooks):
    """Hooks of which every one fails, in one way or another."""

    def __getattribute__(self, name: str) -> object:
        def fail(*_: object) -> None:
            raise (ValueError if name != "bytes_sent" else pytest.fail.Exception)(name)

        return object.__getattribute__(self, name) if name[0] == "_" else fail


async def test_hooks_that_raise_end_no_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service, kinds = Service(hooks=_Raising()), []
    service.message("echo")(lambda data: data)

    @service.message("later")
    async def later(data: int) -> int:
        return data

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, hooks=_Raising(), timeout=PATIENCE) as nest,
    ):
        nest.subscribe(lambda event: kinds.append(event.kind))
        for pattern in ("echo", "later"):
            assert await nest.send(pattern, 1) == 1
            assert [each async for each in nest.stream(pattern, 2)] == [2]
        with pytest.raises(NoHandlerError):
            await nest.send("unknown", 1)
    assert kinds == ["connected", "disconnected"]
    assert {each.name for each in caplog.records} == {
        "servers.server",
        "servers.client",
    }
    assert all(each.exc_info is not None for each in caplog.records)
