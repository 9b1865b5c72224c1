from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from servers import RpcError, Service
from servers.demos.gateway import make_gateway
from tests.servers.demos.twins import free_port
from tests.servers.demos.web import asking

if TYPE_CHECKING:
    from protocol import Json

_READER = {"username": "reader", "password": "correct horse"}
_BAD_GATEWAY = {"statusCode": 502, "message": "Bad Gateway"}


def _failing(error: Json) -> Service:
    service = Service()

    @service.message(["create_user", "get_user"])
    def fail() -> None:
        raise RpcError(error)

    return service


@pytest.mark.parametrize(
    ("error", "answered"),
    [
        (
            {"statusCode": 418, "message": "求"},
            (418, {"statusCode": 418, "message": "求"}),
        ),
        ({"statusCode": 403}, (403, {"statusCode": 403, "message": ""})),
        ("boom", (502, _BAD_GATEWAY)),
        (["a"], (502, _BAD_GATEWAY)),
        ({"statusCode": "409"}, (502, _BAD_GATEWAY)),
    ],
)
async def test_a_refusal_is_told_as_it_is_and_other_errors_are_not(
    error: Json, answered: tuple[int, Json]
) -> None:
    async with (
        _failing(error).listen("127.0.0.1", 0) as server,
        asking(make_gateway(server.port)) as http,
    ):
        for path in ("/auth/signup", "/auth/login"):
            answer = await http.post(path, json=_READER)
            assert (answer.status_code, answer.json()) == answered


async def test_a_gateway_without_users_is_a_bad_gateway() -> None:
    async with asking(make_gateway(free_port())) as http:
        answer = await http.post("/auth/login", json=_READER)

    assert (answer.status_code, answer.json()) == (502, _BAD_GATEWAY)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", json.dumps({"username": 1}).encode()]
)
async def test_what_are_no_credentials_goes_no_further(body: bytes) -> None:
    async with asking(make_gateway(free_port())) as http:
        answer = await http.post("/auth/signup", content=body)

    assert answer.status_code == 400
    assert answer.json()["statusCode"] == 400


async def test_null_for_a_user_is_nobody() -> None:
    service = Service()
    service.message("get_user")(lambda: None)
    async with (
        service.listen("127.0.0.1", 0) as server,
        asking(make_gateway(server.port)) as http,
    ):
        answer = await http.post("/auth/login", json=_READER)

    assert answer.status_code == 401
