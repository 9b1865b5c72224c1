from __future__ import annotations

import pytest

from inspector.carriers.base import Transfer
from inspector.carriers.words import MOST_SHOWN, kind_of, short
from protocol import Event, Packet, Request, Response


@pytest.mark.parametrize(
    ("packet", "kind"),
    [
        (Request("sum", "1"), "request"),
        (Event("log"), "event"),
        (Response("1"), "reply"),
    ],
)
def test_a_transfer_is_a_request_an_event_or_a_reply(packet: Packet, kind: str) -> None:
    transfer = Transfer(side=0, begin=0, end=9, packet=packet, body=b"{}")

    assert kind_of(transfer) == kind


def test_of_a_long_channel_as_many_characters_are_shown_as_of_one_that_fits() -> None:
    fits = "a" * MOST_SHOWN

    assert short(fits) == fits
    assert short(fits + "b") == "a" * (MOST_SHOWN - 1) + "…"
    assert MOST_SHOWN == 24
