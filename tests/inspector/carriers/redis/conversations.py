"""Conversations between clients and redis-server, from captures of real Nest 11 and 12.

They are those of ``captures.jsonl`` beside this file: one connection a line, its turns
as side and text; what redis-server says of itself is shortened. Nest 11 speaks RESP2,
Nest 12 RESP3.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.carriers.redis.carrier import carrier
from inspector.carriers.testing import Turn

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Unit

_FILE = Path(__file__).with_name("captures.jsonl")
REQUEST = b'{"pattern":"sum","data":[1,2,3],"id":"1"}'
REPLY = b'{"response":6,"isDisposed":true,"id":"1"}'
EVENT = b'{"pattern":"log","data":1}'
CLIENT, BROKER = 0, 1


@cache
def captured() -> dict[str, list[Turn]]:
    """Return who is on a connection → what both sides of it say."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return {
        line["who"]: [Turn(side, text.encode()) for side, text in line["turns"]]
        for line in map(json.loads, lines)
    }


def strings(*words: str | bytes, kind: str = "*") -> bytes:
    """Return an array of strings, as a command is, or what else begins like one."""
    parts = [each.encode() if isinstance(each, str) else each for each in words]
    said = b"".join(b"$%d\r\n%b\r\n" % (len(each), each) for each in parts)
    return b"%b%d\r\n%b" % (kind.encode(), len(parts), said)


def transacted(*commands: bytes) -> bytes:
    """Return commands in a transaction."""
    return strings("MULTI") + b"".join(commands) + strings("EXEC")


def confirmed(verb: str, channel: str, count: int, kind: str = "*") -> bytes:
    """Return what the broker says to a subscription."""
    said = strings(verb, channel, kind=kind).replace(b"2", b"3", 1)
    return said + b":%d\r\n" % count


def read(*turns: tuple[int, bytes], conceal: Concealment | None = None) -> list[Unit]:
    """Return the units of some turns."""
    talk = carrier.talk(conceal, whole=True)
    return [unit for side, data in turns for unit in talk.receive(side, data, 0)]
