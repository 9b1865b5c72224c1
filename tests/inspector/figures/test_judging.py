from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.health import assess
from inspector.figures.judging import conclusions
from inspector.filters.selection import compile_selection
from inspector.findings.conclusions import FailingCalls, SlowCalls, SlowServer
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import MILLISECOND, inspected
from tests.inspector.figures.services import Call, captured

_calls = st.builds(
    Call,
    st.integers(0, 2),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["well"] * 6 + ["thrown", "500", "404", "nobody"]),
    st.sampled_from([1, 1, 1, 2, 300]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_calls, max_size=70))
def test_what_the_verdict_says_has_its_finding(calls: list[Call]) -> None:
    report = inspected(captured(calls).records).report
    health, found = assess(report), list(conclusions(report))
    failing = {each.place.route for each in found if isinstance(each, FailingCalls)}
    slow_servers = {each.server for each in found if isinstance(each, SlowServer)}
    slow = sum(each.slow for each in found if isinstance(each, SlowCalls))

    assert failing == {each.route for each in health.failing if not each.lacks_handler}
    assert bool(slow_servers) == (health.slow_server is not None)
    assert slow_servers or slow == health.slow


def _chosen(where: str) -> list[str]:
    """Return the kinds of what is concluded from chosen calls of a failing service."""
    calls = [Call(0, "a", "thrown", 1_500)] * 4 + [Call(0, "a", "well", 1)] * 20
    calls += [Call(n, "b", "well", 500 if n else 2) for n in (0, 1)] * 20
    pipeline = Pipeline(Options(where=compile_selection(where)))
    for _ in pipeline.inspect(captured(calls).records):
        pass
    return [type(each).__name__ for each in conclusions(pipeline.report())]


def test_of_calls_that_somebody_chose_no_share_is_concluded() -> None:
    assert _chosen('outcome == "error"') == ["ThrownError", "SlowCalls"]
    assert _chosen('route == "b"') == ["SlowCalls"]


def test_a_limit_that_somebody_names_finds_calls_of_any_pattern() -> None:
    report = inspected(captured([Call(0, "a", "well", 30)]).records).report

    assert list(conclusions(report)) == []
    (found,) = conclusions(report, 30 * MILLISECOND)
    assert isinstance(found, SlowCalls)
    assert found.slow == 1
