"""Captures over brokers of which something is missing: nothing is joined wrongly."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.damage import Score, Whole, whole_of

if TYPE_CHECKING:
    from pathlib import Path

_HEADERS = 66
"""Bytes of a record on loopback that carries no data (Ethernet, IPv4, TCP)."""
_LOST = 4
_RIGHT = 0.97


class Damage(NamedTuple):
    """What is taken from a capture.

    Attributes:
        rounds: How often some segments are lost.
        beginnings: Every how many packets a capture that begins there is read.
        has_late: As of :class:`~tests.inspector.damage.Whole`.
    """

    capture: Path
    rounds: int
    beginnings: int
    has_late: bool = False

    @property
    def whole(self) -> Whole:
        """The capture as it was."""
        return whole_of(self.capture, has_late=self.has_late)


def _damages(
    folder: str, names: tuple[str, ...], rounds: int, beginnings: int
) -> list[Damage]:
    return [
        Damage(
            ROOT / "captures" / folder / name,
            rounds,
            beginnings,
            has_late=folder == "redis",
        )
        for name in names
    ]


_NATS = (
    "nats-nest10.pcap",
    "nats-nest12.pcap",
    "nats-fan-out-nest12.pcap",
    "nats-three-servers-nest12.pcap",
)
_MQTT = (
    "mqtt-nest10.pcap",
    "mqtt5-nest12.pcap",
    "mqtt-three-servers-nest12.pcap",
    "mqtt-qos-nest12.pcap",
    "mqtt-fan-out-nest12.pcap",
)
_RABBITMQ = (
    "rabbitmq-nest10.pcap",
    "rabbitmq-nest12.pcap",
    "rabbitmq-ack-nest12.pcap",
    "rabbitmq-fan-out-nest12.pcap",
    "rabbitmq-two-servers-nest12.pcap",
)
_REDIS = (
    "redis-nest11.pcap",
    "redis-nest12.pcap.gz",
    "redis-two-clients-nest12.pcap.gz",
    "redis-two-servers-nest12.pcap",
)
_KAFKA = ("kafka-nest12.pcap.gz", "kafka-rebalance-nest12.pcap.gz")

each_capture = pytest.mark.parametrize(
    "damage",
    [
        *_damages("nats", _NATS, 150, 3),
        *_damages("mqtt", _MQTT, 100, 3),
        *_damages("rabbitmq", _RABBITMQ, 60, 7),
        *_damages("redis", _REDIS, 60, 7),
        *_damages("kafka", _KAFKA, 12, 97),
    ],
    ids=lambda damage: damage.capture.name.partition(".")[0],
)


@each_capture
def test_wherever_a_capture_begins_what_follows_is_told_as_it_was(
    damage: Damage,
) -> None:
    score = Score(damage.whole)
    for first in range(2, len(damage.whole.records), damage.beginnings):
        score.judge(range(1, first))

    assert score.share >= _RIGHT
    assert not score.unsaid


@each_capture
def test_segments_that_are_lost_join_nothing_wrong_and_leave_doubt(
    damage: Damage,
) -> None:
    score = _score_of_losses(damage)

    assert score.share >= _RIGHT
    assert not score.unsaid


def test_before_it_shows_who_the_broker_is_what_is_told_is_in_doubt() -> None:
    """Both ends have ports that are given by chance, and neither has said who it is."""
    (damage,) = _damages("mqtt", ("mqtt-nest10.pcap",), 1, 1)
    score = Score(damage.whole)
    for first in range(256, 266):
        score.judge(range(1, first))

    assert score.total
    assert not score.unsaid


def test_of_few_dead_letters_what_is_lost_is_never_told_without_doubt() -> None:
    (damage,) = _damages("rabbitmq", ("rabbitmq-dead-letters-nest12.pcap",), 100, 7)
    score = _score_of_losses(damage)

    assert score.total > damage.rounds
    assert not score.unsaid


@pytest.mark.parametrize("missing", [(8, 30, 136, 146), (52, 93, 140, 148)])
def test_who_may_share_what_it_is_handed_has_it_in_doubt(
    missing: tuple[int, ...],
) -> None:
    """A SUBSCRIBE of a member of a group is lost, and one of three like events."""
    (damage,) = _damages("mqtt", ("mqtt-shared-nest12.pcap",), 1, 1)
    score = Score(damage.whole)
    score.judge(missing)

    assert score.total
    assert not score.unsaid


def _score_of_losses(damage: Damage) -> Score:
    score = Score(damage.whole)
    rng = random.Random(damage.capture.name)  # noqa: S311 — the same losses every time
    records = damage.whole.records
    data = [each.number for each in records if len(each.data) > _HEADERS]
    for _ in range(damage.rounds):
        score.judge(set(rng.sample(data, _LOST)))
    return score
