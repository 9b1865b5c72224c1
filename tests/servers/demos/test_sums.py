from __future__ import annotations

import pytest

from servers import Service
from servers.demos.sums import WORDS, add_sum, make_main
from tests.servers.demos.twins import free_port
from tests.servers.demos.web import asking
from tests.servers.peers import until


def _service(heard: list[str]) -> Service:
    service = Service()
    add_sum(service)
    service.event("log")(heard.append)
    return service


async def test_a_sum_is_logged_and_answered_on_one_connection() -> None:
    heard: list[str] = []
    async with _service(heard).listen("127.0.0.1", 0) as server:
        async with asking(make_main(server.port, server.port)) as http:
            assert (await http.get("/sum?num=1,2,3")).text == "6"
            assert (await http.get("/sum?num=0.25, 4")).text == "4.25"
        assert heard == [WORDS] * 2
        assert server.accepted == 1


@pytest.mark.parametrize("query", ["", "?num=", "?num=1,,2", "?num=x", "?num=nan,inf"])
async def test_what_is_no_list_of_numbers_is_refused(query: str) -> None:
    heard: list[str] = []
    async with (
        _service(heard).listen("127.0.0.1", 0) as server,
        asking(make_main(server.port, server.port)) as http,
    ):
        answer = await http.get(f"/sum{query}")

    assert answer.status_code == 400
    assert answer.json()["message"] == "num must be numbers separated by commas"
    assert not heard


async def test_a_sum_needs_no_log() -> None:
    async with (
        _service([]).listen("127.0.0.1", 0) as server,
        asking(make_main(server.port, free_port())) as http,
    ):
        assert (await http.get("/sum?num=1,2")).text == "3"


async def test_a_sum_without_a_service_is_a_bad_gateway() -> None:
    heard: list[str] = []
    async with _service(heard).listen("127.0.0.1", 0) as server:
        async with asking(make_main(free_port(), server.port)) as http:
            answer = await http.get("/sum?num=1,2")
        await until(lambda: heard == [WORDS])

    assert answer.status_code == 502
    assert answer.json() == {"statusCode": 502, "message": "Bad Gateway"}
