"""What of aiokafka has no public name is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import NodeNotReadyError
from aiokafka.protocol.metadata import MetadataRequest

from servers.kafka.library import ask, client_of, transports_of, watch
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import Noida


async def test_the_brokers_are_asked_and_connections_that_break_are_told(
    noida: Noida,
) -> None:
    at, broken = f"127.0.0.1:{noida.port}", list[int]()
    for kind in (AIOKafkaProducer, AIOKafkaConsumer):
        peer = kind(bootstrap_servers=at)
        watch(peer, lambda: broken.append(1))
        with pytest.raises(NodeNotReadyError):
            await ask(client_of(peer), MetadataRequest(["library"]))
        await peer.start()
        answer = await ask(client_of(peer), MetadataRequest(["library"]))
        assert answer.topics[0][1] == "library"
        for transport in transports_of(peer):
            transport.abort()
        await until(lambda: broken)
        await peer.stop()
        broken.clear()

        peer = kind(bootstrap_servers=at)
        watch(peer, lambda: broken.append(1))
        await peer.start()
        await ask(client_of(peer), MetadataRequest(["library"]))
        await peer.stop()
        assert not broken
