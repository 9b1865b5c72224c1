"""Services with different handlers that consume one queue.

A queue hands each message to one of its consumers, in turn. If two services share it,
each finds messages for the other in it, and answers that it has no handler.

Source: ``server/server-rmq.ts``, ``handleMessage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.serving import service_of
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding(
    "split-queue",
    Severity.ERROR,
    about=Exchange,
    needs=FAILED,
    rank=9,
    carrier="rabbitmq",
)
class SplitQueue(Rule[Exchange]):
    """Services with different handlers that consume one queue."""

    fix = (
        "give each service a queue of its own: the option queue of both, and of clients"
    )
    see = "exchanges --where 'outcome == \"no_handler\"'"

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.NO_HANDLER and call.kind is Kind.MESSAGE

    def details(self, call: Exchange, context: Context) -> Details | None:
        """Return nothing where no consumer of the queue has answered it before."""
        service = service_of(call)
        if not context.habits.answers(service, call.route):
            return None
        return Details(subject=service)

    def message(self, finding: Finding) -> str:
        return (
            f"{finding.service} has consumers without a handler for {finding.name}, "
            "which others of them answer"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'call')} in a queue of several services"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} found no handler on {group.first.service}, "
            "which answers the same at other times: services with different handlers "
            "consume it, and each has what is meant for the other. "
            f"{group.packets()}"
        )
