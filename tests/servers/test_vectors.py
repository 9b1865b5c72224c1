"""What Nest 12.1.1 was seen to do with bytes, our server does.

``data/servertcp-cases.jsonl`` holds what was sent to a real Nest application, the
frames that came back, and what its handlers saw. Timing and the texts of the log are
not compared.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers.peers import Peer, settle, until
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

_PACE = 10  # times as slow as Nest was asked: a busy machine keeps the order too
_DATA = Path(__file__).parent / "data" / "servertcp-cases.jsonl"
CASES = [json.loads(line) for line in _DATA.read_text().splitlines()]


def bytes_of(part: Json) -> bytes:
    """Return what a part of a case is short for."""
    if isinstance(part, str):
        return part.encode()
    if "repeat" in part:
        return str(part["repeat"]).encode() * int(part["times"])
    if "nested" in part:
        before, after = part["around"]
        text = f"{before}{'[' * part['nested']}{']' * part['nested']}{after}"
        return f"{len(text)}#{text}".encode()
    return b"".join(b"%d#%b" % (len(each), each) for each in bodies_of(part))


def bodies_of(part: Json) -> Iterator[bytes]:
    for number in range(part["times"]):
        yield part["each"].replace("N", str(number)).encode()


def frames_of(case: Json) -> list[str]:
    frames = case["frames"]
    if isinstance(frames, dict):
        return [body.decode() for body in bodies_of(frames)]
    return list(frames)


async def send(peer: Peer, parts: list[Json]) -> bool:
    """Send the parts of a case; say whether the connection is still there."""
    for part in parts:
        if isinstance(part, dict) and "wait" in part:
            await asyncio.sleep(_PACE * part["wait"] / 1000)
        elif isinstance(part, dict) and "end" in part:
            peer.writer.write_eof()
        elif isinstance(part, dict) and "destroy" in part:
            rough = struct.pack("ii", 1, 0)  # no lingering: RST instead of FIN
            connection = peer.writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, rough)
            peer.writer.transport.abort()
            return False
        else:
            peer.write(bytes_of(part))
            await peer.writer.drain()
    return True


def test_the_cases_are_those_of_nest_12() -> None:
    assert len(CASES) == 81
    assert len({case["name"] for case in CASES}) == 81


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_the_server_does_what_nest_does(
    case: Json, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    told: list[Json] = []
    expected = frames_of(case)
    async with make_probe(told.append, _PACE).listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        there = await send(peer, case["sent"])
        await until(lambda: len(peer.bodies) >= len(expected))
        await until(lambda: len(told) >= len(case["handlers"]))
        if there and case["closed"]:
            await until(lambda: peer.closed)
        await settle()
        closed = peer.closed
        await peer.aclose()

    assert peer.bodies == expected
    assert told == case["handlers"]
    assert closed is case["closed"] or not there
