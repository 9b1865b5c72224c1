"""Clients in rooms, and who of them is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json


class Member(Protocol):
    """Who can be in a room."""

    @property
    def id(self) -> str:
        """Unlike that of anybody else."""

    def put(self, text: str) -> None:
        """Send a text as it is."""


M = TypeVar("M", bound=Member)


class Crowd(Generic[M]):
    """Who is connected to a gateway, and in which rooms.

    Attributes:
        clients: Id → client, in the order in which they came.
    """

    def __init__(self) -> None:
        self.clients: dict[str, M] = {}
        self._rooms: dict[str, dict[str, M]] = {}

    def join(self, client: M, room: str) -> None:
        """Let a client hear what is said in a room; one that has left hears nothing."""
        if client.id in self.clients:
            self._rooms.setdefault(room, {})[client.id] = client

    def leave(self, client: M, room: str) -> None:
        """Let a client hear no more of a room."""
        members = self._rooms.get(room, {})
        members.pop(client.id, None)
        if not members:
            self._rooms.pop(room, None)

    def dismiss(self, client: M) -> None:
        """Forget a client that has gone, and the rooms that are empty without it."""
        self.clients.pop(client.id, None)
        for room in self.rooms_of(client):
            self.leave(client, room)

    def rooms_of(self, client: M) -> frozenset[str]:
        """Return the rooms that a client is in."""
        return frozenset(
            room for room, members in self._rooms.items() if client.id in members
        )

    def within(self, rooms: tuple[str, ...]) -> Iterator[M]:
        """Iterate over those in any of the rooms, each once; over all without a room.

        Like Socket.IO, a client's id is a room with this client alone.
        """
        if not rooms:
            yield from list(self.clients.values())
            return
        found: dict[str, M] = {}
        for room in rooms:
            if room in self.clients:
                found[room] = self.clients[room]
            found.update(self._rooms.get(room, {}))
        yield from found.values()


class Speaker(Protocol[M]):
    """What writes events for clients."""

    @property
    def crowd(self) -> Crowd[M]:
        """Who is there."""

    def event_text(self, event: str, data: tuple[Json, ...]) -> str:
        """Return an event as it travels."""


class Audience(Generic[M]):
    """Some of the clients of a gateway.

    Args:
        speaker: The gateway.
        rooms: Where they are; none for everywhere.
        without: The ids of those who are left out.
    """

    def __init__(
        self,
        speaker: Speaker[M],
        rooms: tuple[str, ...] = (),
        without: frozenset[str] = frozenset(),
    ) -> None:
        self._speaker = speaker
        self._rooms = rooms
        self._without = without

    def to(self, *rooms: str) -> Audience[M]:
        """Return those who are in these rooms, besides those meant so far."""
        return Audience(self._speaker, self._rooms + rooms, self._without)

    def but(self, *clients: Member) -> Audience[M]:
        """Return the same without some clients."""
        left_out = self._without | {each.id for each in clients}
        return Audience(self._speaker, self._rooms, left_out)

    def __iter__(self) -> Iterator[M]:
        """Iterate over the clients that are meant now."""
        for client in self._speaker.crowd.within(self._rooms):
            if client.id not in self._without:
                yield client

    def emit(self, event: str, *data: Json) -> int:
        """Send an event to each of them; it is written once for all.

        Returns:
            How many there are.

        Raises:
            EncodeError: JSON cannot hold the data.
            UsageError: The event is one of Socket.IO's own.
        """
        text, count = self._speaker.event_text(event, data), 0
        for client in self:
            client.put(text)
            count += 1
        return count
