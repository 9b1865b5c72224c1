from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.figures.health import assess
from inspector.figures.health_words import clauses, judge_health
from tests.inspector.conversation import Inspected, inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, said_of
from tests.inspector.views.closeups import closeup

if TYPE_CHECKING:
    from inspector.views.closeup import Closeup

_WELL, _SILENT = Call(0, "pay", "well", 1), Call(0, "pay", "silence", 100)
_OTHER = Call(0, "log", "well", 100)

TRACE = Trace(
    lambda: captured([*[_WELL] * 3, *[_SILENT, _OTHER] * 5], given_up=True),
    lambda: captured([*[_WELL] * 3, *[_SILENT] * 2, *[_OTHER] * 8], given_up=True),
    companions=frozenset({"unanswered"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "silent-pattern") == Sentences(
        message="pay has no reply from 11:06:40.004 UTC on",
        headline="pay has no reply from 11:06:40.004 UTC on",
        cause=(
            "5 calls (#4 #6 #8 and 2 more) had no reply within 1.00 s, while "
            "10.0.1.0:8888 answered other patterns until 11:06:41.006 UTC. Before that "
            "it had answered 3 calls of the pattern, in 1.10 ms at the median. Packet "
            "16."
        ),
        hint=(
            "look at what its handler has waited for since that time: a lock, a pool, "
            "a service behind it; timeout() on the client bounds the wait"
        ),
    )


def _seen(calls: list[Call]) -> Inspected:
    return inspected(captured(calls, given_up=True).records)


@pytest.mark.parametrize(
    ("calls", "silent"),
    [
        ([*[_WELL] * 3, *[_SILENT, _OTHER] * 5], True),
        ([*[_WELL] * 2, *[_SILENT, _OTHER] * 5], False),  # maybe it takes long
        ([*[_WELL] * 3, *[_SILENT, _OTHER] * 2, *[_OTHER] * 8], False),  # by chance
        ([*[_WELL] * 3, *[_SILENT, _OTHER] * 5, _WELL], False),  # it answers again
        ([*[_WELL] * 3, _SILENT, _WELL, *[_SILENT, _OTHER] * 5], True),
        ([*[_WELL] * 3, *[_OTHER] * 9, *[_SILENT] * 9], False),  # nothing else either
        ([*[_WELL] * 2, _WELL._replace(wait_ms=900), *[_SILENT, _OTHER] * 5], False),
        ([*[_WELL] * 3, *[_SILENT, _OTHER._replace(server=1)] * 5], False),
    ],
)
def test_a_pattern_is_silent_while_its_server_answers_others(
    calls: list[Call], *, silent: bool
) -> None:
    assert ("silent-pattern" in _seen(calls).codes) is silent


def test_the_verdict_says_since_when() -> None:
    report = _seen([*[_WELL] * 3, *[_SILENT, _OTHER] * 5]).report
    health = assess(report)
    judged = judge_health(report, health)

    assert judged is not None
    assert judged.sentence == "pay has no reply from 11:06:40.004 UTC on (5 calls)."
    assert "silent-pattern" in clauses(report, health)


def test_it_stands_at_each_of_its_calls() -> None:
    wire = captured([*[_WELL] * 3, *[_SILENT, _OTHER] * 5], given_up=True)

    def has(found: Closeup) -> bool:
        return "silent-pattern" in [each.code for each in found.findings]

    assert [has(closeup(wire, number)) for number in (1, 4, 5, 6, 12, 13)] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]
