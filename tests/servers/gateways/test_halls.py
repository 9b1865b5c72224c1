"""What a gateway that is open reports, and what it bounds."""

from __future__ import annotations

import asyncio

from servers import Hooks, Service
from servers.gateways import Ws
from servers.gateways.halls import texts_of
from servers.limits import Limits
from tests.servers.gateways.talking import heard, plain
from tests.servers.peers import until


class _Seen(Hooks):
    def __init__(self) -> None:
        self.names: list[str] = []

    def connection_opened(self, side: str, peer: str) -> None:
        self.names.append(f"opened {side} {peer.split(':', maxsplit=1)[0]}")

    def connection_closed(self, side: str, peer: str) -> None:
        self.names.append(f"closed {side} {peer.split(':', maxsplit=1)[0]}")

    def packets_received(self, side: str, count: int) -> None:
        self.names.append(f"received {side} {count}")

    def packets_sent(self, side: str, count: int) -> None:
        self.names.append(f"sent {side} {count}")

    def bytes_received(self, side: str, count: int) -> None:
        self.names.append(f"{count} bytes to {side}")

    def bytes_sent(self, side: str, count: int) -> None:
        self.names.append(f"{count} bytes from {side}")

    def call_finished(
        self, side: str, route: str, kind: str, outcome: str, seconds: float
    ) -> None:
        assert seconds >= 0
        self.names.append(f"{outcome} {side} {route} {kind}")


async def test_the_hooks_of_a_service_hear_of_its_gateways() -> None:
    seen, gateway = _Seen(), Ws("127.0.0.1", 0)
    service = Service(hooks=seen)
    service.message("double")(lambda number: 2 * number)
    async with service.listen(gateway), plain(gateway) as connection:
        await connection.send('{"event":"double","data":4}')
        assert await heard(connection) == 8

    assert seen.names == [
        "opened server 127.0.0.1",
        "27 bytes to server",
        "received server 1",
        "sent server 1",
        "1 bytes from server",
        "completed server double message",
        "closed server 127.0.0.1",
    ]


async def test_no_more_of_a_client_is_handled_than_its_limit() -> None:
    gateway, gate, begun = Ws("127.0.0.1", 0), asyncio.Event(), list[int]()
    service = Service(limits=Limits(in_flight=2))

    @service.message("wait")
    async def wait(number: int) -> int:
        begun.append(number)
        await gate.wait()
        return number

    async with service.listen(gateway) as server, plain(gateway) as connection:
        for number in range(5):
            await connection.send(f'{{"event":"wait","data":{number}}}')
        async with plain(gateway) as other:
            await other.send('{"event":"wait","data":7}')
            await until(lambda: len(begun) == 3)
            assert sorted(begun) == [0, 1, 7]
            assert server.in_flight == 3
            gate.set()
            assert await heard(other) == 7
        assert sorted([await heard(connection) for _ in range(5)]) == [0, 1, 2, 3, 4]


def test_what_an_event_carries_is_text() -> None:
    assert texts_of([1, None, "é"]) == [b"1", b"null", '"é"'.encode()]
