"""What a kind of finding is: when it applies, and its words.

Each kind is a class in a file of its own, in the rooms of this package, registered by
the decorator of :mod:`.registry`::

    gate     about (what it is judged from), needs, applies
    finding  place (where it shows), details (what its words need)
    words    message (of one, for JSON lines), headline and cause (of several, for
             people), hint and advice (what to do, about one and about several)
    order    rank (among other kinds), weight (among others of its kind)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from protocol.named_tuple import NamedTuple

from .evidence import place_of
from .finding import Finding
from .servers import Servers
from .unread import Unread

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.ranges import RangeSet
    from protocol import NestVersion

    from .conclusions import Conclusion
    from .finding import Place, Severity
    from .groups import FindingGroup
    from .habits import Habits

Evidence = TypeVar("Evidence")
Kept = TypeVar("Kept")


class Context:
    """What an inspection knows besides what a finding is judged from.

    Args:
        nest: The version of Nest whose behaviour is assumed where versions differ.
        habits: How the patterns of all services are used.
        servers: The servers that there are; none are known where it is left out.

    Attributes:
        unread: Where clients have sent what Nest cannot read.
    """

    def __init__(
        self, nest: NestVersion, habits: Habits, servers: Servers | None = None
    ) -> None:
        self.nest = nest
        self.habits = habits
        self.servers = servers or Servers()
        self.unread = Unread()
        self._kept: dict[Callable[[], Any], Any] = {}

    def keep(self, make: Callable[[], Kept]) -> Kept:
        """Return what a finding keeps of this inspection, the same each time.

        Args:
            make: Makes it when it is asked for first: a class of the finding's own,
                whose instances take bounded memory.
        """
        if make not in self._kept:
            self._kept[make] = make()
        kept: Kept = self._kept[make]
        return kept


class Details(NamedTuple):
    """What the words of a finding need to know of its evidence.

    Attributes:
        severity: How much it matters here; None for what its kind matters.
        subject: What it is about in a word; others are grouped apart.
        detail: What more there is to say, in words.
        duration_ns: How long something took, in nanoseconds.
        size: How many bytes, frames or segments it is about.
        ended_in: The record that ended its connection; 0 where that does not matter.
        conclusion: What it was judged from, where that is what many exchanges show.
        further: The records in which it shows besides that of its place.
        others: The numbers of the exchanges that it is about besides that of its place.
    """

    severity: Severity | None = None
    subject: str = ""
    detail: str = ""
    duration_ns: int = 0
    size: int = 0
    ended_in: int = 0
    conclusion: Conclusion | None = None
    further: RangeSet | None = None
    others: RangeSet | None = None


class Rule(ABC, Generic[Evidence]):
    """A kind of finding.

    There is one of each for all inspections: what it has to remember of exchanges that
    came before, it keeps in the context.

    Attributes:
        code: Its name in JSON lines and in ``docs/findings.md``; stable.
        severity: How much it matters, unless a finding says otherwise.
        about: The type of what it is judged from.
        needs: Signs of which an exchange must show one to be worth a look; 0 for none.
        rank: Its place in the report among findings of equal severity.
        carrier: The name of the carrier whose connections it is for; None for all.
        fix: What to do about it.
        see: The command that shows what it is about, without program and capture, as
            ``exchanges --sort latency``; empty where the report itself does.
        either_side: Whether it is the same whichever side caused it.
        missing: Whether it says that packets are missing, which is no finding where
            they were left out on purpose.
    """

    code: str
    severity: Severity
    about: type
    needs: int = 0
    rank: int
    carrier: str | None
    fix: str = ""
    see: str = ""
    either_side: bool = False
    missing: bool = False

    @property
    def order(self) -> tuple[int, str]:
        """Its place among all kinds of its severity."""
        return self.rank, self.code

    def applies(self, _evidence: Evidence, /) -> bool:
        """Whether the evidence shows it; asked for all that it may show in."""
        return True

    def place(self, evidence: Evidence, /) -> Place:
        """Return where it shows."""
        return place_of(evidence)

    def details(self, _evidence: Evidence, _context: Context, /) -> Details | None:
        """Return what its words need; None where a closer look shows nothing."""
        return Details()

    def find(self, evidence: Evidence, context: Context) -> Finding | None:
        """Return what the evidence shows; None where that is not this finding."""
        if not self.applies(evidence):
            return None
        details = self.details(evidence, context)
        if details is None:
            return None
        place = self.place(evidence)
        return Finding(
            rule=self,
            severity=details.severity or self.severity,
            connection=place.connection,
            side=place.side,
            packet=place.packet,
            exchange=place.exchange,
            route=place.route,
            subject=details.subject,
            detail=details.detail,
            duration_ns=details.duration_ns,
            size=details.size,
            ended_in=details.ended_in,
            conclusion=details.conclusion,
            further=details.further,
            others=details.others,
            time_ns=place.time_ns,
            last_ns=details.conclusion.last_ns if details.conclusion else 0,
            nest=context.nest,
            servers=context.servers,
            habits=context.habits,
            served=place.server,
            channel=place.channel,
        )

    @abstractmethod
    def message(self, finding: Finding, /) -> str:
        """Return what happened in one case, as a sentence without its full stop."""

    @abstractmethod
    def headline(self, group: FindingGroup, /) -> str:
        """Return what happened in all cases, in a few words."""

    @abstractmethod
    def cause(self, group: FindingGroup, /) -> str:
        """Return why, and where, in whole sentences."""

    def hint(self, _finding: Finding, /) -> str:
        """Return what to do about it, without a full stop."""
        return self.fix

    def advice(self, group: FindingGroup, /) -> str:
        """Return what to do about all cases; that of the first, if it fits all."""
        return self.hint(group.first)

    def weight(self, group: FindingGroup, /) -> int:
        """Return how bad the cases are among others of their kind, and severity."""
        return group.count
