"""What the tests of Kafka run against: brokers of their own, or ``KAFKA_BROKERS``.

None of the three is Apache Kafka: noida-db, Tansu, and the mock cluster of librdkafka.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from confluent_kafka import Producer

from captures.brokers import Noida, Tansu

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT = 0.05
"""Seconds that a broker holds back an answer: Tansu always does, for all of them."""


@contextmanager
def running(name: str) -> Iterator[str]:
    """Give the URL of a broker of a name, which runs as long as the block."""
    given = os.environ.get("KAFKA_BROKERS")
    if given:
        yield f"kafka://{given.split(',')[0]}"
    elif name == "mock":
        yield from _mock()
    else:
        with {"noida": Noida, "tansu": Tansu}[name]() as broker:
            yield broker.url


def _mock() -> Iterator[str]:
    """Give the mock cluster, which lives as long as a producer that nobody uses."""
    keeper = Producer({"test.mock.num.brokers": 1, "log_level": 0})
    brokers = keeper.list_topics(timeout=60).brokers.values()
    yield f"kafka://127.0.0.1:{next(iter(brokers)).port}"
