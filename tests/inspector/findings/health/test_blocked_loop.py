from __future__ import annotations

from tests.inspector.conversation import MILLISECOND, Wire, inspected
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences


def blocked(
    *, together: bool = True, between: bool = False, times: int = 1, first: str = "work"
) -> Wire:
    """Return a call that holds up two that come after it."""
    wire = Wire()
    talk, other = wire.connect(), wire.connect(client="10.0.0.1:41000")
    for _ in range(times):
        talk.ask(first, "w")
        wire.wait(100 * MILLISECOND)
        other.ask("sum", "1")
        wire.wait(100 * MILLISECOND)
        other.ask("sum", "2")
        if between:
            talk.ask("log", "l").answer("l", 1)
        wire.wait(500 * MILLISECOND)
        talk.answer("w", 1)
        if not together:
            wire.wait(20 * MILLISECOND)
        other.answer("1", 1).answer("2", 1)
    return wire


TRACE = Trace(blocked, lambda: blocked(together=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "blocked-loop") == Sentences(
        message="2 calls waited until work #1 was answered",
        headline="2 calls waited until another was answered",
        cause=(
            "10.0.0.2:8888 answered nothing for 600 ms, then work #1, and #2–#3 right "
            "after it: they had arrived in the meantime. They are of several patterns: "
            "as a rule one handler kept the event loop busy, which blocks all others. "
            "Packet 10."
        ),
        hint=(
            "look at what 10.0.0.2:8888 computed at 11:06:40.100 UTC; move such work "
            "to a worker thread"
        ),
    )


def test_calls_of_one_pattern_may_also_have_waited_for_one_thing() -> None:
    said = sentences(group_in(blocked(first="sum"), "blocked-loop"))

    assert (
        "Either one of them kept the event loop busy, or all waited for the same thing."
    ) in said.cause
    assert said.hint == (
        "look at what 10.0.0.2:8888 computed at 11:06:40.100 UTC, or what these calls "
        "waited for: a lock, a pool, a database"
    )


def test_a_server_that_answers_meanwhile_is_not_blocked() -> None:
    assert "blocked-loop" not in inspected(blocked(between=True).records).codes


def test_how_often_it_happened() -> None:
    cause = sentences(group_in(blocked(times=3), "blocked-loop")).cause

    assert "That happened 3 times; this was the longest." in cause
