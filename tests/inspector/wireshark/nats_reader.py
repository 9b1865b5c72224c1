"""A reader of NATS that shares nothing with the product: the messages of a capture.

It reads connections that begin with a control line in the capture, and takes what looks
like one of Nest's packets for one. Tests hold the dissector against it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from inspector.streams.items import Chunk
from protocol import route
from tests.inspector.assembled import reassemble
from tests.inspector.transfers import Transferred

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.sources.records import PacketRecord

_WAYS = {"PUB": "in", "HPUB": "in", "MSG": "out", "HMSG": "out"}
_REPLIES = {"response", "err", "isDisposed"}
_INBOX = "_INBOX."


def read_transfers(records: Iterable[PacketRecord]) -> list[Transferred]:
    """Return the packets of Nest's over NATS, in the order in which they are complete.

    Raises:
        ValueError: A stream has a line that is not a control line.
    """
    streams: dict[int, _Stream] = defaultdict(_Stream)
    found: list[Transferred] = []
    for item in reassemble(records):
        if isinstance(item, Chunk):
            found += streams[id(item.direction)].add(item)
    return _with_routes(found)


class _Stream:
    """One direction of a connection."""

    def __init__(self) -> None:
        self.held = b""

    def add(self, chunk: Chunk) -> Iterator[Transferred]:
        """Yield the packets that a chunk completes."""
        self.held += chunk.data
        while (unit := self._next()) is not None:
            verb, subject, body = unit
            if transferred := _transferred(chunk.packet.number, verb, subject, body):
                yield transferred

    def _next(self) -> tuple[str, str, bytes] | None:
        line, ended, rest = self.held.partition(b"\r\n")
        if not ended:
            return None
        verb, *words = line.decode().split()
        verb = verb.upper()
        if verb not in _WAYS:
            self.held = rest
            return verb, "", b""
        size = int(words[-1])
        headers = int(words[-2]) if verb[0] == "H" else 0
        if len(rest) < size + 2:
            return None
        if rest[size : size + 2] != b"\r\n":
            raise ValueError(line)
        self.held = rest[size + 2 :]
        needed = 2 + (verb[0] == "H") + verb.endswith("MSG")
        if len(words) not in {needed, needed + 1}:  # a space in the subject
            return verb, "", b""
        return verb, words[0], rest[headers:size]


def _transferred(
    number: int, verb: str, subject: str, body: bytes
) -> Transferred | None:
    try:
        members: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(members, dict):
        return None
    if "pattern" in members:
        kind = "request" if "id" in members else "event"
        name = route(members["pattern"])
    elif "id" in members and (subject.startswith(_INBOX) or _REPLIES & members.keys()):
        kind, name = "reply", ""
    else:
        return None
    identity = members.get("id", "")
    text = identity if isinstance(identity, str) else json.dumps(identity)
    return Transferred(number, "nats", kind, name, text, subject, _WAYS[verb])


def _with_routes(found: list[Transferred]) -> list[Transferred]:
    """Give the replies the routes of their requests, by ids that none share."""
    routes = {each.id: each.route for each in found if each.kind == "request"}
    return [
        each._replace(route=routes.get(each.id, "")) if each.kind == "reply" else each
        for each in found
    ]
