from __future__ import annotations

from protocol import Json
from servers import Record, Service
from servers.testing import connected


async def test_over_tcp_a_record_is_an_object_as_in_nest() -> None:
    service, heard = Service(), list[Json]()
    service.message("log")(heard.append)

    async with connected(service) as nest:
        await nest.send("log", Record([1], {"trace": "7"}))
        await nest.send("log", Record("bare"))

    assert heard == [
        {"data": [1], "headers": {"trace": "7"}},
        {"data": "bare", "headers": {}},
    ]
