"""The words of all findings, whatever their number, are grammatical."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector.findings.catalogue import rules
from inspector.findings.groups import FindingGroup
from tests.inspector.conversation import inspected
from tests.inspector.scenes import SMALL_LIMITS, Sentences, sentences, small_limits
from tests.inspector.traces import TRACES

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

NOUNS = [
    "burst",
    "call",
    "connection",
    "error",
    "event",
    "exchange",
    "frame",
    "hole",
    "id",
    "key",
    "message",
    "packet",
    "pattern",
    "reply",
    "request",
    "segment",
    "stream",
    "time",
]
_SINGULAR = "|".join(NOUNS)
_PLURAL = "|".join(noun.removesuffix("y") + "ies" if noun == "reply" else noun + "s"
                   for noun in NOUNS)  # fmt: skip
_ONE_OF_MANY = re.compile(rf"(?<![\d,.#:])1 (?:[a-z]+ )?(?:{_PLURAL})\b")
_MANY_OF_ONE = re.compile(
    rf"(?<![.,:])\b(?!1 )[\d,]+ (?:event |message )?(?:{_SINGULAR})\b(?! pattern)"
)
_PAIR_OF_ONE = re.compile(r"\band [^.:]*\) (?:is|was|has|does)\b")
_ONE_OF_PAIR = re.compile(r"^[^.:,]*\) (?:are|were|have|do)\b")
_NUMBERS = re.compile(r"Packets? ([\d –]+)")


@pytest.fixture(scope="module")
def first() -> dict[str, Finding]:
    """Return code → the finding of its trace."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        small_limits(patch)
        for code, trace in TRACES.items():
            result = inspected(trace.triggers().records, limits=SMALL_LIMITS)
            found[code] = next(each for each in result.findings if each.code == code)
    return found


def _group(finding: Finding, places: list[tuple[int, int, int]]) -> FindingGroup:
    """Return findings like one, each with its packet, exchange and size."""
    group = FindingGroup(finding)
    for packet, exchange, size in places:
        route = finding.route and f"{finding.route}{exchange % 7}"
        number = None if finding.exchange is None else exchange
        group.add(
            replace(finding, packet=packet, exchange=number, route=route, size=size)
        )
    return group


def _check(said: Sentences, code: str) -> None:
    for text in said:
        assert not _ONE_OF_MANY.search(text), f"{code}: {text}"
        assert not _MANY_OF_ONE.search(text), f"{code}: {text}"
    assert not _PAIR_OF_ONE.search(said.cause), f"{code}: {said.cause}"
    assert not _ONE_OF_PAIR.search(said.cause.partition(" and ")[0]), said.cause


def _check_packets(cause: str, packets: list[int], code: str) -> None:
    numbers = _NUMBERS.search(cause)
    assert numbers is not None, f"{code}: {cause}"
    shown = numbers[1].split()
    assert len(shown) == len(set(shown)), f"{code}: {cause}"
    assert cause.count("Packets ") == (len(set(packets)) > 1), f"{code}: {cause}"


@given(
    places=st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 12), st.integers(1, 3)),
        min_size=1,
        max_size=12,
    )
)
def test_words_agree_with_any_number_of_findings(
    first: dict[str, Finding], places: list[tuple[int, int, int]]
) -> None:
    packets = [packet for packet, _, _ in places]
    for code, finding in first.items():
        said = sentences(_group(finding, places))
        _check(said, code)
        _check_packets(said.cause, packets, code)


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_what_is_said_of_one_finding_agrees_with_its_size(
    first: dict[str, Finding], size: int
) -> None:
    for code, finding in first.items():
        text = finding.rule.message(replace(finding, size=size))
        _check(Sentences(text, "", "", finding.hint), code)


def test_a_verb_agrees_with_the_names_before_it(
    first: dict[str, Finding],
) -> None:
    one, two = [(4, 1, 1), (6, 8, 1)], [(4, 1, 1), (6, 2, 1)]
    verbs = {
        "no-handler": ("has", "have"),
        "value-after-end": ("was", "were"),
        "request-to-event-handler": ("is", "are"),
        "many-spellings": ("is", "are"),
    }
    for code, (singular, plural) in verbs.items():
        for places, verb in ((one, singular), (two, plural)):
            cause = rules()[code].cause(_group(first[code], places))
            assert re.search(rf"\) {verb} ", cause), cause


def test_the_words_that_are_checked_for_are_found() -> None:
    for wrong in ("1 replies", "1 message patterns", "1 times"):
        assert _ONE_OF_MANY.search(wrong)
    for wrong in ("2 reply", "1,000 event pattern", "0 time", "12 connection."):
        assert _MANY_OF_ONE.search(wrong)
    for right in ("1 reply", "2 replies", "11 events", "#1 packets", "1,001 frames"):
        assert not _ONE_OF_MANY.search(right), right
        assert not _MANY_OF_ONE.search(right), right
    assert _PAIR_OF_ONE.search("a (#1) and b (#2) was already over")
