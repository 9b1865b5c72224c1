from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import (
    Client,
    Context,
    Hooks,
    NoHandlerError,
    RemoteError,
    RpcError,
    Service,
    UnknownPatternError,
)
from servers.testing import connected
from tests.servers.peers import peer_of, request

if TYPE_CHECKING:
    from protocol import Json
    from servers import ServerProceed


class _Told(Hooks):
    def __init__(self) -> None:
        self.calls: list[object] = []

    def call_finished(self, *told: object) -> None:
        self.calls.append(told[1:4])


async def test_it_sees_them_where_it_asks_for_them_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hooks = _Told()
    service, seen = Service(hooks=hooks), list[str]()
    service.message("known")(lambda: 1)

    async def curious(context: Context, proceed: ServerProceed) -> Json:
        try:
            return await proceed()
        except UnknownPatternError as error:
            seen.append(f"{context.pattern} {context.route!r} {context.data} {error}")
            raise

    async def incurious(context: Context, proceed: ServerProceed) -> Json:
        assert context.route == "known"
        return await proceed()

    service.use(incurious)
    service.use(curious, unknown=True)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("known", 0) == 1
        with pytest.raises(NoHandlerError):
            await nest.send("other", 7)
        await nest.emit("event", 8)
        await nest.send("known", 0)

    missing = "There is no matching message handler defined in the remote service."
    assert seen == [f"other '' 7 {missing}", f"event '' 8 {missing}"]
    assert ("", "message", "no_handler") in hooks.calls
    assert ("", "event", "no_handler") in hooks.calls
    assert "no handler for event 'event'" in caplog.text


async def test_the_reply_is_that_without_middleware_byte_for_byte() -> None:
    service = Service()
    async with peer_of(service) as peer:
        await peer.ask(request("other"))
        without = peer.bodies

    async def pass_on(_: Context, proceed: ServerProceed) -> Json:
        return await proceed()

    service.use(pass_on, unknown=True)
    async with peer_of(service) as peer:
        await peer.ask(request("other"))
        assert peer.bodies == without


async def test_it_may_answer_in_place_of_a_handler() -> None:
    service = Service()

    async def answer(context: Context, proceed: ServerProceed) -> Json:
        try:
            return await proceed()
        except UnknownPatternError:
            if context.pattern == "secret":
                raise RpcError({"code": 404}) from None
            return f"no {context.pattern} here"

    service.use(answer, unknown=True)
    async with connected(service) as nest:
        assert await nest.send("apples", 0) == "no apples here"
        with pytest.raises(RemoteError) as raised:
            await nest.send("secret", 0)

    assert raised.value.err == {"code": 404}
