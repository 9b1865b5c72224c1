"""What no queue gets.

Source: ``client/client-rmq.ts``, ``publish``: with ``wildcards`` the routing key is the
pattern as JSON, in the order of its keys; ``server/server-rmq.ts``, ``setupChannel``:
it binds the route, whose keys are sorted. ``rabbitmq.com/docs/publishers``: what no
queue is bound for is dropped, and confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.evidence import request_place
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import ROUNDABOUT
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_ORDER, _RETURNED, _DROPPED = "keys in another order", "returned", "dropped"


@finding(
    "unroutable",
    Severity.ERROR,
    about=Exchange,
    needs=ROUNDABOUT,
    rank=21,
    carrier="rabbitmq",
)
class Unroutable(Rule[Exchange]):
    """What no queue gets."""

    see = "exchanges --fields 'number, route, channel, outcome'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        return (
            passage is not None
            and call.kind is not Kind.ORPHAN
            and passage.asked
            and not passage.served
            and not call.gapped
            and call.connection.unseen is None
        )

    def place(self, call: Exchange) -> Place:
        return request_place(call)

    def details(self, call: Exchange, context: Context) -> Details | None:
        """Return nothing where the capture may merely lack who takes it."""
        passage = call.passage
        assert passage is not None
        channel, broker = passage.channel, call.connection.server_text
        if passage.unwanted:
            return Details(subject=_RETURNED, detail=shown(channel))
        known = context.habits.subscriptions
        if not known.known(broker) or known.subscriber(broker, channel):
            return None
        route = call.route or ""
        ordered = channel.startswith("{") and known.subscriber(broker, route)
        return Details(subject=_ORDER if ordered else _DROPPED, detail=shown(channel))

    def message(self, finding: Finding) -> str:
        did = "returned it" if finding.subject == _RETURNED else "dropped it"
        return f"no queue is bound for {finding.detail}: {finding.broker} {did}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} that no queue gets"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        named, broker = group.named_exchanges(), first.broker
        what = f"{named} went to {group.example()}, for which no queue is bound"
        if first.subject == _ORDER:
            what = (
                f"{named} went to {group.example()}; its service is bound to "
                f"{shown(first.route or '')}, with the keys in another order"
            )
        done = (
            "returned them"
            if first.subject == _RETURNED
            else "dropped and confirmed them"
        )
        return (
            f"{what}: {broker} {done}, and a call waits without end. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _ORDER:
            return "send the pattern with its keys in alphabetical order, or a string"
        return "start a service that handles that pattern, or declare its queue before"
