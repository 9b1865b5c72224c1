"""Captures of NATS of which something is missing: nothing is joined that is not one."""

from __future__ import annotations

import random

import pytest

from tests.inspector.damage import Score, whole_of
from tests.inspector.nats_evidence import FOLDER

_CAPTURES = [
    FOLDER / f"nats-{name}.pcap"
    for name in ("nest10", "nest12", "fan-out-nest12", "three-servers-nest12")
]
_HEADERS = 66
"""Bytes of a record on loopback that carries no data (Ethernet, IPv4, TCP)."""
_ROUNDS = 1000
_LOST = 4
_BEGINNINGS = 3  # every third: a capture of each is read
_RIGHT = 0.97

each_capture = pytest.mark.parametrize(
    "name", [each.name for each in _CAPTURES], ids=lambda name: name.partition(".")[0]
)


@each_capture
def test_wherever_a_capture_begins_what_follows_is_told_as_it_was(name: str) -> None:
    score = Score(whole_of(FOLDER / name))
    for first in range(2, len(whole_of(FOLDER / name).records), _BEGINNINGS):
        score.judge(range(1, first))

    assert score.share >= _RIGHT
    assert not score.unsaid


@each_capture
def test_segments_that_are_lost_join_nothing_wrong_and_leave_doubt(name: str) -> None:
    score = Score(whole_of(FOLDER / name))
    rng = random.Random(name)  # noqa: S311 — the same losses every time
    records = whole_of(FOLDER / name).records
    data = [each.number for each in records if len(each.data) > _HEADERS]
    for _ in range(_ROUNDS):
        score.judge(set(rng.sample(data, _LOST)))

    assert score.share >= _RIGHT
    assert not score.unsaid
