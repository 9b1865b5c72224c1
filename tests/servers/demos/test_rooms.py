from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import jwt
import pytest

from tests.servers.demos.browsers import browsers_of
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_SECRET = "of this test alone, of 32 bytes or more"  # noqa: S105


@pytest.mark.parametrize("gateway", KINDS)
def test_every_client_enters_the_rooms_of_every_gateway_with_a_token_alone(
    programs: Programs, tmp_path: Path, gateway: Kind
) -> None:
    with (
        _running(programs, gateway) as port,
        on_the_wire("rooms", tmp_path, port) as shown,
    ):
        for client in KINDS:
            _meet(client, f"http://127.0.0.1:{port}")

    assert shown.text.count("joinRoom") == 2 * len(KINDS)


@contextmanager
def _running(programs: Programs, gateway: Kind) -> Iterator[int]:
    environment = {"JWT_SECRET": _SECRET}
    if gateway == "python":
        with programs.whole("rooms", "rooms", environment=environment) as ports:
            yield ports["rooms"]
        return
    with programs.running(
        "rooms", "gateway", gateway, port_name="rooms", environment=environment
    ) as port:
        yield port


def _meet(kind: Kind, lobby: str) -> None:
    rooms = f"{lobby}/rooms"
    with browsers_of(kind) as browsers:
        assert browsers.open("lobby", f"{lobby}/") is None
        for name in ("ada", "bob", "eve"):
            token = browsers.ask("lobby", "login", name)
            assert jwt.decode(token, _SECRET, ["HS256"])["sub"] == name
            assert browsers.open(name, rooms, {"token": token}) is None
        for auth in _wrong():
            assert browsers.open("nobody", rooms, auth) == "Unauthorized"

        for name in ("ada", "bob"):
            assert browsers.ask(name, "joinRoom", "茶") == "茶"
        joined = {"room": "茶", "name": "bob"}
        assert browsers.next("ada") == ["joined", joined]
        message = {"room": "茶", "text": "hello 😀"}
        assert browsers.ask("bob", "sendMessage", message) == "sent"
        said = ["message", {"room": "茶", "name": "bob", "text": "hello 😀"}]
        assert browsers.next("ada") == browsers.next("bob") == said
        browsers.emit("eve", "sendMessage", message)
        cause = {"pattern": "sendMessage", "data": message}
        refused = {"status": "error", "message": "Not in this room", "cause": cause}
        assert browsers.next("eve") == ["exception", refused]
        assert browsers.ask("bob", "leaveRoom", "茶") == "茶"
        assert browsers.next("ada") == ["left", {"room": "茶", "name": "bob"}]


def _wrong() -> list[object]:
    now = int(time.time())
    of_others = jwt.encode({"sub": "ada", "exp": now + 60}, "x" * 32)
    expired = jwt.encode({"sub": "ada", "exp": now - 60}, _SECRET)
    unsigned = jwt.encode({"sub": "ada", "exp": now + 60}, "", "none")
    tokens = (of_others, expired, unsigned, "no token")
    return [{}, *({"token": token} for token in tokens)]
