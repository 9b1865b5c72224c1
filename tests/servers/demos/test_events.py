from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.demos.browsers import browsers_of
from tests.servers.demos.twins import KINDS

if TYPE_CHECKING:
    from tests.servers.demos.twins import Kind, Programs

_NUMBERS = (1, 2, 3)


@pytest.mark.parametrize("gateway", KINDS)
def test_every_client_of_socket_io_hears_the_events_of_every_gateway(
    programs: Programs, gateway: Kind
) -> None:
    with programs.running("events", "socketio", gateway, port_name="events") as port:
        for client in KINDS:
            with browsers_of(client) as browsers:
                assert browsers.open("ada", f"http://127.0.0.1:{port}/") is None
                browsers.emit("ada", "events", "begin")
                heard = [browsers.next("ada") for _ in _NUMBERS]
                assert heard == [["events", number] for number in _NUMBERS]
                for value in (7, "é😀", [1, 2], {"a": None}, False):
                    assert browsers.ask("ada", "identity", value) == value


@pytest.mark.parametrize("gateway", KINDS)
def test_every_plain_client_hears_the_events_of_every_gateway(
    programs: Programs, gateway: Kind
) -> None:
    with programs.running("events", "ws", gateway, port_name="events_ws") as port:
        for client in KINDS:
            with browsers_of(client) as browsers:
                browsers.plain("bob", f"ws://127.0.0.1:{port}/")
                browsers.emit("bob", "events", "begin")
                assert [browsers.next("bob") for _ in _NUMBERS] == [
                    {"event": "events", "data": number} for number in _NUMBERS
                ]
                browsers.emit("bob", "identity", {"a": 1})
                assert browsers.next("bob") == {"a": 1}
