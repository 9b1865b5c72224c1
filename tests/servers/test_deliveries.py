from __future__ import annotations

import pytest

from servers import UsageError
from servers.deliveries import Delivery


def test_a_delivery_is_what_the_broker_has_said() -> None:
    delivery = Delivery("orders", {"trace": "7"})

    assert (delivery.channel, delivery.headers) == ("orders", {"trace": "7"})
    assert Delivery("orders").headers == {}
    with pytest.raises(AttributeError):
        delivery.channel = "other"  # type: ignore[misc]


def test_a_delivery_awaits_no_acknowledgement() -> None:
    delivery = Delivery("orders")

    for settle in (delivery.ack, delivery.nack):
        with pytest.raises(UsageError, match="waits for no acknowledgement"):
            settle()
