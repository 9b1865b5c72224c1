"""The parent of an exchange, of those that it may be: one, or nobody knows.

What remains of those that fit is its parent if it is one, and if nothing contradicts:
an equally good one is never passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.links import Evidence, Link
from protocol.named_tuple import NamedTuple

from .flows import says_all, says_answer
from .lanes import is_crowded
from .narrowing import Narrowing
from .notes import Candidate, fits, is_late
from .rivals import answers_to, fresh
from .tokens import are_alike, is_long, is_strong

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .clients import Clients
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
        clients: What the clients of gateways ask, and who names them.
    """

    def __init__(
        self,
        lanes: Lanes,
        customs: Customs,
        origins: Origins,
        clients: Clients,
    ) -> None:
        self._lanes = lanes
        self._customs = customs
        self._origins = origins
        self._clients = clients
        self._narrowing = Narrowing(lanes, customs, origins, clients)

    def choose(self, note: Note) -> Choice:
        """Return what is known of the parent of an exchange."""
        if note.of_client and is_crowded(note.host):
            return Choice(None)  # what a person does is a new chain
        found, whole = self._with_answers(note)
        if not found:
            return self._by_reply(note) or self._by_time(note)
        found, evidence = self._narrowing.narrowed(note, found)
        named = evidence in _NAMED
        if len(found) == 1 and (named or (whole and not note.crowded)):
            (only,) = found
            if self._may_be(note, only, evidence) and (
                evidence in _SURE or self._is_credible(note, only)
            ):
                parent = only.note
                return Choice(Link(parent.number, evidence or _evidence(only)), parent)
        return Choice(_doubt(note, [each.note for each in found]))

    def _may_be(self, note: Note, only: Candidate, evidence: Evidence | None) -> bool:
        """Whether an exchange can have been sent by who handled the one that fits.

        Where many programs share an address, that takes a port that is known to be of
        that one, or one of which nothing else is known.
        """
        if is_late(note, only.scope):
            return False
        sender = note.sender
        if evidence is Evidence.SOCKET and not note.pushed:
            owners = self._lanes.owners(sender)
            if self._clients.has_asked_else(note, only, owners):
                return False
        if not is_crowded(note.host) or self._lanes.is_of(sender, only.scope.receiver):
            return True
        if self._lanes.is_strange(sender):
            return answers_to(note, only) and not self._lanes.is_known(sender)
        if answers_to(note, only) or evidence is Evidence.TRACE:
            return True
        return evidence is not Evidence.SOCKET and self._is_alone(note, only)

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
        known.update((id(each.scope), each) for each in self._clients.candidates(note))
        whole = True
        for other in note.answers:
            if other.of_client and is_crowded(note.host):
                continue  # a client is answered, and no service
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

    def _is_credible(self, note: Note, only: Candidate) -> bool:
        """Whether an exchange was made for the only one that has its data.

        Another may go on that has other data, and say the same by chance; and where
        many programs share an address, another than the one that has it.
        """
        lanes, receiver = self._lanes, only.scope.receiver
        own = lanes.is_of(note.sender, receiver)
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
        own = [each for each in left if not owners or each.receiver in owners]
        return fresh(note, own) if owners else own

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
        near = [e.receiver for e in calls if e.note is giving[0]]
        sure = len(calls) == 1 or any(self._lanes.is_of(note.sender, e) for e in near)
        if is_crowded(note.host) and not sure:  # another may have looked up the same
            return None
        return Choice(Link(giving[0].number, Evidence.REPLY), giving[0])

    @staticmethod
    def _is_timely(note: Note, scope: Scope) -> bool:
        """Whether an exchange was made for what went on, not for what was just over."""
        outer = scope.note
        over = scope.receiver in note.ended
        return not over or says_answer(note, outer) or says_all(note, outer)

    def _by_time(self, note: Note) -> Choice:
        """Return the one that a service handled alone when an exchange began."""
        others = self._others(note)
        receiver = self._lanes.only(note.sender)
        within = [each for each in others if each.receiver == receiver]
        sure = len(within) == 1 and not (note.crowded or note.more)
        if sure and not within[0].note.is_event and self._is_timely(note, within[0]):
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
    for time_ns, reply, _ in other.replies:
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
