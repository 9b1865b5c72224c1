from __future__ import annotations

import pytest

from protocol import NO_MESSAGE_HANDLER, UNDEFINED, Frame, Json, Response, parse_packet
from servers import NoHandlerError, RemoteError
from servers.client.calls import Text, deliver, remote_error


class _Log:
    """Write down what a call is told."""

    full = False

    def __init__(self) -> None:
        self.told: list[Json] = []

    def take(self, text: Text) -> None:
        self.told.append("undefined" if text is UNDEFINED else bytes(text))

    def end(self) -> None:
        self.told.append("end")

    def done(self) -> bool:
        return False

    def set_exception(self, error: Exception) -> None:
        assert isinstance(error, RemoteError)
        self.told.append(error.err)


@pytest.mark.parametrize(
    ("body", "last", "told"),
    [
        (b'{"response":6,"isDisposed":true,"id":"1"}', True, [b"6", "end"]),
        (b'{"response":6,"id":"1"}', False, [b"6"]),
        (b'{"response":6,"isDisposed":false,"id":"1"}', False, [b"6"]),
        (b'{"response":null,"isDisposed":true,"id":"1"}', True, [b"null", "end"]),
        (b'{"isDisposed":true,"id":"1"}', True, ["end"]),
        (b'{"id":"1"}', False, ["undefined"]),
        (b'{"err":"e","id":"1"}', True, ["e"]),
        (b'{"err":{"a":1},"isDisposed":true,"id":"1"}', True, [{"a": 1}]),
        (b'{"err":"e","response":5,"isDisposed":true,"id":"1"}', True, ["e"]),
        (b'{"err":"","isDisposed":true,"id":"1"}', True, ["end"]),
        (b'{"err":null,"response":5,"isDisposed":true,"id":"1"}', True, [b"5", "end"]),
        (b'{"err":0,"id":"1"}', False, ["undefined"]),
        (b'{"id":"1","status":"error","err":"no"}', True, ["no"]),
    ],
)
def test_a_reply_means_what_it_means_to_nest(
    body: bytes,
    last: bool,  # noqa: FBT001 — a column of the table
    told: list[Json],
) -> None:
    packet, call = parse_packet(Frame(body, 0, 0)), _Log()
    assert isinstance(packet, Response)

    assert deliver(packet, call) is last
    assert call.told == told


def test_nobody_handling_the_pattern_is_an_error_of_its_own() -> None:
    assert type(remote_error(NO_MESSAGE_HANDLER)) is NoHandlerError
    assert type(remote_error({"message": NO_MESSAGE_HANDLER})) is RemoteError
