from __future__ import annotations

from inspector.carriers.base import Errand
from inspector.carriers.streamed import CallErrand
from protocol import UNDEFINED


def test_a_unit_of_a_call_is_an_errand_with_what_its_client_says() -> None:
    unit = CallErrand(side=0, begin=0, end=9, verb="end", about=(1,))
    assert isinstance(unit, Errand)
    assert unit.message is UNDEFINED
    assert not unit.listed
    assert not unit.ends
