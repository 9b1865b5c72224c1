"""Two hubs at one keeper: what is written at one of them is there at the other."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pycrdt
import pytest
from websockets.sync.client import connect

from servers import BlockingClient
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection

    from tests.servers.demos.twins import Kind, Programs


class _Writer:
    """Somebody who writes in the room ``茶``, with a document of their own."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._document: pycrdt.Doc[Any] = pycrdt.Doc()
        self.text = self._document.get("note", type=pycrdt.Text)

    def join(self) -> None:
        """Join, and have what is there."""
        state = b64encode(self._document.get_state()).decode()
        self.say("sync", state=state)
        self.hear("sync")

    def write(self, place: int, text: str) -> str:
        """Insert a text; return the update, which nobody has heard."""
        before = self._document.get_state()
        self.text.insert(place, text)
        return b64encode(self._document.get_update(before)).decode()

    def say(self, event: str, **data: object) -> None:
        """Send an event about the room."""
        data["room"] = "茶"
        self._socket.send(json.dumps({"event": event, "data": data}))

    def hear(self, event: str) -> None:
        """Wait for an event, and apply its update."""
        heard = json.loads(self._socket.recv(PATIENCE))
        assert heard["event"] == event, heard
        assert heard["data"]["room"] == "茶"
        self._document.apply_update(b64decode(heard["data"]["update"]))

    def refused(self) -> str:
        """Return what an exception says."""
        heard = json.loads(self._socket.recv(PATIENCE))
        assert heard["event"] == "exception"
        return str(heard["data"]["message"])


@pytest.mark.parametrize("keeper", KINDS)
def test_every_hub_merges_what_is_written_and_every_keeper_has_it_for_the_next(
    programs: Programs, tmp_path: Path, keeper: Kind
) -> None:
    with (
        _running(programs, keeper) as (keeper_port, hubs),
        on_the_wire("notes", tmp_path, keeper_port, *hubs) as shown,
        ExitStack() as stack,
    ):
        written = ""
        for port in hubs:
            ada, bob = (
                _Writer(stack.enter_context(connect(f"ws://127.0.0.1:{port}/")))
                for _ in range(2)
            )
            ada.join()
            assert str(ada.text) == written
            ada.say("update", update=ada.write(0, "hello 😀"))
            bob_first = bob.write(0, "b")
            bob.say("update", update=bob_first)
            assert bob.refused() == "Not in this room"
            bob.join()
            # Both write before they hear of each other.
            of_bob, of_ada = bob.write(0, "B"), ada.write(0, "A")
            bob.say("update", update=bob_first)
            bob.say("update", update=of_bob)
            ada.hear("update")
            ada.hear("update")
            ada.say("update", update=of_ada)
            bob.hear("update")
            bob.say("update", update="/////w==")
            assert bob.refused() == "Not an update"
            assert str(ada.text) == str(bob.text)
            assert sorted(str(ada.text)) == sorted(written + "hello 😀ABb")
            written = str(ada.text)
            _await_text(keeper_port, written)

    assert "Yjs update, 1 struct of 1 client, 8 inserted, 0 deleted" in shown.text


def _await_text(port: int, text: str) -> None:
    """Wait until the keeper has it: events are not answered."""
    end = time.monotonic() + PATIENCE
    with BlockingClient(port=port) as client:
        while (kept := client.send("note.text", {"room": "茶"})) != text:
            assert time.monotonic() < end, kept
            time.sleep(0.02)


@contextmanager
def _running(programs: Programs, keeper: Kind) -> Iterator[tuple[int, list[int]]]:
    """Give the ports of a keeper, and of a hub of each kind."""
    with ExitStack() as stack:
        if keeper == "python":
            whole = stack.enter_context(programs.whole("notes", "notes", "keeper"))
            keeper_port, hubs = whole["keeper"], [whole["notes"]]
        else:
            keeper_port = programs.shared("notes", "keeper", keeper)
            hubs = []
        for kind in KINDS[len(hubs) :]:
            running = programs.running(
                "notes", "hub", kind, port_name="notes", ports={"keeper": keeper_port}
            )
            hubs.append(stack.enter_context(running))
        yield keeper_port, hubs
