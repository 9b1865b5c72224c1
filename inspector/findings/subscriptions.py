"""What peers have subscribed to at brokers, to say what a call may be meant for.

Source: ``docs.nats.io``, client protocol (``SUB <subject> [queue group] <sid>``) and
subject-based messaging (``*`` stands for one token, a last ``>`` for one or more); of
RabbitMQ ``rabbitmq.com/tutorials``, topics (``#`` stands for any number of words).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle

from .likeness import Likeness

if TYPE_CHECKING:
    from inspector.calls.seen import Upkeep

MAX_SUBJECTS = 4096
"""Subjects at one broker that are remembered."""
MAX_BROKERS = 64
"""Brokers at which any are."""
_SUBSCRIBES = "SUB"
_INBOX = "_INBOX."


class Subscriptions:
    """The subjects that were subscribed to, at each broker.

    Args:
        most_subjects: Subjects at one broker that are remembered.
        most_brokers: Brokers at which any are.
    """

    def __init__(
        self, most_subjects: int = MAX_SUBJECTS, most_brokers: int = MAX_BROKERS
    ) -> None:
        self._most_subjects, self._most_brokers = most_subjects, most_brokers
        self._brokers: dict[str, dict[str, str]] = {}  # subject → who, first
        self._likeness = Likeness()

    def note(self, upkeep: Upkeep) -> None:
        """Learn of a subscription, if it is one that is not for replies."""
        unit = upkeep.unit
        subject = _subject_of(unit) if type(unit) is Idle else ""
        if not subject:
            return
        connection = upkeep.direction.connection
        subjects = self._brokers.get(connection.server_text)
        if subjects is None:
            if len(self._brokers) >= self._most_brokers:
                return
            subjects = self._brokers[connection.server_text] = {}
        if len(subjects) < self._most_subjects:
            subjects.setdefault(subject, connection.client_text)

    def known(self, broker: str) -> int:
        """Return how many subjects are known to be subscribed to at a broker."""
        return len(self._brokers.get(broker, ()))

    def subscriber(self, broker: str, subject: str) -> str:
        """Return who subscribes to a subject, before or after; empty for nobody.

        The first that was seen, as ``address:port``.
        """
        for pattern, who in self._brokers.get(broker, {}).items():
            if covers(pattern, subject):
                return who
        return ""

    def closest(self, broker: str, subject: str) -> str:
        """Return the subject at a broker that is most like another, or nothing."""
        known = [each for each in self._brokers.get(broker, {}) if each != subject]
        return self._likeness.closest(broker, subject, known)

    def elsewhere(self, broker: str, subject: str) -> str:
        """Return another broker where somebody subscribes to a subject, or nothing."""
        for other, subjects in self._brokers.items():
            if other != broker and any(covers(each, subject) for each in subjects):
                return other
        return ""


def _subject_of(unit: Idle) -> str:
    """Return what a unit subscribes to, if anything, and not for replies."""
    if unit.verb != _SUBSCRIBES:
        return unit.subscribes
    words = unit.text.decode("utf-8", "replace").split()
    if len(words) < 2 or words[1].startswith(_INBOX):  # noqa: PLR2004 — SUB, subject
        return ""
    return words[1]


def covers(pattern: str, subject: str) -> bool:
    """Whether what is sent to a subject reaches who has subscribed to a pattern."""
    if pattern == subject:
        return True
    if "#" in pattern:
        return _covers_any(pattern.split("."), subject.split("."))
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted.pop()
        if len(tokens) <= len(wanted):
            return False
        tokens = tokens[: len(wanted)]
    return len(wanted) == len(tokens) and all(
        one in {"*", other} for one, other in zip(wanted, tokens, strict=True)
    )


def _covers_any(wanted: list[str], words: list[str]) -> bool:
    """Whether words fit a pattern in which ``#`` stands for any number of them."""
    reached = {0}  # how many words the pattern may have taken until here
    for each in wanted:
        if each == "#":
            reached = set(range(min(reached), len(words) + 1)) if reached else set()
        else:
            fitting = {at for at in reached if at < len(words)}
            reached = {at + 1 for at in fitting if each in {"*", words[at]}}
    return len(words) in reached
