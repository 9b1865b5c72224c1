from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.servers.demos.browsers import browsers_of
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_NUMBERS = (1, 2, 3)


@pytest.mark.parametrize("gateway", KINDS)
def test_every_client_of_socket_io_hears_the_events_of_every_gateway(
    programs: Programs, tmp_path: Path, gateway: Kind
) -> None:
    with (
        programs.running("events", "socketio", gateway, port_name="events") as port,
        on_the_wire("events", tmp_path, port) as shown,
    ):
        for client in KINDS:
            with browsers_of(client) as browsers:
                assert browsers.open("ada", f"http://127.0.0.1:{port}/") is None
                browsers.emit("ada", "events", "begin")
                heard = [browsers.next("ada") for _ in _NUMBERS]
                assert heard == [["events", number] for number in _NUMBERS]
                for value in (7, "é😀", [1, 2], {"a": None}, False):
                    assert browsers.ask("ada", "identity", value) == value

    assert "Over Socket.IO every message call took 2 packets" in shown.text


@pytest.mark.parametrize("gateway", KINDS)
def test_every_plain_client_hears_the_events_of_every_gateway(
    programs: Programs, gateway: Kind
) -> None:
    with _plain(programs, gateway) as port:
        for client in KINDS:
            with browsers_of(client) as browsers:
                browsers.plain("bob", f"ws://127.0.0.1:{port}/")
                browsers.emit("bob", "events", "begin")
                assert [browsers.next("bob") for _ in _NUMBERS] == [
                    {"event": "events", "data": number} for number in _NUMBERS
                ]
                browsers.emit("bob", "identity", {"a": 1})
                assert browsers.next("bob") == {"a": 1}


@contextmanager
def _plain(programs: Programs, gateway: Kind) -> Iterator[int]:
    """Run the gateway for plain WebSockets; in Python by the command for both."""
    if gateway == "python":
        with programs.whole("events", "events", "events_ws") as ports:
            yield ports["events_ws"]
        return
    with programs.running("events", "ws", gateway, port_name="events_ws") as port:
        yield port
