from __future__ import annotations

from string import ascii_lowercase

from hypothesis import given, settings

from inspector.figures.failing import failing_patterns
from tests.inspector.conversation import SERVER, failure, inspected
from tests.inspector.figures.services import Call, captured, plans
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
            "#1–#3 on 10.0.1.0:8888, after 4.00 s each; 1 call of other patterns took "
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


def _on(*ends: str) -> Sentences:
    """Return what is said of a pattern whose calls end so on three servers."""
    calls = [Call(n, "pay", end, 1) for n, end in enumerate(ends)] * 20
    return sentences(group_in(captured(calls), "failing-pattern"))


def test_a_pattern_that_fails_on_some_servers_alone_names_them() -> None:
    one, two, three = (
        _on("well", "thrown", "well"),
        _on("thrown", "well", "thrown"),
        _on("thrown", "thrown", "thrown"),
    )

    assert one.headline == "pay failed 20 of 20 times on 10.0.1.1:8888: “no”"
    assert "; of 40 calls to 2 other servers none failed. Packet" in one.cause
    assert one.hint.startswith("compare 10.0.1.1:8888 with the others: version")
    assert two.headline == "pay failed 40 of 40 times on 2 of 3 servers: “no”"
    assert " on 10.0.1.0:8888 and 10.0.1.2:8888, after" in two.cause
    assert three.headline == "pay failed 60 of 60 times: “no”"
    assert " on 10.0.1.0:8888, 10.0.1.1:8888 and 10.0.1.2:8888, after" in three.cause
    assert "other server" not in three.cause


def test_a_few_failures_elsewhere_are_counted() -> None:
    calls = [Call(0, "pay", "thrown", 1)] * 20 + [Call(1, "pay", "well", 1)] * 20
    said = sentences(
        group_in(captured([*calls, Call(1, "pay", "thrown", 1)]), "failing-pattern")
    )

    assert "; 1 of 21 failed on 1 other server. Packet" in said.cause


@settings(max_examples=60, deadline=None)
@given(plans)
def test_each_server_on_which_a_pattern_fails_is_named(plan: list[Call]) -> None:
    """By its host, in what is said of the pattern."""
    report = inspected(captured(plan).records).report
    causes = {
        each.route: sentences(group).cause
        for group in report.findings.values()
        if group.first.code == "failing-pattern"
        for each in group.concluded  # patterns that fail alike are one finding
    }

    for pattern in failing_patterns(report):
        if not pattern.lacks_handler:
            assert all(each in causes[pattern.route] for each in pattern.servers)


def test_a_pattern_that_nobody_handles_has_a_finding_of_its_own() -> None:
    codes = inspected(captured([Call(0, "pay", "nobody", 1)] * 9).records).codes

    assert set(codes) == {"no-handler"}


def _said(*calls: Call) -> Sentences:
    group = group_in(captured(list(calls)), "failing-pattern")
    said = sentences(group)
    return said._replace(hint=group.first.rule.advice(group))  # type: ignore[attr-defined]


def test_patterns_that_fail_alike_on_one_server_are_one_finding() -> None:
    names = [f"p{number}" for number in range(6)]
    well = [Call(0, name, "well", 1) for name in names] * 10
    failed = [Call(0, name, "thrown", 1) for name in names] * 10
    said = _said(*well, *failed)

    assert said.headline == "6 patterns failed 60 of 120 times: “no”"
    assert said.cause.startswith(
        "p0 (10 of 20), p1 (10 of 20), p2 (10 of 20), p3 (10 of 20) and 2 more "
        "patterns on 10.0.1.0:8888, after 1.10 ms each. All failed in a row, from "
        "11:06:40.074 UTC on: 60 calls before did not fail, and none after. Packets "
        "131 133 135"
    )
    assert said.hint == (
        "find out what changed for 10.0.1.0:8888 at 11:06:40.074 UTC; look in its log"
    )


def test_patterns_that_fail_otherwise_are_findings_of_their_own() -> None:
    calls = [
        *[Call(0, "a", "thrown", 1)] * 3,
        *[Call(0, "b", "500", 1)] * 3,
        *[Call(1, "c", "thrown", 1)] * 3,
        *[Call(0, "d", "thrown", 1), Call(0, "d", "500", 1)] * 2,
    ]
    found = inspected(captured(calls).records).report.findings.values()

    assert [each.count for each in found] == [3, 1]
    assert [each.first.name for each in found] == ["d", "c"]


def test_texts_of_several_patterns_lose_what_they_differ_in() -> None:
    wire, call = begun()
    for number, text in enumerate(["no 7", "no 8", "8", "7"] * 3):
        call.ask(f"p{number % 4}", str(number)).send(SERVER, failure(str(number), text))
    heads = [
        sentences(each).headline
        for each in inspected(wire.records).report.findings.values()
    ]

    assert heads == [
        "2 patterns failed 6 of 6 times: “no …”",
        "2 patterns failed 6 of 6 times",
    ]


def test_a_burst_is_told_with_the_pattern_that_it_is_about() -> None:
    calls = [Call(0, "pay", "well", 1)] * 10 + [Call(0, "pay", "thrown", 1)] * 10
    calls += [Call(0, "pay", "well", 1)] * 3 + [Call(0, "pay", "thrown", 1)]

    assert "10 of them failed in a row, from 11:06:40.0" in _said(*calls).cause
    assert "10 calls before did not fail, and 3 after" in _said(*calls).cause
    assert "error-burst" not in inspected(captured(calls).records).codes


def test_bursts_that_begin_apart_have_no_common_time() -> None:
    calls = [
        *[Call(0, name, "well", 1) for name in "ab"] * 10,
        *[Call(0, "a", "thrown", 200)] * 10,
        *[Call(0, "b", "thrown", 200)] * 10,
    ]

    assert "failed in a row, beginning between 11:06:40.2" in _said(*calls).cause
