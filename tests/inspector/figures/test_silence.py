"""What a server has not answered since it last answered, against a count by hand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import inspector
from protocol import JsonText, Response
from tests.inspector.conversation import SERVER, Conversation, Wire, inspected
from tests.inspector.figures.services import Call, captured
from tests.steps import steps_in

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


def _kept(wire: Wire) -> tuple[int, int | None]:
    """Return how many calls are kept of the one server, and the first of them."""
    (silence,) = inspected(wire.records).report.traffic.silences.values()
    assert silence.goes_on
    return silence.numbers.count, silence.place.exchange if silence.place else None


def _two() -> tuple[Wire, Conversation, Conversation]:
    wire = Wire()
    return wire, wire.connect(), wire.connect(client="10.0.0.1:41000")


def test_a_call_from_before_the_last_answer_is_none_of_them_whenever_it_ends() -> None:
    wire, one, other = _two()
    one.ask("a", "1")
    other.ask("a", "2").answer("2", 1).ask("a", "3").close()
    one.close()

    assert _kept(wire) == (1, 3)


def test_an_answer_begins_anew() -> None:
    wire, one, other = _two()
    one.ask("a", "1").close()
    other.ask("a", "2").answer("2", 1).ask("a", "3").close()

    assert _kept(wire) == (1, 3)


def test_the_first_is_the_one_that_was_asked_first() -> None:
    wire, one, other = _two()
    one.ask("a", "1")
    other.ask("a", "2").close()
    one.close()

    assert _kept(wire) == (2, 1)


def test_a_stream_that_is_cut_off_hides_no_later_answer() -> None:
    wire, one, other = _two()
    one.ask("a", "s").send(SERVER, Response(response=JsonText(b"1"), id="s"))
    one.ask("a", "1")
    other.ask("a", "2").answer("2", 1).close()
    one.close()

    (silence,) = inspected(wire.records).report.traffic.silences.values()
    assert not silence.goes_on


def test_the_cost_of_a_call_without_a_reply_does_not_grow_with_the_patterns() -> None:
    def steps(patterns: int) -> int:
        wire = Wire()
        calls = wire.connect()
        for number in range(patterns):
            calls.ask(f"p{number}", f"{number}", 1)
        calls.close()
        return steps_in(inspector, lambda: inspected(wire.records))

    assert steps(400) < 2.2 * steps(200)
