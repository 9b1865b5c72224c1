"""Count the frames that a Python program sends and receives, while it runs.

::

    TALLY=FILE python -m captures.tally MODULE [ARGUMENT…]

runs a module as ``python -m`` does, so the program stays as its authors wrote it. The
counting happens inside the process, where a frame is handed to the connection and where
one is taken from it: what is written to the file when the program ends owes nothing to
any capture. ``applications/tally.ts`` does the same in Nest.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from servers.channel import Channel
from servers.client.connection import Connection as ClientConnection
from servers.server.connection import Connection as ServerConnection


class Side:
    """What went in one direction."""

    def __init__(self) -> None:
        self.by_kind: Counter[str] = Counter()
        self.by_pattern: Counter[str] = Counter()

    def count(self, kind: str, packet: dict[str, Any]) -> None:
        """Count a frame."""
        self.by_kind[kind] += 1
        if "pattern" in packet:
            pattern = json.dumps(
                packet["pattern"], ensure_ascii=False, separators=(",", ":")
            )
            self.by_pattern[f"{kind} {pattern}"] += 1


class Tally:
    """What a process sent and received, and which requests still wait."""

    def __init__(self) -> None:
        self.sent, self.received = Side(), Side()
        self._unanswered: set[str] = set()

    def count_sent(self, body: bytes) -> None:
        """Count what is handed to a connection."""
        packet = json.loads(body)
        kind = kind_of(packet)
        self.sent.count(kind, packet)
        if kind == "request":
            self._unanswered.add(json.dumps(packet["id"]))

    def count_received(self, body: bytes) -> None:
        """Count what is taken from a connection."""
        packet = json.loads(body)
        self.received.count(kind_of(packet), packet)
        if "err" in packet or packet.get("isDisposed"):
            self._unanswered.discard(json.dumps(packet["id"]))

    def write(self, file: Path) -> None:
        """Write what was counted."""
        sides = {"sent": vars(self.sent), "received": vars(self.received)}
        file.write_text(json.dumps({**sides, "unanswered": len(self._unanswered)}))


def kind_of(packet: dict[str, Any]) -> str:
    """Name a frame as ``applications/tally.ts`` does."""
    if "pattern" in packet:
        return "request" if "id" in packet else "event"
    if "err" in packet:
        return "response-nohandler" if "status" in packet else "response-error"
    if not packet.get("isDisposed"):
        return "response-item"
    return "response-final" if "response" in packet else "response-complete-empty"


def watch(tally: Tally) -> None:
    """Let every connection of this process pass by the tally."""
    send = Channel.send

    def counted_send(self: Channel, body: bytes) -> None:
        send(self, body)
        tally.count_sent(body)

    setattr(Channel, "send", counted_send)  # noqa: B010 — mypy takes no method from us
    for connection in (ClientConnection, ServerConnection):
        _watch_received(connection, tally)


def _watch_received(
    connection: type[ClientConnection | ServerConnection], tally: Tally
) -> None:
    receive = connection.bodies_received

    def counted_receive(self: Any, bodies: list[bytes]) -> int:  # noqa: ANN401
        handled = receive(self, bodies)
        for body in bodies[:handled]:
            tally.count_received(body)
        return handled

    setattr(connection, "bodies_received", counted_receive)  # noqa: B010


if __name__ == "__main__":
    counted = Tally()
    watch(counted)
    atexit.register(counted.write, Path(os.environ["TALLY"]))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
