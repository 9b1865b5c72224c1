"""What holds of everything that a client wrote."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.conformance.calling.habits import Seen, judge_habits
from inspector.conformance.card import Outcome
from inspector.conformance.reading import Reader

_RIGHT = b'38#{"pattern":"a","data":1,"id":"123456"}'


def _seen(data: bytes, **others: Any) -> Seen:  # noqa: ANN401
    seen = Seen(Reader().feed(data, last=True), "", [], 0, 0, 1, 0)
    return seen._replace(**others)


def _wrong(seen: Seen) -> dict[str, str]:
    results = judge_habits(seen)
    return {each.check.name: each.reason for each in results if each.reason}


def test_a_right_client_has_no_habit_to_be_named() -> None:
    assert _wrong(_seen(_RIGHT)) == {}


def test_of_a_client_that_sent_nothing_nothing_is_said() -> None:
    outcomes = {each.outcome for each in judge_habits(_seen(b""))}

    assert outcomes == {Outcome.UNTRIED}


@pytest.mark.parametrize(
    ("data", "others", "name", "reason"),
    [
        (_RIGHT, {"broken": "no length"}, "frames", "no length"),
        (
            b'9#{"id":"1"}',
            {},
            "length",
            "a length is 9, the body has 10 UTF-16 code units",
        ),
        (b'\n7#{"a":1}', {}, "nothing-between-frames", "'\\n' is between two frames"),
        (b'10#{"id":NaN}', {}, "strict-json", "NaN is not JSON"),
        (_RIGHT, {"nameless": 2}, "request-has-id", "2 requests without an id"),
        (
            _RIGHT,
            {"reused": [1]},
            "id-unique",
            "id 1 is that of another pending request",
        ),
        (b'8#{"id":1}', {}, "id-string", "id 1 is not a string"),
        (b'7#{"a":1}', {}, "known-keys", "packets have 'a'"),
        (
            _RIGHT,
            {"left": 1},
            "waits-for-replies",
            "1 connection ended with calls pending",
        ),
        (_RIGHT, {"opened": 50}, "one-connection", "opened 50 connections"),
    ],
)
def test_habits_are_named(
    data: bytes, others: dict[str, Any], name: str, reason: str
) -> None:
    assert _wrong(_seen(data, **others))[name] == reason
