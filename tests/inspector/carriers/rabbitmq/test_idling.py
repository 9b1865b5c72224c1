"""What is for the connection alone says what it subscribes to, and what is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pamqp import commands

from inspector.carriers.base import Idle
from tests.inspector.carriers.rabbitmq.wire import (
    CLIENT,
    PREAMBLE,
    REPLY_TO,
    Basic,
    method,
    read,
)

if TYPE_CHECKING:
    from pamqp.base import Frame

_LOGIN = commands.Connection.StartOk({}, "PLAIN", "\0shop\0secret", "en_US")


def _idle(frame: bytes) -> Idle:
    unit = read((CLIENT, PREAMBLE + frame))[-1]
    assert isinstance(unit, Idle)
    return unit


@pytest.mark.parametrize(
    ("frame", "channels"),
    [
        (Basic.Consume(queue="cats_q"), ("cats_q",)),
        (Basic.Consume(queue=REPLY_TO), ()),
        (commands.Queue.Bind(queue="q", exchange="news", routing_key="a.*"), ("a.*",)),
        (commands.Queue.Bind(queue="q", exchange="news"), ("news",)),
        (Basic.Qos(prefetch_count=1), ()),
    ],
)
def test_what_it_lets_a_client_have(frame: Frame, channels: tuple[str, ...]) -> None:
    assert _idle(method(frame)).channels == channels


def test_the_answer_to_a_login_is_secret() -> None:
    data = method(_LOGIN, 0)
    unit = _idle(data)
    ((begin, end),) = unit.secret
    place = begin - unit.begin

    assert data[place : place + end - begin] == b"\0shop\0secret"
