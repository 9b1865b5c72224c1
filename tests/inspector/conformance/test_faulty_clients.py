"""Faults that are planted in a client, one by one, are found and named."""

from __future__ import annotations

import queue
import threading
from contextlib import closing

import pytest

from inspector.conformance.calling.desk import Until, grade_client
from inspector.conformance.card import Card, Outcome
from tests.inspector.conformance.faulty_client import FaultyClient
from tests.patience import PATIENCE

_HANGS = 0.4  # seconds: for faults that show in what does not come
FAULTS = {
    "writes bytes": {"length-bmp", "length-astral"},
    "writes code points": {"length-astral"},
    "reads bytes": {"reply-length-bmp", "reply-length-astral"},
    "reads code points": {"reply-length-astral"},
    "a chunk is a frame": {"cut-at-every-byte", "cut-in-length"},
    "one frame of a chunk": {"many-at-once"},
    "decodes each chunk": {"cut-in-character"},
    "splits at #": {"reply-hash-in-body"},
    "counts a line end": {"nothing-between-frames"},
    "ids are numbers": {"id-string"},
    "an id for all": {"id-unique"},
    "events have ids": {"event"},
    "patterns are strings": {"pattern-object"},
    "drops falsy data": {"data-falsy"},
    "has a key of its own": {"known-keys"},
    "writes NaN": {"strict-json"},
    "null is nothing": {"null-value"},
    "one value for each call": {"stream"},
    "isDisposed is a key": {"is-disposed-false"},
    "any err is an error": {"falsy-err"},
    "response first": {"error-wins"},
    "waits for isDisposed": {"no-handler"},
    "errors are texts": {"error-object"},
    "takes replies in order": {"out-of-order"},
    "fails at unknown ids": {"unknown-id", "push-without-id"},
    "wants its order of keys": {"reply-key-order"},
    "hangs when cut": {"connection-lost"},
    "half-closes": {"waits-for-replies"},
    "connects each time": {"one-connection"},
}
"""The fault → the checks that have to find it."""
_TRIES = 5
"""No pause makes a busy machine read two pieces apart, each time."""


def _graded(fault: str) -> Card:
    ports: queue.Queue[int] = queue.Queue()
    cards: queue.Queue[Card] = queue.Queue()

    def grade() -> None:
        until = Until(idle_s=PATIENCE)
        cards.put(grade_client("127.0.0.1", 0, until, ports.put))

    grading = threading.Thread(target=grade)
    grading.start()
    patience_s = _HANGS if fault else PATIENCE
    with closing(FaultyClient(ports.get(), fault, patience_s)) as client:
        client.take_steps()
    card = cards.get()
    grading.join()
    return card


def _wrong(card: Card) -> set[str]:
    wrong = {Outcome.FAILED, Outcome.ADVISED}
    return {each.check.name for each in card.results if each.outcome in wrong}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(fault: str) -> None:
    assert any(_wrong(_graded(fault)) >= FAULTS[fault] for _ in range(_TRIES))


def test_without_a_fault_all_is_passed() -> None:
    card = _graded("")

    assert {each.outcome for each in card.results} == {Outcome.PASSED}
