"""Conversations between clients and nats-server, from captures of a real Nest 12.

They are those of ``captures.jsonl`` beside this file: one connection a line, its turns
as side and text.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.carriers.nats.carrier import carrier
from inspector.carriers.testing import Turn

if TYPE_CHECKING:
    from inspector.carriers.base import Unit

_FILE = Path(__file__).with_name("captures.jsonl")
NUID = "3QB9lIOY8FFETLhYWNGUnj"
INBOX = f"_INBOX.{NUID}"
REQUEST = b'{"pattern":"sum","data":[1,2,3],"id":"1"}'
REPLY = b'{"response":6,"isDisposed":true,"id":"1"}'
SERVER, CLIENT = 0, 1


@cache
def captured() -> dict[str, list[Turn]]:
    """Return who is on a connection → what both sides of it say."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return {
        line["who"]: [Turn(side, text.encode()) for side, text in line["turns"]]
        for line in map(json.loads, lines)
    }


def message(head: str, payload: bytes) -> bytes:
    """Return a control line without its size, with a payload."""
    return b"%b %d\r\n%b\r\n" % (head.encode(), len(payload), payload)


def with_headers(head: str, headers: bytes, payload: bytes) -> bytes:
    """Return the same with headers."""
    total = len(headers) + len(payload)
    return b"%b %d %d\r\n%b%b\r\n" % (
        head.encode(),
        len(headers),
        total,
        headers,
        payload,
    )


def read(*turns: tuple[int, bytes], whole: bool = True) -> list[Unit]:
    """Return the units of some turns."""
    talk = carrier.talk(None, whole=whole)
    return [unit for side, data in turns for unit in talk.receive(side, data, 0)]
