"""The parent of an exchange, of those that it may be: one, or nobody knows.

In this order what fits is narrowed down, as long as more than one does: the same trace;
the same socket of a client; the service that its port is known to be of; the one whose
reply has its answer; the ones after which calls come as soon
as they did before.
What remains is its parent if it is one, and if nothing contradicts: an equally good one
is never passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.links import Evidence, Link
from protocol.named_tuple import NamedTuple

from .lanes import is_crowded
from .notes import Candidate, fits
from .tokens import are_alike, is_long, is_strong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .customs import Customs
    from .lanes import Lanes
    from .notes import Note, Scope
    from .origins import Origins

SOON_NS = 250_000_000
"""How soon after an event something begins that it may cause, whatever it says."""
_NAMED = {Evidence.TRACE, Evidence.SOCKET}
_SURE = {Evidence.TRACE, Evidence.SOCKET, Evidence.REPLY}  # which no chance gives
MOST_NAMED = 16
"""Exchanges that are named as possible parents."""


class Choice(NamedTuple):
    """What is known of the parent of an exchange.

    Attributes:
        link: For whoever asks.
        parent: The note of the parent; None where it is not known.
    """

    link: Link | None
    parent: Note | None = None


class Chooser:
    """Choose the parents of exchanges.

    Args:
        lanes: Whose ports are known.
        customs: How often requests make calls, and with what data.
        origins: Which values are rare.
        sockets: Connection → the sockets that others call its client by.
    """

    def __init__(
        self,
        lanes: Lanes,
        customs: Customs,
        origins: Origins,
        sockets: dict[int, frozenset[str]],
    ) -> None:
        self._lanes = lanes
        self._customs = customs
        self._origins = origins
        self._sockets = sockets

    def choose(self, note: Note) -> Choice:
        """Return what is known of the parent of an exchange."""
        found, whole = self._with_answers(note)
        if not found:
            return self._by_reply(note) or self._by_time(note)
        found, evidence = self._narrowed(note, found)
        named = evidence in _NAMED
        if len(found) == 1 and (named or (whole and not note.crowded)):
            (only,) = found
            if evidence in _SURE or self._is_credible(note, only):
                parent = only.note
                return Choice(Link(parent.number, evidence or _evidence(only)), parent)
        return Choice(_doubt(note, [each.note for each in found]))

    def _remaining(self, note: Note, scopes: Iterable[Scope]) -> list[Scope]:
        """Return what an exchange may be made for, as far as ports tell.

        Who has sent something has not handled it himself, and made that for it.
        """
        lanes = self._lanes
        owners = lanes.owners(note.sender)
        if not owners:
            return list(scopes)
        return [
            each
            for each in scopes
            if each.receiver in owners
            or owners.isdisjoint(lanes.owners(each.note.sender))
        ]

    def _with_answers(self, note: Note) -> tuple[list[Candidate], bool]:
        """Return those that may be the parent, by data, trace, or earlier answers.

        Returns:
            All, and whether nobody is missing, since what one was for is in doubt.
        """
        known = {id(each.scope): each for each in note.candidates}
        whole = True
        for other in note.answers:
            parent = other.parent
            if parent is None:
                whole = whole and other.link is None
                continue
            for scope in parent.scopes:
                near = scope.host == note.host and scope.holds(note.begin_ns)
                if near and _has_answer(note, other, parent) and fits(note, scope):
                    each = known.setdefault(id(scope), Candidate(scope))
                    each.by_answer = True
        left = self._remaining(note, [each.scope for each in known.values()])
        found = [known[id(scope)] for scope in left]
        return found, whole

    def _narrowed(
        self, note: Note, found: list[Candidate]
    ) -> tuple[list[Candidate], Evidence | None]:
        """Return those that remain, and by what, if that is not their data."""
        evidence: Evidence | None = None
        if traced := [each for each in found if each.by_trace]:
            near = [each for each in traced if each.scope.host == note.host]
            found, evidence = near or traced, Evidence.TRACE
        if meant := list(self._of_socket(note, found)):
            found, evidence = self._or_of_client(found, meant, evidence)
        if len(found) > 1:
            found = self._of_service(note, found)
        if len(found) > 1 and (giving := self._passing_on(note, found)):
            found, evidence = giving, evidence or Evidence.REPLY
        if len(found) > 1:
            found = self._in_time(note, found)
        return found, evidence

    def _of_socket(self, note: Note, found: Sequence[Candidate]) -> Iterator[Candidate]:
        """Yield those that name the socket that an exchange names, or is sent to."""
        sockets = note.values.sockets
        if note.pushed:
            sockets |= self._sockets.get(note.connection, frozenset())
        for each in found:
            if sockets and not sockets.isdisjoint(each.note.values.sockets):
                yield each

    def _or_of_client(
        self, found: list[Candidate], meant: list[Candidate], evidence: Evidence | None
    ) -> tuple[list[Candidate], Evidence | None]:
        """Return those that name a socket, and those of clients that may be its own.

        What a client says does not name its socket, and the gateway asks others for it:
        what it says after those that name the socket may be the cause as well.
        """
        latest_ns = max(each.scope.begin_ns for each in meant)
        names = frozenset[str]().union(*(each.note.values.sockets for each in meant))
        clients = [
            each
            for each in found
            if each.note.of_client
            and each.scope.begin_ns > latest_ns
            and not names.isdisjoint(self._sockets.get(each.note.connection, names))
        ]
        if clients:
            return [*meant, *clients], evidence
        return meant, evidence or Evidence.SOCKET

    def _of_service(self, note: Note, found: list[Candidate]) -> list[Candidate]:
        """Leave out what another service handles, where both are known."""
        owners = self._lanes.owners(note.sender)
        if not owners or not is_crowded(note.host):
            return found
        return [
            each
            for each in found
            if each.scope.receiver in owners
            or not self._lanes.is_owner(each.scope.receiver)
        ] or found

    def _passing_on(self, note: Note, found: list[Candidate]) -> list[Candidate]:
        """Return those in whose reply the answer is, if all have one, and some lack it.

        What many answer is in a reply by chance.
        """
        if not note.news or not all(each.note.answered for each in found):
            return []
        giving = [
            each
            for each in found
            if each.note.end_ns >= note.end_ns
            and self._origins.has_rare(note.news & each.note.news)
        ]
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

    def _is_credible(self, note: Note, only: Candidate) -> bool:
        """Whether an exchange was made for the only one that has its data.

        Another may go on that has other data, and say the same by chance; and where
        many programs share an address, another than the one that has it.
        """
        lanes, receiver = self._lanes, only.scope.receiver
        own = lanes.is_of(note.sender, receiver)
        strange = lanes.contradicts(note.sender) or lanes.is_known(note.sender)
        if not own and strange and is_crowded(note.host):
            return False
        if not own and not note.values.texts:  # such as {}
            return False
        if self.is_likely(note, only):
            return True
        if note.pushed and note.connection != only.note.connection:
            return False
        if not only.by_data:  # others may have had the same answer, unseen by then
            return False
        alike = self._customs.is_alike(note.route) and not note.more
        return alike and not self._may_be_other(note, only)

    def is_likely(self, note: Note, only: Candidate) -> bool:
        """Whether it is no chance that only one has the data of an exchange."""
        if note.crowded:
            return False
        own = self._lanes.is_of(note.sender, only.scope.receiver)
        if self._is_alone(note, only) and (own or not is_crowded(note.host)):
            return True
        if self._is_sent_back(note, only):
            return True
        shared = note.values.tokens & self._known(note, only)
        if note.more:  # which may have the same small numbers under other keys
            shared = frozenset(filter(is_long, shared))
        return self._origins.has_rare(shared) and not self._may_be_other(note, only)

    @staticmethod
    def _is_sent_back(note: Note, only: Candidate) -> bool:
        """Whether a gateway answers the client whose only event it has just had."""
        own = note.connection
        return (
            note.pushed
            and own == only.note.connection
            and not note.more
            and all(
                each.note is only.note
                for each in note.others
                if each.note.connection == own
            )
        )

    def _may_be_other(self, note: Note, only: Candidate) -> bool:
        """Whether another that went on has the same values, though they tell little."""
        texts = note.values.texts
        return any(
            each.note is not only.note
            and (texts <= each.note.values.texts or each.note.values.texts <= texts)
            for each in self._others(note)
        )

    @staticmethod
    def _known(note: Note, only: Candidate) -> frozenset[str]:
        """Return the values that who handles something has by then."""
        answered = (each.news for each in note.answers if each.parent is only.note)
        return only.note.values.tokens.union(*answered)

    def _is_alone(self, note: Note, only: Candidate) -> bool:
        """Whether nothing else went on where an exchange was sent from."""
        return not note.more and all(
            each.note is only.note for each in self._others(note)
        )

    def _others(self, note: Note) -> list[Scope]:
        """Return what went on where an exchange was sent from, as far as known."""
        owners = self._lanes.owners(note.sender) if is_crowded(note.host) else ()
        left = self._remaining(note, note.others)
        return [each for each in left if not owners or each.receiver in owners]

    def _by_reply(self, note: Note) -> Choice | None:
        """Return the one of those that went on whose reply has an answer that is rare.

        None where that is none; no data says for whose sake an exchange was made.
        """
        calls = [each for each in self._others(note) if each.note.answered]
        giving = [
            each.note
            for each in calls
            if each.note.end_ns >= note.end_ns
            and self._origins.has_rare(note.news & each.note.news)
        ]
        if len(giving) != 1 or note.more or note.crowded or not note.answered:
            return None
        return Choice(Link(giving[0].number, Evidence.REPLY), giving[0])

    def _by_time(self, note: Note) -> Choice:
        """Return the one that a service handled alone when an exchange began."""
        others = self._others(note)
        receiver = self._lanes.only(note.sender)
        within = [each for each in others if each.receiver == receiver]
        sure = len(within) == 1 and not (note.crowded or note.more)
        if sure and not within[0].note.is_event:
            parent = within[0].note
            return Choice(Link(parent.number, Evidence.LANE), parent)
        if note.pushed:
            near = [e.note for e in others if e.note.connection == note.connection]
            return Choice(_doubt(note, near[:1]))
        if not note.sender or self._lanes.contradicts(note.sender):
            return Choice(None)
        calls = [each.note for each in others if not each.note.is_event]
        return Choice(_doubt(note, calls))


def _has_answer(note: Note, other: Note, parent: Note) -> bool:
    """Whether all that an exchange says is an answer, or the parent's with one."""
    values, news = note.values, other.news - parent.values.tokens
    for time_ns, reply in other.replies:
        if time_ns > note.begin_ns:
            break
        if are_alike(values, reply):
            return True
        told = reply.tokens & news & values.tokens
        if values.texts <= reply.texts | parent.values.texts and any(
            map(is_strong, told)
        ):
            return True
    return False


def _evidence(only: Candidate) -> Evidence:
    return Evidence.DATA if only.by_data else Evidence.ANSWER


def _doubt(note: Note, notes: Sequence[Note]) -> Link | None:
    """Return that one of some is the parent of an exchange; None for no others."""
    numbers = sorted({each.number for each in notes} - {note.number})
    return Link(possible=tuple(numbers[-MOST_NAMED:])) if numbers else None
