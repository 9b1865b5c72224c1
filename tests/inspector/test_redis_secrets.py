"""No password of Redis, and nothing of a cache, is in what ``--redact`` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import dumps
from tests.inspector.carriers.redis.conversations import strings
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.planted import HIDDEN, Planter, check_that_none_is_shown_or_written
from tests.inspector.redis_evidence import REDIS, evidence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.conversation import Conversation

_CONNECTIONS = 480


def _planted(wire: Wire) -> int:
    """Plant passwords wherever Redis has a place for one; return how many."""
    secret = Planter()
    for port in range(_CONNECTIONS):
        peer = wire.connect(client=f"10.0.0.1:{20_000 + port}", server="10.0.0.9:6379")
        peer.send(CLIENT, strings("HELLO", "3", "AUTH", secret(), secret()))
        peer.send(SERVER, b"-WRONGPASS invalid %b\r\n" % secret().encode())
        peer.send(CLIENT, strings("auth", secret()) + _inline(secret))
        peer.send(SERVER, b"+OK\r\n+OK\r\n")
        peer.send(CLIENT, strings("SET", secret(), secret()) + _events(secret))
        peer.send(SERVER, b"+OK\r\n:1\r\n:0\r\n" + _replies(secret))
        _hand_on(peer, secret)
    return secret.planted


def _inline(secret: Callable[[], str]) -> bytes:
    return f"AUTH {secret()} {secret()}\r\n".encode()


def _events(secret: Callable[[], str]) -> bytes:
    """Return an event with passwords in it, and what is somebody else's."""
    data = {"password": secret(), "token": secret()}
    event = dumps({"pattern": "log", "data": data})
    reading = strings("MGET", secret(), secret()) + strings("HGETALL", secret())
    return (
        strings("PUBLISH", "log", event)
        + strings("PUBLISH", "news", secret())
        + reading
    )


def _replies(secret: Callable[[], str]) -> bytes:
    """Return what is read of a cache, nested and by lines too."""
    nested = strings(secret(), secret()) + b"+%b\r\n" % secret().encode()
    said = f"txt:{secret()}".encode()
    return b"*3\r\n" + nested + b"=%d\r\n%b\r\n" % (len(said), said)


def _hand_on(peer: Conversation, secret: Callable[[], str]) -> None:
    """Let the broker hand on what is no packet of Nest's, and what is one."""
    event = dumps({"pattern": "log", "data": {"password": secret()}})
    peer.send(SERVER, strings("message", "news", secret(), kind=">"))
    peer.send(SERVER, strings("pmessage", "l*", "log", event, kind=">"))
    peer.send(SERVER, strings("invalidate", secret(), kind=">"))


def test_of_ten_thousand_that_were_planted_none_is_shown_or_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    planted = _planted(wire)

    assert planted >= 10_000
    check_that_none_is_shown_or_written(wire, planted, tmp_path)


@pytest.mark.parametrize(
    "capture",
    [each for each in REDIS if "-auth-" in each.name],
    ids=lambda each: each.stem,
)
def test_what_is_written_is_read_as_before(capture: Path, tmp_path: Path) -> None:
    written = tmp_path / "written.pcapng"
    before = run("exchanges", capture, "--json", "--write", written, *HIDDEN).lines
    after = run("exchanges", written, "--json").lines

    secrets = [each.encode() for each in evidence(capture).secrets]
    assert len(secrets) == 2
    assert all(each in capture.read_bytes() for each in secrets)
    assert not any(each in written.read_bytes() for each in secrets)
    exchanges = [
        [
            (line["route"], line["outcome"], line["packets"])
            for line in lines
            if line["type"] == "exchange"
        ]
        for lines in (before, after)
    ]
    assert exchanges[0] == exchanges[1]
    assert len(exchanges[0]) == 2
