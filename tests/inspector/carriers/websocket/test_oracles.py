"""What the parsers of Nest's own libraries read, we read as well."""

from __future__ import annotations

from tests.inspector.carriers.websocket.oracle import compare


def test_ws_and_socketio_read_the_same_messages() -> None:
    read, right = compare(300, seed=6_455)
    assert read > 900
    assert right > 240
