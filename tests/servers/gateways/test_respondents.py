"""Every kind of reply, in whatever order, as a client gets it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from protocol import JsonText
from servers.gateways.messages import GatewayMessage
from servers.gateways.respondents import ClientRespondent

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Gateway:
    """A gateway that writes what it would send in words."""

    def __init__(self) -> None:
        self.unheard = list[str]().append

    reception: Any = None

    def value_text(self, event: str, value: bytes) -> str:
        return f"value {event} {value.decode()}"

    def named_text(self, event: str, data: bytes) -> str:
        return f"event {event} {data.decode()}"

    def ack_text(self, number: int, values: bytes) -> str:
        return f"ack {number} [{values.decode()}]"

    def exception_text(self, err: bytes, event: str, _data: object) -> str:
        return f"exception {event} {err.decode()}"


_VALUE = b'{"response":6,"isDisposed":true,"id":1}'
_ITEM = b'{"response":5,"id":1}'
_NULL = b'{"response":null,"isDisposed":true,"id":1}'
_NAMED = b'{"response":{"event":"said","data":1},"isDisposed":true,"id":1}'
_END = b'{"isDisposed":true,"id":1}'
_ERROR = b'{"err":"no","isDisposed":true,"id":1}'


@pytest.mark.parametrize(
    ("number", "bodies", "sent"),
    [
        (7, [_VALUE], ["ack 7 [6]"]),
        (7, [_ITEM, _VALUE], ["ack 7 [5]", "value sum 6"]),
        (7, [_NULL], ["ack 7 [null]"]),
        (7, [_NAMED], ["event said 1", "ack 7 []"]),
        (7, [_END], ["ack 7 []"]),
        (7, [_ITEM, _END], ["ack 7 [5]"]),
        (7, [_ERROR], ['exception sum "no"']),
        (7, [_ERROR, _END], ['exception sum "no"']),
        (None, [_VALUE], ["value sum 6"]),
        (None, [_NULL, _END], []),
        (None, [_NAMED], ["event said 1"]),
        (None, [_ERROR], ['exception sum "no"']),
    ],
)
def test_replies_as_a_client_gets_them(
    number: int | None, bodies: Sequence[bytes], sent: list[str]
) -> None:
    texts: list[str] = []
    client: Any = SimpleNamespace(put=texts.append)
    carrier = GatewayMessage("sum", {}, client)
    gateway: Any = _Gateway()
    respondent = ClientRespondent(gateway, carrier, JsonText(b"[1]"), number)

    for body in bodies:
        respondent.send(body)

    assert texts == sent
