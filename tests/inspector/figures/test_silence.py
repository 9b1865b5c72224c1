"""What a server has not answered since it last answered, against a count by hand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured

_calls = st.lists(
    st.builds(
        Call,
        st.integers(0, 1),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["well", "thrown", "silence", "silence", "event"]),
        st.integers(1, 3),
    ),
    max_size=20,
)


def _silent(plan: list[Call], server: int) -> list[int]:
    """Return the numbers of the calls to a server after its last answer."""
    numbers: list[int] = []
    for number, call in enumerate(plan, 1):
        if call.server == server and call.end == "silence":
            numbers.append(number)
        elif call.server == server and call.end != "event":
            numbers.clear()
    return numbers


@settings(max_examples=100, deadline=None)
@given(_calls)
def test_the_calls_since_the_last_answer_are_kept(plan: list[Call]) -> None:
    seen = inspected(captured(plan).records)
    asked = {call.number: call.asked_ns for call in seen.exchanges}

    for silence in seen.report.traffic.silences.values():
        expected = _silent(plan, int(silence.server.split(":")[0][-1]))
        assert silence.goes_on == bool(expected)
        if expected:
            assert silence.numbers.count == len(expected)
            assert silence.first_ns == asked[expected[0]]
            assert silence.place is not None
            assert silence.place.exchange == expected[0]
            assert silence.last_ns == seen.report.last_ns
