from __future__ import annotations

import pytest

from servers import UsageError
from servers.gateways.texts import (
    ack_text,
    connect_text,
    disconnect_text,
    event_text,
    refusal_text,
)


def test_packets_in_a_namespace_and_in_the_main_one() -> None:
    assert connect_text("/", "id") == '0{"sid":"id"}'
    assert connect_text("/main", "id") == '0/main,{"sid":"id"}'
    assert disconnect_text("/main") == "1/main,"
    assert event_text("/", "说", [b"1", b"[2]"]) == '2["说",1,[2]]'
    assert event_text("/main", "asked", [], 7) == '2/main,7["asked"]'
    assert ack_text("/", 12, [b"1"]) == "312[1]"
    assert ack_text("/main", 0, [b""]) == "3/main,0[]"
    refusal = refusal_text("/main", {"message": "Unauthorized"})
    assert refusal == '4/main,{"message":"Unauthorized"}'


@pytest.mark.parametrize("event", ["connect", "disconnect", "connect_error"])
def test_events_of_socket_io_itself_are_refused(event: str) -> None:
    with pytest.raises(UsageError, match=r"an event of Socket\.IO itself"):
        event_text("/", event, [])
