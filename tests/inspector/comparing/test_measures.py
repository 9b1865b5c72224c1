from __future__ import annotations

import random

import pytest

from inspector.comparing.measures import LEAST_NS, Measure, Verdict, measures
from inspector.comparing.sides import Figures
from tests.inspector.conversation import MILLISECOND


def _figures(times_ms: list[float], failed: int = 0, packets: int = 2) -> Figures:
    found = Figures(count=len(times_ms), judged=len(times_ms), failed=failed)
    for time in times_ms:
        found.latencies.add(round(time * MILLISECOND))
        found.request_bytes.add(100)
        found.reply_bytes.add(50)
        found.packets.add(packets)
    return found


def _measured(before: Figures, after: Figures) -> dict[str, Measure]:
    found = {each.name: each for each in measures(before, after, LEAST_NS)}
    for each in found.values():
        each.conclude(sure=each.chance is not None and each.chance < 0.001)
    return found


def _times(seed: int, count: int, factor: float = 1, tail: float = 0) -> list[float]:
    chance = random.Random(seed)  # noqa: S311 — no secret
    return [
        chance.lognormvariate(2, 0.5) * (20 if chance.random() < tail else factor)
        for _ in range(count)
    ]


def test_three_calls_are_too_few_to_judge() -> None:
    found = _measured(_figures([1, 2, 3]), _figures([100, 200, 300]))

    assert {found[name].verdict for name in ("p50", "p90", "p99", "failed")} == {
        Verdict.FEW
    }
    assert (found["p50"].before, found["p50"].after) == (2e6, 2e8)


def test_what_comes_of_the_same_is_the_same_also_with_ten_times_as_many() -> None:
    found = _measured(_figures(_times(1, 400)), _figures(_times(2, 4_000)))

    assert {each.verdict for each in found.values()} == {Verdict.SAME}


def test_all_calls_that_take_longer_move_the_median() -> None:
    found = _measured(_figures(_times(1, 60)), _figures(_times(2, 60, factor=2)))

    assert found["p50"].verdict is Verdict.MORE
    assert found["p99"].verdict is Verdict.FEW
    back = _measured(_figures(_times(2, 60, factor=2)), _figures(_times(1, 60)))
    assert back["p50"].verdict is Verdict.LESS


def test_a_few_calls_that_take_longer_move_the_tail_alone() -> None:
    found = _measured(_figures(_times(1, 1_000)), _figures(_times(2, 1_000, tail=0.03)))

    assert found["p99"].verdict is Verdict.MORE
    assert found["p50"].verdict is Verdict.SAME


def test_a_difference_that_is_sure_and_small_is_none() -> None:
    found = _measured(_figures([1.0] * 500), _figures([1.1] * 500))

    assert found["p50"].chance == pytest.approx(0, abs=1e-9)
    assert found["p50"].verdict is Verdict.SAME


def test_failures_packets_and_sizes_are_measured_too() -> None:
    before, after = _figures([1] * 40), _figures([1] * 40, failed=20, packets=4)
    after.reply_bytes = Figures().reply_bytes
    for _ in range(40):
        after.reply_bytes.add(500)
    found = _measured(before, after)

    assert found["failed"].verdict is Verdict.MORE
    assert (found["packets"].before, found["packets"].after) == (2, 4)
    assert found["packets"].verdict is found["reply"].verdict is Verdict.MORE
    assert found["request"].verdict is Verdict.SAME


def test_an_event_has_no_times() -> None:
    event = Figures(count=9, judged=9)

    assert [each.name for each in measures(event, event, 0)] == [
        *("failed", "request", "packets")
    ]
