from __future__ import annotations

import pytest

from inspector.carriers.registry import OURS, carriers
from inspector.findings.vocabulary import words_of


def test_each_broker_of_ours_is_spoken_of_in_words_of_its_own() -> None:
    brokered = [name for name in OURS if carriers()[name].brokered]
    assert len({words_of(name) for name in brokered}) == len(brokered)
    assert words_of("mqtt").channel == "topic"


@pytest.mark.parametrize("name", [None, "", "pigeon"])
def test_others_are_spoken_of_in_general(name: str | None) -> None:
    assert words_of(name).channel == "channel"
