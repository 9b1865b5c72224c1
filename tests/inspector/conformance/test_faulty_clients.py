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

_HANGS_S = 1.0
"""How long faults are waited for that show in what does not come."""
FAULTS = {
    "writes bytes": {"length-bmp", "length-astral"},
    "writes code points": {"length-astral"},
    "reads bytes": {
        *("reply-length-bmp", "reply-length-astral", "length-bmp", "length-astral"),
        *("cut-in-character", "large-reply", "data-nested"),
    },
    "reads code points": {
        *("reply-length-astral", "length-astral", "cut-in-character"),
    },
    "a chunk is a frame": {"cut-at-every-byte", "cut-in-length"},
    "one frame of a chunk": {"many-at-once"},
    "decodes each chunk": {"cut-in-character"},
    "splits at #": {"reply-hash-in-body", "data-nested"},
    "counts a line end": {"nothing-between-frames"},
    "ids are numbers": {"id-string"},
    "an id for all": {
        *("id-unique", "streams-together", "out-of-order", "many-at-once"),
        *("data-falsy", "data-numbers"),
    },
    "events have ids": {"event"},
    "patterns are strings": {"pattern-object"},
    "drops falsy data": {"data-falsy"},
    "has a key of its own": {"known-keys"},
    "writes NaN": {"strict-json", "known-keys"},
    "null is nothing": {"null-value"},
    "one value for each call": {
        *("stream", "streams-together", "is-disposed-false"),
        *("frame-and-a-half", "error-after-values"),
    },
    "isDisposed is a key": {"is-disposed-false"},
    "any err is an error": {"falsy-err"},
    "response first": {"error-wins"},
    "waits for isDisposed": {"no-handler"},
    "errors are texts": {"error-object"},
    "takes replies in order": {
        *("out-of-order", "streams-together", "unknown-id"),
    },
    "fails at unknown ids": {"unknown-id", "push-without-id"},
    "wants its order of keys": {"reply-key-order"},
    "hangs when cut": {"connection-lost", "corrupt-reply"},
    "passes over garbage": {"corrupt-reply"},
    "half-closes": {"waits-for-replies"},
    "connects each time": {"one-connection"},
}
"""The fault → the checks that find it, and no others but …"""
ALSO = {
    "a chunk is a frame": {"cut-in-character", "frame-and-a-half", "large-reply"},
    "one frame of a chunk": {
        *("stream", "streams-together", "is-disposed-false", "after-the-end"),
        *("out-of-order", "unknown-id", "push-without-id", "frame-and-a-half"),
        *("data-falsy", "data-numbers", "error-after-values", "one-connection"),
    },
    "half-closes": {
        *("end-apart", "streams-together", "out-of-order", "many-at-once"),
        *("cut-at-every-byte", "cut-in-length", "cut-in-character"),
        *("frame-and-a-half", "data-falsy", "data-numbers", "one-connection"),
    },
}
"""… those that find it if packets come in one way, and not if in another."""
_HANGING = {
    *("reads code points", "a chunk is a frame", "one frame of a chunk"),
    *("splits at #", "an id for all", "waits for isDisposed"),
    *("wants its order of keys", "hangs when cut", "passes over garbage"),
}
_CUTS = {"a chunk is a frame", "one frame of a chunk", "decodes each chunk"}
"""No pause makes a busy machine read two pieces apart, each time: tried again.

So are those that hang, if others are found as well, which a busy machine made slow.
"""
_TRIES = 5


def _graded(fault: str) -> Card:
    ports: queue.Queue[int] = queue.Queue()
    cards: queue.Queue[Card] = queue.Queue()

    def grade() -> None:
        until = Until(idle_s=PATIENCE)
        cards.put(grade_client("127.0.0.1", 0, until, ports.put))

    grading = threading.Thread(target=grade)
    grading.start()
    patience_s = _HANGS_S if fault in _HANGING else PATIENCE
    with closing(FaultyClient(ports.get(), fault, patience_s)) as client:
        client.take_steps()
    card = cards.get()
    grading.join()
    return card


def _found(fault: str) -> set[str]:
    """Return the checks that were not passed, without those that need not be."""
    wrong = {
        each.check.name
        for each in _graded(fault).results
        if each.outcome is not Outcome.PASSED
    }
    return wrong - (ALSO.get(fault, set()) - FAULTS[fault])


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

    assert {each.outcome for each in card.results} == {Outcome.PASSED}
