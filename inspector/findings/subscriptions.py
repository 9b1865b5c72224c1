"""What peers have subscribed to at brokers, to say what a call may be meant for.

What a pattern with wildcards covers, each carrier has its own rules for.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from inspector.carriers.base import Idle
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .likeness import Likeness

if TYPE_CHECKING:
    from inspector.calls.seen import Upkeep

    from .broker_words import BrokerWords, words_of
else:  # decision 158
    words_of = on_demand("inspector.findings.broker_words:words_of")

MAX_SUBJECTS = 4096
"""Subjects at one broker that are remembered."""
MAX_BROKERS = 64
"""Brokers at which any are."""
MAX_SOUGHT = 1024
"""Subjects that were looked for, and of which it is remembered who subscribes."""
MAX_WORK = 50_000_000
"""Pairs of characters, of patterns and subjects, that are compared in all; whoever
sends so much is told nothing of who subscribes."""


class _At(NamedTuple):
    """What was subscribed to at one broker.

    Attributes:
        words: What is said of its carrier.
        subjects: Each subject, or pattern → who was the first to subscribe to it.
        patterns: Those that cover more than themselves.
        sought: Subjects that were looked for → how many of the patterns, and who.
    """

    words: BrokerWords
    subjects: dict[str, str]
    patterns: list[str]
    sought: dict[str, tuple[int, str]]

    def add(self, subject: str, who: str) -> None:
        """Learn who subscribes to a subject, or to a pattern."""
        if subject not in self.subjects:
            self.subjects[subject] = who
            if not self.words.wild.isdisjoint(subject):
                self.patterns.append(subject)


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
        self._brokers: dict[str, _At] = {}
        self._likeness = Likeness()
        self._work = MAX_WORK

    def note(self, upkeep: Upkeep) -> None:
        """Learn of a subscription, if it is one that is not for replies."""
        unit = upkeep.unit
        if type(unit) is not Idle or not unit.channels:
            return
        connection = upkeep.direction.connection
        at = self._brokers.get(connection.server_text)
        if at is None:
            if len(self._brokers) >= self._most_brokers:
                return
            at = _At(words_of(upkeep.carrier), {}, [], {})
            self._brokers[connection.server_text] = at
        for channel in unit.channels:
            if len(at.subjects) < self._most_subjects:
                at.add(channel, connection.client_text)

    def known(self, broker: str) -> int:
        """Return how many subjects are known to be subscribed to at a broker.

        None any more where that is too much to look through.
        """
        at = self._brokers.get(broker)
        return 0 if at is None or self._work < 0 else len(at.subjects)

    def subscriber(self, broker: str, subject: str) -> str:
        """Return who subscribes to a subject, before or after; empty for nobody.

        The first that was seen, as ``address:port``; who has named it before any whose
        pattern covers it.
        """
        at = self._brokers.get(broker)
        return "" if at is None else self._who(at, subject)

    def _who(self, at: _At, subject: str) -> str:
        """Return who subscribes to a subject at a broker.

        A subject is compared with each pattern once, however often it is looked for.
        """
        if at.words.wild.isdisjoint(subject) and subject in at.subjects:
            return at.subjects[subject]
        seen, who = at.sought.get(subject, (0, ""))
        if who or seen == len(at.patterns):
            return who
        who = self._covering(at, subject, seen)
        if len(at.sought) >= MAX_SOUGHT:
            at.sought.clear()
        at.sought[subject] = len(at.patterns), who
        return who

    def _covering(self, at: _At, subject: str, seen: int) -> str:
        """Return who has subscribed to a pattern, after some, that covers a subject."""
        for each in islice(at.patterns, seen, None):
            self._work -= (len(each) + 1) * (len(subject) + 1)
            if self._work < 0:
                return ""
            if at.words.covers(each, subject):
                return at.subjects[each]
        return ""

    def closest(self, broker: str, subject: str) -> str:
        """Return the subject at a broker that is most like another, or nothing."""
        at = self._brokers.get(broker)
        known = [] if at is None else [each for each in at.subjects if each != subject]
        return self._likeness.closest(broker, subject, known)

    def elsewhere(self, broker: str, subject: str) -> str:
        """Return another broker where somebody subscribes to a subject, or nothing."""
        others = (other for other in self._brokers.items() if other[0] != broker)
        return next((name for name, at in others if self._who(at, subject)), "")
