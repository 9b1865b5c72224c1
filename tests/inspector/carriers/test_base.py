from __future__ import annotations

from inspector.carriers.base import Carrier, Recognition, Transfer, Unit
from inspector.carriers.nest_tcp.carrier import carrier
from protocol import Event


def test_what_lacks_a_part_is_no_carrier() -> None:
    assert isinstance(carrier, Carrier)
    assert not isinstance(object(), Carrier)


def test_a_recognition_is_by_default_that_of_the_first_byte_and_says_not_who_asks() -> (
    None
):
    assert Recognition() == (0, None)


def test_a_transfer_is_a_unit_and_needs_only_packet_and_body() -> None:
    unit = Transfer(side=0, begin=3, end=9, packet=Event("x"), body=b"{}")

    assert isinstance(unit, Unit)
    assert (unit.channel, unit.original, unit.again) == (None, None, False)
