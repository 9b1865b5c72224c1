"""What Nest 12 sent to clients, as its captures have it, and what we send for the same.

The texts are compared as they travel. Where Nest leaves whoever asked for an
acknowledgement without anything, we send what ``_INSTEAD`` has, and that is all.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from servers import Context, RpcError, Service
from servers.gateways import SocketIo, Ws, client_of
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE
from tests.servers.gateways.talking import enter, plain, raw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.asyncio.client import ClientConnection

_NO_HANDLER = (
    '42["exception",{"status":"error","message":"There is no matching message handler '
    'defined in the remote service.","cause":{"pattern":"nope","data":5}}]'
)
_INSTEAD = {  # number of the call → what we send where Nest sends nothing, or no more
    2: "432[null]",  # echo of null
    3: "433[]",  # whose value was an event
    4: "434[null]",  # a handler without a value
    8: _NO_HANDLER,
}


def _make_service() -> Service:
    """Return what ``captures/applications/socketio`` and ``ws`` do."""
    service = Service()
    service.message("echo")(lambda data: data)
    service.event("log")(lambda _data: None)
    service.message("fail")(lambda: 1 / 0)
    service.message("sum")(_total)

    @service.message("sumEvent")
    async def sum_event(numbers: list[int]) -> dict[str, object]:
        return {"event": "sumEvent", "data": sum(numbers)}

    @service.message("count")
    def count(_data: object) -> Iterator[dict[str, object]]:
        for number in (1, 2, 3):
            yield {"event": "count", "data": number}

    @service.message("sleep")
    async def sleep(milliseconds: int) -> int:
        await asyncio.sleep(milliseconds / 1000)
        return milliseconds

    @service.message("question")
    async def question(data: object, context: Context) -> object:
        return await client_of(context).ask("asked", data, timeout=PATIENCE)

    @service.message("refuse")
    def refuse(_data: object) -> None:
        raise RpcError("不行")

    @service.message("object")
    def refuse_with_an_object(_data: object) -> None:
        raise RpcError({"code": 42})

    return service


def _total(numbers: list[int]) -> int:
    return sum(numbers)


def _manifest(carrier: str) -> dict[str, Any]:
    path = ROOT / "captures" / carrier / f"{carrier}-nest12.json"
    applications = json.loads(path.read_bytes())["applications"]
    (client,) = (each for found in applications for each in found["clients"])
    return dict(client)


def _text(*values: object) -> str:
    known = [each for each in values if each != {"$undefined": True}]
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


async def _heard(connection: ClientConnection, count: int) -> list[str]:
    heard: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while len(heard) < count:
            text = str(await connection.recv())
            heard.append(text)
            if text.startswith("420["):  # it is asked itself
                await connection.send('430[["answer",6]]')
    return sorted(heard)


async def test_socket_io_carries_what_nest_sends() -> None:
    client, sent, expected = _manifest("socketio"), list[str](), list[str]()
    asked = [each for each in client["calls"] if each["asked"]]
    for call in client["calls"]:
        number = asked.index(call) if call["asked"] else ""
        several = call["event"] == "echo" and isinstance(call["data"], list)
        values = call["data"] if several else [call["data"]]
        sent.append(f"42{number}{_text(call['event'], *values)}")
    for number, call in enumerate(asked):
        if call["end"] == "completed":
            expected.append(f"43{asked.index(call)}{_text(call['answer'])}")
        elif number in _INSTEAD:
            expected.append(_INSTEAD[number])
    for event in client["received"]:
        mark = "420" if event["event"] == "asked" else "42"
        expected.append(mark + _text(event["event"], event["data"]))

    gateway = SocketIo("127.0.0.1", 0)
    async with _make_service().listen(gateway), raw(gateway) as connection:
        await enter(connection)
        for text in sent:
            await connection.send(text)
        assert await _heard(connection, len(expected)) == sorted(expected)


async def test_plain_websockets_carry_what_nest_sends() -> None:
    client = _manifest("ws")
    expected = ["3"]  # the value that has no name
    for event in client["received"]:
        members = {"event": event["event"], "data": event["data"]}
        expected.append(_text(members)[1:-1])

    gateway = Ws("127.0.0.1", 0)
    async with _make_service().listen(gateway), plain(gateway) as connection:
        for call in client["calls"]:
            await connection.send(
                _text({"event": call["event"], "data": call["data"]})[1:-1]
            )
        assert await _heard(connection, len(expected)) == sorted(expected)
