from __future__ import annotations

from typing import Annotated

import pytest

from servers import Context, Depends, RemoteError, Service
from servers.gateways import GatewayClient, GatewayMessage, SocketIo, client_of
from servers.testing import connected
from tests.servers.gateways.talking import browsing

Who = Annotated[GatewayClient, Depends(client_of)]


def _service() -> Service:
    service = Service()

    @service.message("who")
    def who(client: Who) -> str:
        return client.id

    @service.message("carrier")
    def carrier(_data: object, context: Context) -> list[object]:
        message = context.carrier
        assert isinstance(message, GatewayMessage)
        return [message.channel, message.headers["user-agent"], context.connection_id]

    return service


async def test_a_handler_knows_who_asked() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    agent = {"User-Agent": "a browser"}
    async with (
        _service().listen(gateway),
        browsing(gateway, headers=agent) as browser,
    ):
        (client,) = gateway.clients
        assert await browser.ask("who") == client
        assert await browser.ask("carrier", 1) == ["carrier", "a browser", 1]


async def test_over_tcp_there_is_no_client_of_a_gateway(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with connected(_service()) as nest:
        with pytest.raises(RemoteError, match="Internal server error"):
            await nest.send("who", 1)

    assert "who: the message came through no gateway" in caplog.text
