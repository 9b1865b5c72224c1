from __future__ import annotations

from string import ascii_lowercase

from tests.inspector.conversation import SERVER, failure, inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, begun, group_in, said_of, sentences

TRACE = Trace(
    lambda: captured(
        [Call(0, "pay", "thrown", 4000)] * 3 + [Call(0, "log", "well", 1)]
    ),
    lambda: captured(
        [Call(0, "pay", "404", 4000)] * 3 + [Call(0, "pay", "thrown", 1)] * 2
    ),
    companions=frozenset({"slow-pattern"}),
)


def test_one_text_and_one_time_are_a_limit_that_ran_out() -> None:
    assert said_of(TRACE, "failing-pattern") == Sentences(
        message="pay failed 3 of 3 times",
        headline="pay failed 3 of 3 times: “no”",
        cause=(
            "#1–#3 on 10.0.1.0:8888, each after 4.00 s; 1 call of other patterns took "
            "1.10 ms. All have the same text and the same time: a timeout expired. "
            "Packet 11."
        ),
        hint=(
            "find out what the handler waits 4.00 s for; a caller that should give up "
            "earlier needs timeout()"
        ),
    )


def test_texts_and_times_that_differ_are_no_limit() -> None:
    calls = [Call(0, "pay", end, ms) for end, ms in (("thrown", 9), ("500", 400))] * 2
    seen = inspected(captured(calls).records)
    (found,) = (each for each in seen.findings if each.code == "failing-pattern")

    group = next(g for g in seen.report.findings.values() if g.first is found)
    cause = found.rule.cause(group)  # type: ignore[attr-defined]
    assert "after 9.10 to 400 ms" in cause
    assert "limit" not in cause
    assert found.hint == "look in the log of the service at the times of these calls"


def test_of_many_texts_no_number_is_claimed_and_those_that_differ_in_ids_are_one() -> (
    None
):
    def cause(texts: list[str]) -> str:
        wire, call = begun()
        for number, text in enumerate(texts):
            call.ask("pay", str(number)).send(SERVER, failure(str(number), text))
        return sentences(group_in(wire, "failing-pattern")).cause

    assert "16 different texts of errors" in cause(list(ascii_lowercase[:16]))
    assert "16 different texts or more of errors" in cause(list(ascii_lowercase[:17]))
    assert "different" not in cause([f"user {n} not found" for n in range(20)])


def test_a_pattern_that_nobody_handles_has_a_finding_of_its_own() -> None:
    codes = inspected(captured([Call(0, "pay", "nobody", 1)] * 9).records).codes

    assert set(codes) == {"no-handler"}
