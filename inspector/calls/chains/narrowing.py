"""Several possible parents, narrowed down as long as more than one remains.

In this order: the same trace; the same socket of a client; the service that the port is
known to be of; the one whose reply has the answer; the ones after which calls come as
soon as they did before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.links import Evidence

from .lanes import is_crowded
from .notes import is_late
from .rivals import answers_to, fuller, goes_round, names, not_served

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .clients import Clients
    from .customs import Customs
    from .lanes import Lanes
    from .notes import Candidate, Note
    from .origins import Origins


class Narrowing:
    """Leave out what others fit better than.

    Args:
        lanes: Whose ports are known.
        customs: How often requests make calls, and with what data.
        origins: Which values are rare.
        clients: What the clients of gateways ask, and who names them.
    """

    def __init__(
        self, lanes: Lanes, customs: Customs, origins: Origins, clients: Clients
    ) -> None:
        self._lanes = lanes
        self._customs = customs
        self._origins = origins
        self._clients = clients

    def narrowed(
        self, note: Note, found: list[Candidate]
    ) -> tuple[list[Candidate], Evidence | None]:
        """Return those that remain, and by what, if that is not their data."""
        evidence: Evidence | None = None
        if traced := [each for each in found if each.by_trace]:
            near = [each for each in traced if each.scope.host == note.host]
            found, evidence = near or traced, Evidence.TRACE
        found = self._not_round(note, found)
        if meant := list(self._of_socket(note, found)):
            if note.pushed or not any(names(note, each) for each in meant):
                found, evidence = self._or_of_client(found, meant, evidence)
            else:
                found, evidence = meant, evidence or Evidence.SOCKET
        if asked := [each for each in found if answers_to(note, each)]:
            found = asked
        if len(found) > 1:
            found = self._of_service(note, found)
        if len(found) > 1:
            found = not_served(note, fuller(note, found))
        if len(found) > 1 and (giving := self._passing_on(note, found)):
            found, evidence = giving, evidence or Evidence.REPLY
        if len(found) > 1:
            found = self._in_time(note, found)
        return found, evidence

    def _not_round(self, note: Note, found: list[Candidate]) -> list[Candidate]:
        """Leave out what a call has caused that is made again, if its client has asked.

        A port that makes a call for what the same call has caused would go on for ever.
        """
        what = note.sender, note.route
        asked = [
            each
            for each in found
            if names(note, each)
            and what not in each.note.made
            and self._lanes.is_of(note.sender, each.scope.receiver)
        ]
        if not asked:
            return found
        return [each for each in found if not goes_round(note, each.note)]

    def _of_socket(self, note: Note, found: Sequence[Candidate]) -> Iterator[Candidate]:
        """Yield those that name the socket that an exchange names, or is sent to."""
        sockets = note.values.sockets
        if note.pushed:
            sockets |= self._clients.sockets(note) | note.clients
        for each in found:
            named = not sockets.isdisjoint(each.note.values.sockets)
            if named or (not note.pushed and names(note, each)):
                yield each

    def _or_of_client(
        self, found: list[Candidate], meant: list[Candidate], evidence: Evidence | None
    ) -> tuple[list[Candidate], Evidence | None]:
        """Return those that name a socket, and those of clients that may be its own.

        What a client says does not name its socket, and the gateway asks others for it:
        what it says after those that name the socket may be the cause as well.
        """
        latest_ns = max(each.scope.begin_ns for each in meant)
        named = frozenset[str]().union(*(each.note.values.sockets for each in meant))
        clients = [
            each
            for each in found
            if each.note.of_client
            and each.scope.begin_ns > latest_ns
            and not named.isdisjoint(self._clients.sockets(each.note, named))
        ]
        if clients:
            return [*meant, *clients], evidence
        return meant, evidence or Evidence.SOCKET

    def _of_service(self, note: Note, found: list[Candidate]) -> list[Candidate]:
        """Leave out what another service handles, where both are known."""
        lanes, sender = self._lanes, note.sender
        owners = lanes.owners(sender)
        if not owners or not is_crowded(note.host):
            return found
        return [
            each
            for each in found
            if each.scope.receiver in owners
            or not (
                lanes.is_owner(each.scope.receiver)
                or lanes.are_apart(sender, each.scope.receiver)
            )
        ] or found

    def _passing_on(self, note: Note, found: list[Candidate]) -> list[Candidate]:
        """Return those in whose reply the answer is, if all have one, and some lack it.

        What many answer is in a reply by chance.
        """
        crowded = is_crowded(note.host)
        if not crowded and not all(each.note.answered for each in found):
            return []
        what = note.sender, note.route
        if crowded and any(
            is_late(note, each.scope) and what not in each.note.made for each in found
        ):
            return []
        values = note.told if crowded else note.news
        giving = [
            each
            for each in found
            if each.note.end_ns >= note.end_ns
            and self._origins.has_rare(values & each.note.told)
            and (not crowded or self._lanes.is_of(note.sender, each.scope.receiver))
        ]
        if crowded and any(_is_twin(note, each, giving) for each in found):
            return []
        return giving if len(giving) < len(found) else []

    def _in_time(self, note: Note, found: list[Candidate]) -> list[Candidate]:
        """Leave out those whose receivers have made their calls much sooner so far."""
        return [
            each
            for each in found
            if not self._customs.is_late(
                each.scope.receiver, note.begin_ns - each.scope.begin_ns
            )
        ] or found


def _is_twin(note: Note, one: Candidate, giving: Sequence[Candidate]) -> bool:
    """Whether one asks the same as those that give an answer, and as what was asked.

    The same question has the same answer, from whomever it comes.
    """
    texts = note.values.texts
    others = [each for each in giving if each is not one]
    asked = (note.sender, note.route) not in one.note.made
    return (
        asked
        and one not in giving
        and one.note.values.texts == texts
        and any(each.note.values.texts == texts for each in others)
    )
