r"""Notes that several people write at once: updates of Yjs, by WebSocket and as events.

::

    python -m servers.demos.notes

Somebody who joins a room says what they have (a state vector), and hears what they lack
(an update); from there on everybody's changes are updates. Both are base64 in JSON::

    {"event":"sync","data":{"room":"tea","state":"AA=="}}
    {"event":"update","data":{"room":"tea","update":"AQGb95m8w9rBBAAEAQRub3Rl…"}}

The hub tells the keeper each update as the event ``note.updated``; a hub that starts
later, in Python or in Nest, has the notes from there.
"""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from servers import CallError, Client, Depends, RpcError, Service
from servers.gateways import GatewayClient, Ws, client_of

from . import programs
from .people import Text  # noqa: TC001 — the decorators read it

try:
    from pycrdt import Doc
    from pycrdt import Text as SharedText
except ImportError:
    sys.exit("servers.demos: pycrdt is not installed; pip install '.[demos,yjs]'")

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

_NAME = "note"  # of the text in a document, as in the counterpart
_ROOMS = 1_000
_LARGEST = 100_000  # characters of base64 in one message

Base64 = Annotated[str, msgspec.Meta(max_length=_LARGEST)]
Who = Annotated[GatewayClient, Depends(client_of)]


class Joining(msgspec.Struct):
    """What somebody has who joins a room: a state vector in base64."""

    room: Text
    state: Base64


class Change(msgspec.Struct):
    """An update of a room, in base64."""

    room: Text
    update: Base64


class Room(msgspec.Struct):
    """A room."""

    room: Text


class Notes:
    """Documents by room, a bounded number of them."""

    def __init__(self) -> None:
        self._documents: dict[str, Doc[Any]] = {}

    def __contains__(self, room: str) -> bool:
        """Whether there is a note."""
        return room in self._documents

    def text(self, room: str) -> str:
        """Return what a note says."""
        return str(self._of(room).get(_NAME, type=SharedText))

    def lacking(self, room: str, state: str) -> str:
        """Return the update for somebody who has a state.

        Raises:
            RpcError: That is not a state vector.
        """
        try:
            update = self._of(room).get_update(b64decode(state, validate=True))
        except ValueError:
            raise RpcError("Not a state vector") from None
        return b64encode(update).decode()

    def state(self, room: str) -> str:
        """Return the state vector of a note."""
        return b64encode(self._of(room).get_state()).decode()

    def apply(self, room: str, update: str) -> None:
        """Change a note.

        Raises:
            RpcError: That is not an update.
        """
        try:
            self._of(room).apply_update(b64decode(update, validate=True))
        except ValueError:
            raise RpcError("Not an update") from None

    def _of(self, room: str) -> Doc[Any]:
        if room not in self._documents and len(self._documents) >= _ROOMS:
            raise RpcError("Too many rooms")
        return self._documents.setdefault(room, Doc())


def make_keeper() -> Service:
    """Return the service that keeps notes."""
    service, notes = Service(), Notes()

    @service.event("note.updated")
    async def updated(change: Change) -> None:
        notes.apply(change.room, change.update)

    @service.message("note.load")
    async def load(joining: Joining) -> str:
        return notes.lacking(joining.room, joining.state)

    @service.message("note.text")
    async def text(room: Room) -> str:
        return notes.text(room.room)

    return service


def make_hub(keeper: Client) -> Service:
    """Return the service of the gateway.

    Args:
        keeper: Calls the service that keeps notes.
    """
    service, notes = Service(), Notes()

    @service.message("sync")
    async def sync(joining: Joining, client: Who) -> dict[str, object]:
        room = joining.room
        if room not in notes:
            kept = await _kept(keeper, room, notes.state(room))
            notes.apply(room, kept)
        client.join(room)
        update = notes.lacking(room, joining.state)
        data = {"room": room, "update": update, "state": notes.state(room)}
        return {"event": "sync", "data": data}

    @service.message("update")
    async def update(change: Change, client: Who) -> None:
        if change.room not in client.rooms:
            raise RpcError("Not in this room")
        notes.apply(change.room, change.update)
        told = msgspec.to_builtins(change)
        client.to(change.room).emit("update", told)
        await keeper.emit("note.updated", told)

    return service


async def _kept(keeper: Client, room: str, state: str) -> str:
    """Return what the keeper has of a note.

    Raises:
        RpcError: It cannot be asked.
    """
    data = {"room": room, "state": state}
    try:
        return await keeper.send("note.load", data, returns=str)
    except CallError:
        raise RpcError("Nobody keeps notes now") from None


def keeper() -> AbstractAsyncContextManager[None]:
    """Run the service that keeps notes."""
    return programs.serving(make_keeper(), _keeper_port())


@asynccontextmanager
async def hub() -> AsyncIterator[None]:
    """Run the gateway that people write at."""
    gateway = Ws(programs.HOST, programs.port_of("notes", 3000), origins="*")
    async with (
        Client(programs.HOST, _keeper_port()) as client,
        programs.serving_at(make_hub(client), gateway),
    ):
        yield


def _keeper_port() -> int:
    return programs.port_of("keeper", 8888)


PROGRAMS = {"keeper": keeper, "hub": hub}

if __name__ == "__main__":
    programs.main(PROGRAMS)
