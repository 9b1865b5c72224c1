"""The chat in every mix of its four programs, each of which is started once.

A room is one mix of worker and archive: ``python-nest`` is that of a worker in Python
and an archive in Nest.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import product
from typing import TYPE_CHECKING

import pytest

from captures.brokers import RabbitMQServer
from tests.servers.demos.twins import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.demos.twins import Kind, Programs

_ROOMS = [f"{worker}-{archive}" for worker, archive in product(KINDS, KINDS)]
_TEXTS = ("hello", "求和1111 😀", "hello")


@pytest.fixture(scope="module")
def gateways(programs: Programs) -> Iterator[dict[Kind, int]]:
    """Run a gateway, a worker and an archive of each kind; give the gateways' ports."""
    with RabbitMQServer() as broker, ExitStack() as stack:
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


def test_every_client_hears_what_it_says_through_every_gateway_worker_and_archive(
    programs: Programs, gateways: dict[Kind, int]
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
