"""What peers have subscribed to at brokers, to say what a call may be meant for.

What a pattern with wildcards covers, each carrier has its own rules for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle

from .broker_words import words_of
from .likeness import Likeness

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.calls.seen import Upkeep

MAX_SUBJECTS = 4096
"""Subjects at one broker that are remembered."""
MAX_BROKERS = 64
"""Brokers at which any are."""


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
        self._carriers: dict[str, str] = {}
        self._likeness = Likeness()

    def note(self, upkeep: Upkeep) -> None:
        """Learn of a subscription, if it is one that is not for replies."""
        unit = upkeep.unit
        if type(unit) is not Idle or not unit.channels:
            return
        connection = upkeep.direction.connection
        subjects = self._brokers.get(connection.server_text)
        if subjects is None:
            if len(self._brokers) >= self._most_brokers:
                return
            subjects = self._brokers[connection.server_text] = {}
            self._carriers[connection.server_text] = upkeep.carrier
        for channel in unit.channels:
            if len(subjects) < self._most_subjects:
                subjects.setdefault(channel, connection.client_text)

    def known(self, broker: str) -> int:
        """Return how many subjects are known to be subscribed to at a broker."""
        return len(self._brokers.get(broker, ()))

    def subscriber(self, broker: str, subject: str) -> str:
        """Return who subscribes to a subject, before or after; empty for nobody.

        The first that was seen, as ``address:port``.
        """
        covers = self._covering(broker)
        subjects = self._brokers.get(broker, {})
        found = (who for each, who in subjects.items() if covers(each, subject))
        return next(found, "")

    def _covering(self, broker: str) -> Callable[[str, str], bool]:
        """Return what says of a broker's carrier whether a pattern covers a subject."""
        return words_of(self._carriers.get(broker, "")).covers

    def closest(self, broker: str, subject: str) -> str:
        """Return the subject at a broker that is most like another, or nothing."""
        known = [each for each in self._brokers.get(broker, {}) if each != subject]
        return self._likeness.closest(broker, subject, known)

    def elsewhere(self, broker: str, subject: str) -> str:
        """Return another broker where somebody subscribes to a subject, or nothing."""
        for other, subjects in self._brokers.items():
            covers = self._covering(other)
            if other != broker and any(covers(each, subject) for each in subjects):
                return other
        return ""
