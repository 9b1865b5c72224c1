"""Which of several possible parents are left out, by what is known of these alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .notes import is_late

if TYPE_CHECKING:
    from .notes import Candidate, Note, Scope

_DEEPEST = 16  # exchanges above one that are looked at
_TELLING = 3  # characters of the name of a channel
_AGAIN_NS = 2_000_000
"""How soon who has made a call for something makes it again, once that is over."""


def goes_round(note: Note, other: Note) -> bool:
    """Whether a port would ask the same again for what its own call has caused."""
    parent = other.parent
    for _ in range(_DEEPEST):
        if parent is None:
            return False
        if (parent.sender, parent.route, parent.target) == (
            note.sender,
            note.route,
            note.target,
        ):
            return True
        parent = parent.parent
    return False


def fuller(note: Note, found: list[Candidate]) -> list[Candidate]:
    """Leave out what was over, where something that was not over explains more."""
    texts = note.values.texts
    shared = [
        each.note.values.texts & texts
        for each in found
        if not is_late(note, each.scope) and each.note.values.texts <= texts
    ]
    return [
        each
        for each in found
        if not is_late(note, each.scope)
        or not any(each.note.values.texts & texts < more for more in shared)
    ]


def not_served(note: Note, found: list[Candidate]) -> list[Candidate]:
    """Leave out events that a port has made such a call for, if another came since."""
    new = {id(each) for each in fresh(note, [each.scope for each in found])}
    return [each for each in found if id(each.scope) in new]


def fresh(note: Note, scopes: list[Scope]) -> list[Scope]:
    """Leave out events that a port has made such a call for, if another came since.

    Nobody knows when an event is over. Both were handled by the same, who has made
    none for the other yet.
    """
    what, over_ns = (note.sender, note.route), note.begin_ns - _AGAIN_NS
    new = [each for each in scopes if what not in each.note.made]
    return [
        each
        for each in scopes
        if not each.note.is_event
        or (made_ns := each.note.made.get(what, note.begin_ns)) > over_ns
        or not any(
            other.receiver == each.receiver and other.begin_ns > made_ns
            for other in new
        )
    ]


def names(note: Note, outer: Candidate) -> bool:
    """Whether an exchange names the socket of the client who sent another."""
    sockets = note.values.sockets
    return outer.note.of_client and not sockets.isdisjoint(outer.note.clients)


def answers_to(note: Note, outer: Candidate) -> bool:
    """Whether an exchange is sent to the channel that its data and another's name.

    Nobody has to tell others of his channel but to be answered there.
    """
    channel = note.channel
    return (
        len(channel) >= _TELLING
        and channel in outer.note.values.texts
        and not note.values.sockets.isdisjoint(outer.note.values.sockets)
    )
