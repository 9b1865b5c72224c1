from __future__ import annotations

import msgspec
import pytest
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import CallError, RemoteError, RequestTimeoutError
from servers.demos.answers import application, failure, taking
from tests.servers.demos.web import asking


class _Body(msgspec.Struct):
    number: int


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (CallError("gone"), 502, "Bad Gateway"),
        (RequestTimeoutError(0.5), 504, "Gateway Timeout"),
        (RemoteError({"statusCode": 409, "message": "taken"}), 409, "taken"),
        (RemoteError({"statusCode": 418}), 418, ""),
        (RemoteError({"statusCode": "409"}), 502, "Bad Gateway"),
        (RemoteError("broken"), 502, "Bad Gateway"),
    ],
)
async def test_a_call_that_failed_is_an_error_of_http(
    error: CallError, status: int, message: str
) -> None:
    async def answer(_: _Body) -> JSONResponse:
        raise error

    routes = [Route("/", taking(_Body, answer), methods=["POST"])]
    async with asking(application(routes)) as http:
        said = await http.post("/", json={"number": 1})

    assert said.status_code == status
    assert said.json() == {"statusCode": status, "message": message}


async def test_a_body_of_its_type_is_answered_any_other_is_refused() -> None:
    async def answer(body: _Body) -> JSONResponse:
        return JSONResponse(body.number + 1)

    routes = [Route("/", taking(_Body, answer), methods=["POST"])]
    async with asking(application(routes)) as http:
        assert (await http.post("/", json={"number": 1})).json() == 2
        for body in (b"", b"1", b'{"number":"1"}', b"{", b"\xff"):
            said = await http.post("/", content=body)
            assert (said.status_code, said.json()["statusCode"]) == (400, 400)


def test_a_failure_is_that_of_nest() -> None:
    said = failure(404, "none")

    assert (said.status_code, said.body) == (
        404,
        b'{"statusCode":404,"message":"none"}',
    )
