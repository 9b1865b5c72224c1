from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.findings import registry
from inspector.findings.catalogue import rules
from inspector.findings.evidence import Payload
from inspector.findings.finding import Severity
from inspector.findings.guarding import (
    GuardedPayloadRule,
    GuardedRule,
    guarded,
)
from inspector.findings.payload_rule import PayloadRule
from inspector.findings.registry import FindingsWarning, finding, registered
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import TEXT
from tests.inspector.conversation import inspected
from tests.inspector.scenes import ANSWERED, replies, sentences

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


class _Words:
    fix = "nothing"
    either_side = True

    def message(self, _finding: Finding) -> str:
        return "an exchange"

    def headline(self, _group: FindingGroup) -> str:
        return "exchanges"

    def cause(self, group: FindingGroup) -> str:
        return f"They are there. {group.packets()}"


class _Sound(_Words, Rule[Exchange]):
    """Any exchange."""


class _Broken(_Words, Rule[Exchange]):
    """Any exchange, and whether it is one cannot be said."""

    def applies(self, call: Exchange) -> bool:
        raise KeyError(call.number)


class _Mute(Rule[Exchange]):
    """Any exchange, without words."""

    def message(self, _finding: Finding) -> str:
        raise ValueError("no message")

    def headline(self, _group: FindingGroup) -> str:
        raise ValueError("no headline")

    def cause(self, _group: FindingGroup) -> str:
        raise ValueError("no cause")

    def hint(self, _finding: Finding) -> str:
        raise ValueError("no hint")

    def weight(self, _group: FindingGroup) -> int:
        raise ValueError("no weight")


class _Blind(_Words, PayloadRule):
    """Any payload, and a glance at one fails."""

    shortest = 1

    def glance(self, text: str) -> bool:
        raise RuntimeError(text)

    def applies(self, payload: Payload) -> bool:
        return payload.word == "reply"


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a test registers be forgotten after it."""
    monkeypatch.setattr(registry, "_registered", dict(rules()))


def _plug_in(kind: type[Rule[Exchange]]) -> Rule[Exchange]:
    finding("theirs", Severity.WARNING, about=Exchange, rank=5, carrier="tcp")(kind)
    rule = guarded(registered()["theirs"])
    registry.replace(rule)
    return rule


def test_a_sound_one_is_as_it_is_without_a_guard() -> None:
    rule = _plug_in(_Sound)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = inspected(replies(ANSWERED)().records)
    (group,) = result.report.findings.values()
    said = sentences(group)

    assert (rule.code, rule.severity, rule.about) == ("theirs", "warning", Exchange)
    assert (rule.needs, rule.rank, rule.carrier) == (0, 5, "tcp")
    assert (rule.fix, rule.either_side) == ("nothing", True)
    assert (said.message, said.headline) == ("an exchange", "exchanges")
    assert (said.cause, said.hint) == ("They are there. Packet 5.", "nothing")
    assert (rule.advice(group), rule.weight(group)) == ("nothing", 1)
    assert type(rule) is GuardedRule


def test_one_that_cannot_be_judged_finds_nothing_and_says_so_once() -> None:
    _plug_in(_Broken)
    with pytest.warns(
        FindingsWarning, match=r"finding theirs fails to find: KeyError: 1"
    ) as caught:
        found = [inspected(replies(ANSWERED)().records).findings for _ in range(2)]

    assert found == [[], []]
    assert len(caught) == 1


def test_one_whose_words_fail_shows_its_code() -> None:
    rule = _plug_in(_Mute)
    (group,) = inspected(replies(ANSWERED)().records).report.findings.values()
    with pytest.warns(FindingsWarning) as caught:
        said, *more = sentences(group), rule.advice(group), rule.weight(group)

    assert more == ["", 1]
    assert (said.message, said.headline) == ("theirs", "theirs")
    assert (said.cause, said.hint) == ("Packet 5.", "")
    assert [str(each.message).partition(": ")[0] for each in caught] == [
        f"finding theirs fails to {part}"
        for part in ("message", "headline", "cause", "hint", "advice", "weight")
    ]


def test_where_a_glance_fails_a_closer_look_is_taken() -> None:
    finding("theirs", Severity.NOTE, about=Payload)(_Blind)
    rule = guarded(registered()["theirs"])
    registry.replace(rule)
    with pytest.warns(FindingsWarning, match="theirs fails to glance"):
        result = inspected(replies(ANSWERED)().records)

    assert isinstance(rule, GuardedPayloadRule)
    assert (rule.shortest, rule.needs) == (1, TEXT)
    assert [each.packet for each in result.findings] == [5]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        *(("severity", "fatal"), ("subject", 5), ("detail", None)),
        *(("duration_ns", 1.5), ("size", "x")),
    ],
)
def test_details_of_another_type_are_a_failure(part: str, value: object) -> None:
    class Odd(_Sound):
        def details(self, _call: Exchange, _context: Context) -> Details:
            return Details(**{part: value})  # type: ignore[arg-type]

    _plug_in(Odd)
    with pytest.warns(FindingsWarning, match=f"fails to find: TypeError: {part} is of"):
        assert not inspected(replies(ANSWERED)().records).findings
