from __future__ import annotations

import asyncio
import os
import signal

import pytest

from servers import CallError, Client, Service
from servers.server.reporting import ended, handled
from tests.servers.peers import until
from tests.servers.serving.probes import free_port


@pytest.mark.parametrize(
    ("messages", "events", "said"),
    [
        (0, 0, "no handlers"),
        (3, 1, "3 messages, 1 event"),
        (1, 0, "1 message"),
        (0, 2, "2 events"),
    ],
)
def test_handlers_are_counted(messages: int, events: int, said: str) -> None:
    service = Service()
    for number in range(messages):
        service.message(f"m{number}")(lambda: None)
    for _ in range(events):
        service.event("e")(lambda: None)
    assert handled(service.handlers) == said


@pytest.mark.parametrize(
    ("finished", "cut", "said"),
    [
        (0, 0, "stopped"),
        (12, 1, "stopped: 12 calls finished, 1 was cut"),
        (1, 2, "stopped: 1 call finished, 2 were cut"),
        (1, 0, "stopped: 1 call finished"),
        (0, 1, "stopped: 1 call was cut"),
        (0, 2, "stopped: 2 calls were cut"),
    ],
)
def test_the_end_says_what_became_of_calls(finished: int, cut: int, said: str) -> None:
    assert ended(finished, cut) == said


async def test_the_log_names_every_place_and_what_became_of_calls(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "servers")
    service, gate, port = Service(), asyncio.Event(), free_port()
    service.message("gate")(gate.wait)
    service.message("hang")(asyncio.Event().wait)
    serving = service.serve("127.0.0.1", 0, health_port=port, grace=1)
    running = asyncio.ensure_future(serving)
    await until(lambda: "listening on" in caplog.text)
    (server,) = service.servers
    at = server.port
    async with Client("127.0.0.1", at) as nest:
        calls = [asyncio.ensure_future(nest.send(each, 0)) for each in ("gate", "hang")]
        await until(lambda: server.in_flight == len(calls))
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: "shutting down" in caplog.text)
        gate.set()
        await running
        assert await calls[0] is True
        with pytest.raises(CallError):
            await calls[1]
    assert caplog.messages == [
        f"probes at http://127.0.0.1:{port}/readyz",
        f"listening on 127.0.0.1:{at} (2 messages)",
        "shutting down",
        "stopped: 1 call finished, 1 was cut",
    ]


async def test_a_service_without_handlers_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    running = asyncio.ensure_future(Service().serve("127.0.0.1", 0))
    await until(lambda: caplog.messages)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert caplog.messages[0].startswith("the service has no handlers")
