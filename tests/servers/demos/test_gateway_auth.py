from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from tests.servers.demos.twins import Kind, Programs

_TAKEN = {"statusCode": 409, "message": "This user name is taken"}
_WRONG = {"statusCode": 401, "message": "Wrong password"}
_UNKNOWN = {"statusCode": 401, "message": "Unauthorized"}


@pytest.mark.parametrize("auth", KINDS)
@pytest.mark.parametrize("gateway", KINDS)
def test_every_gateway_asks_every_auth(
    programs: Programs, gateway: Kind, auth: Kind
) -> None:
    reader, author = {"id": 1, "username": "reader"}, {"id": 2, "username": "作者😀"}
    with (
        programs.running("gateway_auth", "auth", auth, port_name="auth") as auth_port,
        programs.running(
            "gateway_auth", "gateway", gateway, ports={"auth": auth_port}
        ) as port,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}/auth", timeout=PATIENCE
        ) as http,
    ):
        answers = [
            _asked(http, "signup", "reader", "correct horse"),
            _asked(http, "signup", "作者😀", "battery staple é"),
            _asked(http, "login", "reader", "correct horse"),
            _asked(http, "login", "nobody", "correct horse"),
            _asked(http, "login", "作者😀", "a guess"),
            _asked(http, "signup", "reader", "another"),
        ]

    assert answers == [
        (201, reader),
        (201, author),
        (200, reader),
        (401, _UNKNOWN),
        (401, _WRONG),
        (409, _TAKEN),
    ]


def _asked(
    http: httpx.Client, path: str, username: str, password: str
) -> tuple[int, object]:
    answer = http.post(path, json={"username": username, "password": password})
    return answer.status_code, answer.json()
