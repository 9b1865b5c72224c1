"""What Nest 12.1.1's client was seen to write and to report, ours writes and reports.

``data/client-cases.jsonl`` holds calls, what a scripted server answers (``<ID>`` is the
id of the request), what the real client wrote, and what its Observable gave.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from protocol import UNDEFINED, Json
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    InvalidMessageError,
    RemoteError,
    RequestTimeoutError,
)
from tests.servers.peers import Peer, frame, scripted, settle, until

if TYPE_CHECKING:
    from servers import ConnectionEvent

_DATA = Path(__file__).parent / "data" / "client-cases.jsonl"
CASES = [json.loads(line) for line in _DATA.read_text().splitlines()]

# Each with the reason why it has no counterpart.
EXCEPTIONS = {
    "send data Date": "msgspec writes a datetime without milliseconds",
    "emit data bigint": "refused before there is a connection",
    "send data function": "refused, where JavaScript leaves the data out",
    "emit data function": "refused, where JavaScript leaves the data out",
    "send data symbol": "refused, where JavaScript leaves the data out",
    "emit data symbol": "refused, where JavaScript leaves the data out",
    "send data Infinity": "refused, where JavaScript writes null",
    "emit subscribed twice": "an awaited call cannot be awaited twice",
    "connection refused: emit without subscribe": "Nest drops the error",
    "explicit undefined host/port": "Python has no undefined arguments",
    "host empty, port 0": "such an address is refused at once",
}
_SPEAKING = [case for case in CASES if case["calls"] is not None]
_PATIENCE = 60.0  # seconds for a call that is answered
_PENDING = 3.0  # … and for one that nobody answers, its connection included
_SHORT = 0.05  # … and for one that is answered later than that


class _WithoutA(msgspec.Struct):
    """``{a: undefined}``."""

    a: Json = UNDEFINED


_VALUES = {"undefined": UNDEFINED, "undefined prop": _WithoutA()}


def test_every_case_is_run_or_has_a_reason_not_to_be() -> None:
    left_out = {case["name"] for case in CASES if case["calls"] is None}

    assert left_out == EXCEPTIONS.keys()
    assert len(CASES) == 59


def _value_of(data: Json) -> Json:
    special = isinstance(data, dict) and "$" in data
    return _VALUES[data["$"]] if special else data


async def _answer(peer: Peer, packet: Json, replies: list[Json]) -> None:
    if "id" not in packet:
        return
    for reply in replies:
        match reply:
            case {"$": "raw", "text": text}:
                peer.write(text.encode())
            case {"$": "fin"}:
                peer.writer.write_eof()
            case {"$": "rst"}:
                connection = peer.writer.get_extra_info("socket")
                rough = struct.pack("ii", 1, 0)  # no lingering: RST instead of FIN
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, rough)
                peer.writer.transport.abort()
            case {"$": "wait", "ms": milliseconds}:
                await asyncio.sleep(milliseconds / 1000)
            case _:
                text = json.dumps(reply).replace("<ID>", packet["id"])
                peer.write(frame(json.loads(text)))


async def _observe(client: Client, call: list[Json], log: list[Json]) -> None:
    """Make a call, and log what an Observable would tell."""
    kind, pattern, data = call
    try:
        if kind == "emit":
            await client.emit(pattern, _value_of(data))
            log.append(["next", "UNDEFINED"])
        elif kind == "unread":
            client.stream(pattern, data)
            log.append(["nothing"])
            return
        else:
            async for value in client.stream(pattern, _value_of(data)):
                _tell(log, value)
        log.append(["complete"])
    except (
        RemoteError,
        ConnectionLostError,
        InvalidMessageError,
        ConnectError,
    ) as error:
        log.append(["error", _told(error)])
    except RequestTimeoutError:
        log.append(["STILL-PENDING"])


def _tell(log: list[Json], value: Json) -> None:
    log.append(["next", "UNDEFINED" if value is UNDEFINED else value])


def _told(error: Exception) -> Json:
    if isinstance(error, RemoteError):
        return error.err
    return type(error).__name__


def _expected(observed: list[Json]) -> list[Json]:
    """Return what Nest told, in our words."""
    words = {
        "Connection closed": "ConnectionLostError",
        "The invalid data or message pattern (undefined/null)": "InvalidMessageError",
        "connect ECONNREFUSED 127.0.0.1:1": "ConnectError",
    }
    told: list[Json] = []
    for kind, *values in observed:
        value = values[0] if values else None
        if isinstance(value, dict) and value.get("ErrorClass") == "TimeoutErrorImpl":
            told.append(["STILL-PENDING"])
        elif kind == "bytes-after-timeout":
            assert value == 0
        elif kind in {"error", "emit error"}:
            if isinstance(value, dict) and "ErrorClass" in value:
                value = value["message"]
            if ["STILL-PENDING"] not in told:  # else the end of the probe closed it
                told.append(["error", words.get(str(value), value)])
        else:
            told.append([kind, *values])
    return told


def _without_ids(told: Json) -> Json:
    return json.loads(re.sub(r'"[0-9a-f]{21}"', '"<ID>"', json.dumps(told)))


def _listen(log: list[Json], event: ConnectionEvent) -> None:
    words = {"connected": "connected"}
    log.append(["status", words.get(event.kind, "disconnected")])


def _time_for(case: Json) -> float:
    if case["name"].startswith("client timeout"):
        return _SHORT
    return _PENDING if ["STILL-PENDING"] in case["observed"] else _PATIENCE


@pytest.mark.parametrize("case", _SPEAKING, ids=lambda case: case["name"])
async def test_the_client_does_what_nests_client_does(
    case: Json, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    log: list[Json] = []
    replies = case["replies"] or []
    async with scripted(lambda peer, packet: _answer(peer, packet, replies)) as (
        port,
        peers,
    ):
        refused = case["name"].startswith("connection refused")
        timeout = _time_for(case)
        async with Client(
            "127.0.0.1", 1 if refused else port, timeout=timeout
        ) as client:
            client.subscribe(lambda event: _listen(log, event))
            if timeout == _SHORT:
                await client.connect()  # else that could take all of the time
            for call in case["calls"]:
                await _observe(client, call, log)
                if case["name"].startswith("reconnect"):
                    await until(lambda: log[-1] == ["status", "disconnected"])
            await settle()
        await until(lambda: not client.pending)
        await settle()

    expected = _expected(case["observed"])
    if refused:  # Nest tells once of one status; ours of every attempt
        expected.insert(2, ["status", "disconnected"])
    assert _without_ids(log) == _without_ids(expected)
    if not refused:
        sent = [body for peer in peers for body in peer.bodies]
        assert [re.sub(r'"id":"[0-9a-f]{21}"', '"id":"<ID>"', one) for one in sent] == (
            case["sent"]
        )
        assert len(peers) == case["connections"]


async def test_ids_are_never_the_same() -> None:
    def answer(peer: Peer, packet: Json) -> None:
        peer.write(
            frame({"response": packet["id"], "isDisposed": True, "id": packet["id"]})
        )

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as client:
        ids = await asyncio.gather(*(client.send("p", 1) for _ in range(50)))

    assert len(set(ids)) == 50
    assert all(re.fullmatch("[0-9a-f]{21}", each) for each in ids)
