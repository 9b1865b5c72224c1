from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange
from inspector.findings import registry
from inspector.findings.evidence import Payload
from inspector.findings.finding import Severity
from inspector.findings.payload_rule import PayloadRule
from inspector.findings.registry import LAST, finding, registered
from inspector.findings.rule import Rule
from inspector.findings.signs import FAILED, TEXT

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


class _Toy(Rule[Exchange]):
    """Any exchange."""

    fix = "nothing"

    def message(self, _finding: Finding) -> str:
        return "an exchange"

    def headline(self, _group: FindingGroup) -> str:
        return "exchanges"

    def cause(self, group: FindingGroup) -> str:
        return f"They are there. {group.packets()}"


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be registered, and what a test registers be forgotten."""
    monkeypatch.setattr(registry, "_registered", {})


def test_a_registered_finding_knows_what_was_said_of_it() -> None:
    finding("toy", Severity.NOTE, about=Exchange, needs=FAILED, rank=7, carrier="nats")(
        _Toy
    )
    rule = registered()["toy"]

    assert isinstance(rule, _Toy)
    assert (rule.code, rule.severity, rule.about) == ("toy", "note", Exchange)
    assert (rule.needs, rule.rank, rule.carrier) == (FAILED, 7, "nats")


def test_findings_stand_by_rank_and_those_without_one_last_by_code() -> None:
    for code, rank in (("b", LAST), ("c", 5), ("d", 4)):
        finding(code, Severity.NOTE, about=Exchange, rank=rank)(_Toy)
    finding("a", Severity.NOTE, about=Exchange)(_Toy)

    assert list(registered()) == ["d", "c", "a", "b"]


def test_a_finding_is_asked_always_unless_it_or_its_class_says_otherwise() -> None:
    class Words(PayloadRule):
        message = _Toy.message
        headline = _Toy.headline
        cause = _Toy.cause

    finding("always", Severity.NOTE, about=Exchange)(_Toy)
    finding("text", Severity.NOTE, about=Payload)(Words)

    assert (registered()["always"].needs, registered()["text"].needs) == (0, TEXT)


def test_a_code_belongs_to_one_finding() -> None:
    finding("toy", Severity.NOTE, about=Exchange)(_Toy)

    with pytest.raises(ValueError, match="two findings have the code toy"):
        finding("toy", Severity.NOTE, about=Exchange)(_Toy)


def test_a_finding_without_words_is_refused() -> None:
    class Mute(Rule[Exchange]):
        """It says nothing."""

    with pytest.raises(TypeError, match="message"):
        finding("mute", Severity.NOTE, about=Exchange)(Mute)  # type: ignore[type-abstract]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        *(("code", 5), ("severity", "fatal"), ("about", "Exchange"), ("rank", None)),
        *(("needs", "x"), ("carrier", 5)),
    ],
)
def test_what_is_said_of_a_finding_has_its_type(part: str, value: object) -> None:
    said = {"code": "toy", "severity": Severity.NOTE, "about": Exchange, part: value}
    with pytest.raises(TypeError, match=f"{part} of a finding is"):
        finding(**said)(_Toy)  # type: ignore[arg-type]

    assert not registered()
