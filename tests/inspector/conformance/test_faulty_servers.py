"""Faults that are planted in a server, one by one, are found and named."""

from __future__ import annotations

import pytest

from inspector.conformance.card import Card, Outcome
from inspector.conformance.serving.grading import grade_server
from inspector.conformance.serving.target import Subject, Subjects, Target
from tests.inspector.conformance.faulty_server import FaultyServer
from tests.patience import PATIENCE

_HANGS = 0.4  # seconds: for faults that show in what does not come
FAULTS = {
    "reads bytes": {"length-read-bmp", "length-read-astral"},
    "reads code points": {"length-read-astral"},
    "writes bytes": {"length-written-bmp", "length-written-astral"},
    "writes code points": {"length-written-astral"},
    "a chunk is a frame": {"cut-at-every-byte", "cut-in-body"},
    "one frame of a chunk": {"frames-in-one-chunk", "pipelined"},
    "decodes each chunk": {"cut-in-character"},
    "splits at #": {"hash-in-body"},
    "ids are strings": {"id-number"},
    "falsy ids are events": {"id-falsy"},
    "wants its order of keys": {"key-order"},
    "refuses other keys": {"extra-keys"},
    "order in patterns": {"pattern-spelling"},
    "objects only": {"pattern-as-text"},
    "truncates": {"echo-numbers"},
    "answers events": {"event-is-silent", "unknown-event-is-silent"},
    "answers what is no request": {"not-a-request"},
    "closes after errors": {"goes-on-after-no-handler", "goes-on-after-an-error"},
    "is silent without a handler": {"no-handler"},
    "errors are values": {"error-has-err"},
    "does not end calls": {"answers"},
    "isDisposed is 1": {"call-ends"},
    "ends twice": {"nothing-after-the-end"},
    "another key": {"reply-keys"},
    "a stream is a list": {"stream-values"},
    "one after another": {"slow-does-not-block"},
    "a line for each frame": {"nothing-between-frames"},
    "keeps corrupt connections": {"malformed-length", "malformed-json"},
    "stops at garbage": {"malformed-length"},
    "keeps half-closed": {"half-closed"},
    "greets": {"no-greeting"},
}
"""The fault → the checks that have to find it."""
_TRIES = 5
"""No pause makes a busy machine read two pieces apart, each time."""


def _graded(fault: str) -> Card:
    numbers = [1, 2]
    subjects = Subjects(
        call=Subject({"cmd": "sum", "of": "numbers"}, numbers),
        echo=Subject("echo", numbers),
        stream=Subject("count", numbers),
        error=Subject("fail", numbers),
        event=Subject("log", numbers),
        slow=Subject("slow", numbers),
    )
    with FaultyServer.serving(fault) as server:
        target = Target(("127.0.0.1", server.port), subjects, PATIENCE)
        if fault and fault != "does not end calls":
            target.learn()  # with patience: a busy machine is no fault
        if fault:
            target.patience_s = _HANGS
        return grade_server(target, FAULTS.get(fault, ()))


def _failed(card: Card) -> set[str]:
    return {each.check.name for each in card.results if each.outcome is Outcome.FAILED}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(fault: str) -> None:
    assert any(_failed(_graded(fault)) >= FAULTS[fault] for _ in range(_TRIES))


def test_without_a_fault_all_is_passed() -> None:
    card = _graded("")

    assert _failed(card) == set()
    assert card.count(Outcome.PASSED) > 50
