from __future__ import annotations

import pytest

from inspector.carriers.kafka.searching import first_response
from tests.inspector.carriers.kafka.oracle import Maker, versions_of, written
from tests.inspector.carriers.kafka.written import (
    batch,
    fetched,
    framed,
    heartbeat,
    produced,
    record,
)

_WORDS = "log", "sum.reply"


@pytest.mark.parametrize(("key", "first", "last"), [(0, 3, 8), (1, 4, 11)])
def test_responses_of_all_versions_that_are_not_compact_are_found(
    key: int, first: int, last: int
) -> None:
    for kind in versions_of(key, "response"):
        if not first <= kind.__version__ <= last:
            continue
        for seed in range(8):
            message = Maker(seed, words=_WORDS).make(kind)
            data = framed(b"\0\0\1\7" + written(message))
            assert first_response(b"abc" + data, 0) == 3, (kind, seed)


def test_one_is_looked_for_from_a_place_on() -> None:
    data = produced(2, "log") + fetched(300, "log", batch(record("a")))
    second = len(produced(2, "log"))

    assert first_response(data, 0) == 0
    assert first_response(data, 1) == second
    assert first_response(data, second + 1) == -1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 400,
        heartbeat(2)[1],
        produced(2, "log")[:30],
        produced(2, "log").replace(b"log", b"l g"),
        framed(produced(2, "log")[4:] + b"more"),  # longer than what it says
        b"\0\0\0\5" + produced(2, "log")[4:],  # … and shorter
    ],
)
def test_others_are_not_found(data: bytes) -> None:
    assert first_response(data, 0) == -1
