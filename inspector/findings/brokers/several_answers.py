"""A call that several services answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.serving import answers_of
from inspector.findings.broker_words import words_of
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_FEWEST = 2
_DEAD = "dead letter"


@finding("several-answers", Severity.WARNING, about=Exchange, needs=ROUNDABOUT, rank=48)
class SeveralAnswers(Rule[Exchange]):
    """A call that several services answered."""

    see = "exchanges --where 'handlers[1] != undefined'"
    # The last surplus reply may be seen on either side of the broker.
    either_side = True

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        return (
            passage is not None
            and call.kind is Kind.MESSAGE
            and len(answers_of(passage)) >= _FEWEST
        )

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        count = len(answers_of(call.passage))
        subject = _DEAD if call.passage.dead else call.route or ""
        return Details(subject=subject, detail=str(count), size=count - 1)

    def message(self, finding: Finding) -> str:
        return f"{finding.size + 1:,} services answered {finding.name}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'call')} answered more than once"

    def cause(self, group: FindingGroup) -> str:
        most = max(map(int, group.details), default=_FEWEST)
        words = words_of(group.first.connection.carrier)
        upto = "up to " if len(group.details) > 1 else ""
        several = words.several
        if group.first.subject == _DEAD:
            several = "since a queue did not keep it: it went on as a dead letter"
        return (
            f"{group.named_exchanges()}: {upto}{most:,} services had the same request, "
            f"{several}. Each ran its handler; the caller takes the first reply, "
            f"and drops the {_others(group.size)}. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _DEAD:
            return (
                "let the consumer of dead letters only keep them: its reply is surplus"
            )
        return words_of(finding.connection.carrier).one_of_them


def _others(count: int) -> str:
    return "other" if count == 1 else f"{count:,} others"
