"""The chat in every mix of its four programs, each of which is started once.

A room is one mix of worker and archive: ``python-nest`` is that of a worker in Python
and an archive in Nest.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import product
from typing import TYPE_CHECKING

import pytest

from captures.brokers import RabbitMQServer
from captures.processes import capturing
from inspector import inspect
from tests.servers.demos.chromium import reported_by
from tests.servers.demos.twins import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_ROOMS = [f"{worker}-{archive}" for worker, archive in product(KINDS, KINDS)]
_TEXTS = ("hello", "求和1111 😀", "hello")


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMQServer]:
    with RabbitMQServer() as server:
        yield server


@pytest.fixture(scope="module")
def gateways(programs: Programs, broker: RabbitMQServer) -> Iterator[dict[Kind, int]]:
    """Run a gateway, a worker and an archive of each kind; give the gateways' ports."""
    with ExitStack() as stack:
        ports = {"amqp": broker.port}
        running: dict[Kind, int] = {}
        for place, (program, kind) in enumerate(product(("worker", "archive"), KINDS)):
            own = [room for room in _ROOMS if room.split("-")[place // 2] == kind]
            environment = {"ROOMS": ",".join(own)}
            stack.enter_context(
                programs.beside(
                    "chat_chain", program, kind, ports=ports, environment=environment
                )
            )
        for kind in KINDS:
            running[kind] = stack.enter_context(
                programs.running(
                    "chat_chain",
                    "gateway",
                    kind,
                    port_name="chat",
                    ports=ports,
                    environment={"GATEWAY_QUEUE": f"chat-{kind}-gateway"},
                )
            )
        yield running


def test_one_command_starts_gateway_worker_and_archive(
    programs: Programs, broker: RabbitMQServer
) -> None:
    with programs.whole(
        "chat_chain",
        "chat",
        ports={"amqp": broker.port},
        environment={"ROOMS": "whole", "GATEWAY_QUEUE": "chat-whole-gateway"},
    ) as ports:
        said = programs.said_by(
            "chat_chain", "client", "python", "whole hello\n", ports=ports
        )

    assert said[1] == {"history": ["hello"]}


def test_every_client_hears_what_it_says_through_every_gateway_worker_and_archive(
    programs: Programs, gateways: dict[Kind, int], tmp_path: Path
) -> None:
    typed = "".join(f"{room} {text}\n" for text in _TEXTS for room in _ROOMS)
    kept = {room: list[str]() for room in _ROOMS}
    for client, gateway in product(KINDS, KINDS):
        said = programs.said_by(
            "chat_chain", "client", client, typed, ports={"chat": gateways[gateway]}
        )

        expected = []
        for text, room in product(_TEXTS, _ROOMS):
            kept[room].append(text)
            number = len(kept[room])
            recv = {"room": room, "text": text, "number": number}
            expected += [{"recv": recv}, {"history": list(kept[room])}]
        assert said == expected, f"{client} client, {gateway} gateway"
    _check_in_chromium(gateways["python"], tmp_path)


_PAGE = """
const chat = io('http://127.0.0.1:%d/main');
const seen = [];
await new Promise((resolve) => chat.once('connect', resolve));
for (const [room, text] of %s) {
    const recv = new Promise((resolve) => chat.once('recv', resolve));
    chat.emit('send', { room, text });
    seen.push(['recv', await recv]);
    seen.push(['history', await chat.emitWithAck('history', { room })]);
}
chat.disconnect();
return seen;
"""


def _check_in_chromium(port: int, folder: Path) -> None:
    """Let a page take part, and find in a capture what it has seen."""
    pcap = folder / "chat.pcap"
    said = [("python-nest", "from a page"), ("nest-python", "页 😀")]
    with capturing(f"tcp port {port}", pcap):
        seen = reported_by(_PAGE % (port, json.dumps(said)), folder / "user")

    assert [event for event, _ in seen] == ["recv", "history"] * 2
    texts = [each["text"] for event, each in seen if event == "recv"]
    assert texts == [text for _, text in said]
    exchanges = list(inspect(pcap))
    found = {
        event: [each for each in exchanges if each.pattern == event]
        for event in ("send", "recv", "history")
    }
    assert [each.data for each in found["send"]] == [
        {"room": room, "text": text} for room, text in said
    ]
    assert [each.data for each in found["recv"]] == [
        each for event, each in seen if event == "recv"
    ]
    assert [each.response for each in found["history"]] == [
        each for event, each in seen if event == "history"
    ]
    assert {each.outcome for each in found["history"]} == {"completed"}
