from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from servers.demos.create_user import RETRY, make_main
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, free_port
from tests.servers.demos.web import asking

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs

_ADA = {"email": "ada@example.org"}


@pytest.mark.parametrize("user", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_main_asks_every_user_again_if_no_reply_comes(
    programs: Programs,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    *,
    main: Kind,
    user: Kind,
) -> None:
    with (
        programs.running("create_user", "user", user, port_name="user") as user_port,
        programs.running(
            "create_user", "main", main, ports={"user": user_port}
        ) as port,
    ):
        url = f"http://127.0.0.1:{port}/users"
        with on_the_wire("create_user", tmp_path, user_port) as shown:
            answers = [
                httpx.post(url, json=body, timeout=PATIENCE)
                for body in (_ADA, _ADA, {"email": "nobody"})
            ]

    created = (201, {"id": 1, **_ADA})
    refused = (422, {"statusCode": 422, "message": "No address"})
    assert [(each.status_code, each.json()) for each in answers] == [
        created,
        created,
        refused,
    ]
    assert shown.text.count("createUser") in (4, 5)
    said = "".join(capfd.readouterr())
    assert said.count("createUser ada@example.org") in (3, 4)  # the first call: 2 or 3
    assert said.count("createUser nobody") == 1  # no reply is better for being repeated


@pytest.mark.parametrize("main", KINDS)
def test_no_reply_after_three_attempts_is_a_timeout(
    programs: Programs, main: Kind
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        counted = _Counted(listening)
        ports = {"user": listening.getsockname()[1]}
        with programs.running("create_user", "main", main, ports=ports) as port:
            url = f"http://127.0.0.1:{port}/users"
            answer = httpx.post(url, json=_ADA, timeout=PATIENCE)
        counted.join(PATIENCE)

    expected = {"statusCode": 504, "message": "Gateway Timeout"}
    assert (answer.status_code, answer.json()) == (504, expected)
    assert counted.requests == RETRY.attempts == 3


class _Counted(threading.Thread):
    """A service that never answers, and counts what it is asked on one connection."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(daemon=True)
        self.requests = 0
        self._listening = listening
        self.start()

    def run(self) -> None:
        connection, _ = self._listening.accept()
        sent = b""
        with connection:
            while data := connection.recv(65_536):
                sent += data
        self.requests = sent.count(b'"createUser"')


@pytest.mark.parametrize("body", [b"", b"[]", b'{"email":""}', b'{"email":7}'])
async def test_what_is_no_newcomer_is_refused(body: bytes) -> None:
    async with asking(make_main(free_port())) as http:
        answer = await http.post("/users", content=body)

    assert answer.status_code == 400


async def test_a_service_that_cannot_be_reached_is_a_bad_gateway() -> None:
    async with asking(make_main(free_port())) as http:
        answer = await http.post("/users", json=_ADA)

    assert answer.json() == {"statusCode": 502, "message": "Bad Gateway"}
