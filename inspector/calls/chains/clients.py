"""What is known of the clients of gateways: what they ask, and who names them.

A gateway calls each of its clients by a socket that it tells that client alone. Others
learn it from what the gateway asks them, and name it when they send something back.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .lanes import is_crowded
from .notes import Candidate, fits
from .rivals import names
from .tokens import are_alike

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .lanes import Lanes
    from .notes import Note, Scope

MOST_ASKED = 32
"""Exchanges of a client, and those that name it, that are remembered."""
MAX_SOCKETS = 20_000
"""Sockets of which it is known who asks, and who was told."""


class Clients:
    """Remember what clients ask, and who names them."""

    def __init__(self) -> None:
        self._asked: dict[str, deque[Note]] = {}  # socket → what has to do with it
        self._knowing: dict[str, frozenset[str]] = {}  # … → receivers that were told
        self._sockets: dict[int, frozenset[str]] = {}  # connection → sockets

    def add(self, note: Note) -> None:
        """Remember an exchange that a client has sent, or that names one."""
        named = note.values.sockets
        for socket in named | note.clients if note.of_client else named:
            if socket in self._asked or len(self._asked) < MAX_SOCKETS:
                asked = self._asked.setdefault(socket, deque(maxlen=MOST_ASKED))
                asked.append(note)

    def tell(self, note: Note, lanes: Lanes) -> None:
        """Learn whose port names a client that few others know of."""
        for socket in note.values.sockets:
            knowing = self._knowing.get(socket, frozenset())
            client = {e.scope.receiver for e in note.candidates if names(note, e)}
            if len(client) == 1:
                (receiver,) = client
                value = f"@{socket} {sorted(note.values.texts)}"  # once if again
                lanes.name(note.sender, receiver, knowing - client, value)
            if socket in self._knowing or len(self._knowing) < MAX_SOCKETS:
                told = {each.receiver for each in note.scopes}
                self._knowing[socket] = knowing | told

    def learn(self, note: Note, parent: Note) -> None:
        """Learn by what socket others know the client of a gateway."""
        named = note.values.sockets - parent.values.sockets
        if len(named) == 1 and not parent.pushed and not parent.scopes[1:]:
            self._sockets.setdefault(parent.connection, named)

    def sockets(
        self, note: Note, unknown: frozenset[str] = frozenset()
    ) -> frozenset[str]:
        """Return the sockets of the client on whose connection something passed.

        Args:
            note: What passed.
            unknown: What to return where nobody has named it.
        """
        return self._sockets.get(note.connection, unknown)

    def candidates(self, note: Note) -> Iterator[Candidate]:
        """Yield what has to do with the client whose socket an exchange names."""
        found = {id(each.scope) for each in note.candidates}
        sockets = note.values.sockets | (note.clients if note.pushed else frozenset())
        for socket in sockets if is_crowded(note.host) else ():
            for other in self._asked.get(socket, ()):
                alike = other is not note and are_alike(note.values, other.values)
                for scope in other.scopes if alike else ():
                    if id(scope) not in found and _holds(note, scope):
                        found.add(id(scope))
                        yield Candidate(scope, by_data=True)

    def has_asked_else(
        self, note: Note, only: Candidate, owners: Collection[str]
    ) -> bool:
        """Whether the client that an exchange names has asked for something else.

        What that says need not be in the data of what is made for it.

        Args:
            note: The exchange.
            only: What it seems to be made for.
            owners: The receivers of the service that has sent it, as far as known.
        """
        for socket in note.values.sockets:
            asked = list(self._asked.get(socket, ()))
            if len(asked) == MOST_ASKED and asked[0].begin_ns > only.scope.begin_ns:
                return True
            for each in asked:
                open_yet = (note.sender, note.route) not in each.made
                if each.of_client and each is not only.note and open_yet:
                    for scope in each.scopes:
                        own = not is_crowded(note.host) or scope.receiver in owners
                        if own and _holds(note, scope):
                            return True
        return False


def _holds(note: Note, scope: Scope) -> bool:
    """Whether an exchange began where something was handled, in its time."""
    near = scope.host == note.host and scope.holds(note.begin_ns)
    return near and fits(note, scope)
