"""Subjects of control lines, with what of them is to be hidden.

::

    PUB users.alice _INBOX.3QB9… 15⏎  ─►  PUB users.xxxx1 _INBOX.3QB9… 15⏎

What is read of a line, is read of what is shown of it: so whatever joins by subjects
still does, and nothing else has to know of it. Inboxes are random, and stay. A queue
group is hidden as a subject is: what follows a blank in a pattern ends up as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lines import spans_of
from .subjects import looks_random, subject_of

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment

    from .reading import Operation

_SUBJECTS = {
    "PUB": (0, 1),
    "HPUB": (0, 1),
    "MSG": (0, 2),
    "HMSG": (0, 2),
    "SUB": (0, 1),
}
"""Verb → which of its names are subjects, or a queue group."""
_RANDOM = 23  # a dot and what is random at the end of an inbox


def hide_subjects(operation: Operation, conceal: Concealment) -> None:
    """Hide in an operation what is to be hidden of its subjects."""
    names = list(operation.names)
    last = len(names) - (operation.verb == "SUB")  # which ends with its number
    for index in _SUBJECTS.get(operation.verb, ()):
        if index < last:
            names[index] = _hidden(names[index], conceal)
    if names != operation.names:
        operation.sent, operation.names = operation.line, names
        operation.line = _with_names(operation.line, names)


def hidden_subject(subject: str, conceal: Concealment) -> str:
    """Return a subject as it may be shown."""
    return subject_of(_hidden(subject.encode("utf-8", "surrogateescape"), conceal))


def _hidden(name: bytes, conceal: Concealment) -> bytes:
    if looks_random(subject_of(name)):
        return conceal.channel(name[:-_RANDOM]) + name[-_RANDOM:]
    return conceal.channel(name)


def _with_names(line: bytes, names: list[bytes]) -> bytes:
    """Return a line with other names of the same lengths; a name may have blanks."""
    words = b" ".join(names).split(b" ")
    shown = bytearray(line)
    for (begin, end), word in zip(spans_of(line)[1:], words, strict=False):
        shown[begin:end] = word
    return bytes(shown)
