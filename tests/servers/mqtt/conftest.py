"""A Mosquitto for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.brokers import Mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[Mosquitto]:
    with Mosquitto() as broker:
        yield broker
