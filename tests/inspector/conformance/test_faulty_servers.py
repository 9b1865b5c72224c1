"""Faults that are planted in a server, one by one, are found and named."""

from __future__ import annotations

import pytest

from inspector.conformance.card import Card, Outcome
from inspector.conformance.serving.grading import grade_server
from inspector.conformance.serving.target import Subject, Subjects, Target
from tests.inspector.conformance.faulty_server import FaultyServer
from tests.patience import PATIENCE

_HANGS_S = 1.0
"""How long faults are waited for that show in what does not come."""
_CONTROLS = {
    *("answers", "length-read-bmp", "hash-in-body", "id-number", "key-order"),
    *("echo-numbers", "stream-values", "error-has-err", "no-handler"),
    *("reply-keys", "strict-json"),
}
"""Checks that are made with every fault: those that it is not about are passed."""
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
    "does not end calls": _CONTROLS,  # without an answer no other is tried
    "isDisposed is 1": {"call-ends"},
    "ends twice": {"nothing-after-the-end"},
    "another key": {"reply-keys"},
    "a stream is a list": {"stream-values"},
    "one after another": {"slow-does-not-block"},
    "a line for each frame": {"nothing-between-frames"},
    "keeps corrupt connections": {"malformed-length", "malformed-json"},
    "stops at garbage": {  # before the last of the checks
        *("malformed-length", "stream-values", "error-has-err", "no-handler"),
    },
    "keeps half-closed": {"half-closed"},
    "greets": {"no-greeting"},
}
"""The fault → the checks that find it, and no other of those that are made."""
_HANGING = {
    *("reads code points", "a chunk is a frame", "one frame of a chunk"),
    *("splits at #", "ids are strings", "falsy ids are events"),
    *("wants its order of keys", "is silent without a handler"),
    *("does not end calls", "keeps corrupt connections", "keeps half-closed"),
}
_CUTS = {"a chunk is a frame", "one frame of a chunk", "decodes each chunk"}
"""No pause makes a busy machine read two pieces apart, each time: tried again.

So are those that hang, if others are found as well, which a busy machine made slow.
"""
_TRIES = 5


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
        if fault in _HANGING:
            target.patience_s = _HANGS_S
        return grade_server(target, FAULTS[fault] | _CONTROLS if fault else ())


def _found(fault: str) -> set[str]:
    """Return the checks that were not passed."""
    results = _graded(fault).results
    return {each.check.name for each in results if each.outcome is not Outcome.PASSED}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(fault: str) -> None:
    tries = _TRIES
    while (found := _found(fault)) != FAULTS[fault] and tries > 1:
        if fault not in _CUTS and not (fault in _HANGING and found > FAULTS[fault]):
            break
        tries -= 1

    assert found == FAULTS[fault]


def test_without_a_fault_all_is_passed() -> None:
    card = _graded("")

    assert card.count(Outcome.FAILED) == card.count(Outcome.ADVISED) == 0
    assert card.count(Outcome.PASSED) > 50
