from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.findings.finding import Place, Severity
from inspector.findings.groups import FindingGroup
from inspector.findings.habits import Habits
from inspector.findings.rule import Context, Details, Rule
from protocol import NEST_VERSIONS
from tests.inspector.conversation import inspected
from tests.inspector.scenes import ANSWERED, OWN_ERROR, replies

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from protocol import NestVersion, Response


class _Seen:
    def __init__(self) -> None:
        self.numbers: list[int] = []


class _Plain(Rule[Exchange]):
    code, severity = "plain", Severity.WARNING
    fix = "nothing"

    def message(self, finding: Finding) -> str:
        return f"{finding.subject} of {finding.route}"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.count} of them"

    def cause(self, group: FindingGroup) -> str:
        return group.packets()


class _Picky(_Plain):
    def applies(self, call: Exchange) -> bool:
        return call.outcome != "completed"

    def place(self, call: Exchange) -> Place:
        return Place(call.connection, 0, 77)

    def details(self, call: Exchange, _context: Context) -> Details | None:
        if call.outcome == "error":
            return None
        return Details(Severity.NOTE, "a call", "more", 5, 6)


def _exchange(*answers: Response) -> Exchange:
    (exchange,) = inspected(replies(*answers)().records).exchanges
    return exchange


@pytest.mark.parametrize("nest", NEST_VERSIONS, ids=lambda nest: str(nest.major))
def test_a_rule_without_a_gate_applies_with_the_last_reply(nest: NestVersion) -> None:
    exchange = _exchange(ANSWERED)
    finding = _Plain().find(exchange, Context(nest, Habits()))

    assert finding is not None
    assert (finding.code, finding.severity) == ("plain", "warning")
    assert (finding.packet, finding.sender, finding.exchange) == (5, "server", 1)
    assert (finding.route, finding.nest, finding.hint) == ("sum", nest, "nothing")
    assert finding.message == " of sum"


def test_a_rule_may_choose_place_and_details() -> None:
    exchange = _exchange()
    finding = _Picky().find(exchange, Context(NEST_VERSIONS[0], Habits()))

    assert finding is not None
    assert (finding.severity, finding.subject, finding.detail) == (
        "note",
        "a call",
        "more",
    )
    assert (finding.duration_ns, finding.size) == (5, 6)
    assert (finding.packet, finding.side, finding.exchange) == (77, 0, None)


@pytest.mark.parametrize("answer", [ANSWERED, OWN_ERROR])
def test_a_gate_or_a_closer_look_may_refuse(answer: Response) -> None:
    context = Context(NEST_VERSIONS[0], Habits())

    assert _Picky().find(_exchange(answer), context) is None


def test_several_findings_have_words_of_their_own() -> None:
    finding = _Plain().find(_exchange(ANSWERED), Context(NEST_VERSIONS[0], Habits()))
    assert finding is not None
    group = FindingGroup(finding)
    group.add(finding)

    assert _Plain().headline(group) == "1 of them"
    assert _Plain().cause(group) == "Packet 5."


def test_what_a_finding_keeps_is_that_of_one_inspection() -> None:
    one, other = (Context(NEST_VERSIONS[0], Habits()) for _ in range(2))
    one.keep(_Seen).numbers.append(1)

    assert one.keep(_Seen).numbers == [1]
    assert other.keep(_Seen).numbers == []
    assert one.keep(list) == []
