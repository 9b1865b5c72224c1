from __future__ import annotations

from servers.gateways.settings import MESSAGE_SIZE, Settings


def test_everybody_may_come_and_hears_causes_as_in_nest() -> None:
    first, second = Settings(), Settings()
    first.on_connect.append(print)

    assert first.auth is None
    assert first.cause
    assert second.on_connect == []
    assert MESSAGE_SIZE == 1_000_000
