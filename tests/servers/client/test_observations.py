from __future__ import annotations

import asyncio

import pytest

from servers import (
    ConnectError,
    ConnectionLostError,
    EncodeError,
    Hooks,
    NoHandlerError,
    Outgoing,
    RemoteError,
    RequestTimeoutError,
)
from servers.client.observations import observed, outcome_of


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RemoteError("e"), "error"),
        (NoHandlerError("e"), "no_handler"),
        (RequestTimeoutError(1), "timeout"),
        (ConnectionLostError(), "lost"),
        (ConnectError("e"), "lost"),
        (EncodeError("e"), "error"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
def test_failures_have_names(error: BaseException, outcome: str) -> None:
    told: list[tuple[str, str, str]] = []

    class Telling(Hooks):
        def call_finished(
            self, side: str, route: str, kind: str, outcome: str, seconds: float
        ) -> None:
            assert side == "client"
            assert seconds >= 0
            told.append((route, kind, outcome))

    with (
        pytest.raises(type(error)),
        observed(Telling(), Outgoing("message", {"b": 1, "a": 2}, 0)),
    ):
        raise error

    assert outcome_of(error) == outcome
    assert told == [('{"a":2,"b":1}', "message", outcome)]
