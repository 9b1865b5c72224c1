"""Captures of a gateway that asks services: requests, and the calls that they cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.inspector.conversation import MILLISECOND, SERVER, Wire, failure

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation


class Gateway:
    """A client, a gateway, and services behind it, each on a host of its own."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.client = self.wire.connect(client="10.0.0.1:50000", server="10.0.0.2:3000")
        self._services: dict[str, Conversation] = {}
        self._asked = 0

    def _service(self, name: str) -> Conversation:
        if name not in self._services:
            place = 3 + len(self._services)
            self._services[name] = self.wire.connect(
                client=f"10.0.0.2:4000{place}", server=f"10.0.0.{place}:4000"
            )
        return self._services[name]

    def ask(self, route: str, data: Any) -> str:  # noqa: ANN401 — JSON
        """Let the client ask the gateway; return what the reply needs."""
        self._asked += 1
        self.client.ask(route, f"r{self._asked}", data)
        return f"r{self._asked}"

    def answer(self, identity: str, value: Any = "done") -> None:  # noqa: ANN401 — JSON
        """Let the gateway answer."""
        self.client.answer(identity, value)

    def fail(self, identity: str, error: str) -> None:
        """Let the gateway fail."""
        self.client.send(SERVER, failure(identity, {"message": error}))

    def call(
        self,
        route: str,
        data: Any,  # noqa: ANN401 — JSON
        value: Any = "fine",  # noqa: ANN401 — JSON
        *,
        takes: int = 10,
        error: str = "",
    ) -> None:
        """Let the gateway ask a service, which takes some milliseconds to answer."""
        service = self._service(route.partition(".")[0])
        self._asked += 1
        identity = f"c{self._asked}"
        service.ask(route, identity, data)
        self.wire.wait(takes * MILLISECOND)
        if error:
            service.send(SERVER, failure(identity, {"message": error}))
        else:
            service.answer(identity, value)


def repeating(times: int) -> Wire:
    """Return requests, each of which asks for users one by one."""
    gateway = Gateway()
    for order in ("order-1", "order-2"):
        request = gateway.ask("order", {"order": order})
        for _ in range(times):
            gateway.call("user.get", {"order": order}, {"name": "x"})
        gateway.answer(request)
    return gateway.wire


def in_turn(asked: dict[str, Any]) -> Wire:
    """Return a request that asks for a user, and then for stock with some data."""
    gateway = Gateway()
    request = gateway.ask("order", {"order": "order-1", "item": "item-7"})
    gateway.call("user.get", {"order": "order-1"}, {"zone": "eu-west"}, takes=30)
    gateway.call("stock.get", asked, {"left": 5}, takes=20)
    gateway.answer(request)
    return gateway.wire


def failing(*, goes_on: bool) -> Wire:
    """Return a request that fails after a call has, and may ask another before that."""
    gateway = Gateway()
    request = gateway.ask("order", {"order": "order-1"})
    gateway.call("pay", {"order": "order-1"}, error="no funds")
    if goes_on:
        gateway.call("log", {"order": "order-1"})
    gateway.fail(request, "Internal server error")
    return gateway.wire


def waiting(milliseconds: int) -> Wire:
    """Return a request that waits so long for a call, and takes hardly longer."""
    gateway = Gateway()
    request = gateway.ask("order", {"order": "order-1"})
    gateway.call("pay", {"order": "order-1"}, takes=milliseconds)
    gateway.answer(request)
    return gateway.wire
