"""No password of MQTT is in what is shown or written with ``--redact``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import dumps
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    binary,
    connack,
    connect,
    packet,
    publish,
    user,
)
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.mqtt_evidence import MQTT, evidence
from tests.inspector.planted import HIDDEN, Planter, check_that_none_is_shown_or_written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.conversation import Conversation

_CONNECTIONS = 680
_MESSAGES = 3


def _planted(wire: Wire) -> int:
    """Plant passwords wherever MQTT has a place for one; return how many."""
    secret = Planter()
    for port in range(_CONNECTIONS):
        level = FIVE if port % 2 else FOUR
        peer = wire.connect(client=f"10.0.0.1:{20_000 + port}", server="10.0.0.9:1883")
        said = b""
        if level.five:
            method = b"\x15" + binary("PLAIN") + b"\x16" + binary(secret())
            said = user(key=secret()) + method
        peer.send(
            CLIENT,
            connect(
                level,
                name=secret(),
                passed=secret(),
                will=("gone", secret().encode()),
                said=said,
            ),
        )
        peer.send(SERVER, connack(level))
        if level.five:
            proof = b"\x16" + binary(secret())
            peer.send(CLIENT, packet(0xF0, b"\x18" + bytes([len(proof)]) + proof))
        for _ in range(_MESSAGES):
            _send(peer, secret, five=level.five)
    return secret.planted


def _send(peer: Conversation, secret: Callable[[], str], *, five: bool) -> None:
    """Send an event, and what is somebody else's, each with passwords in it."""
    level = FIVE if five else FOUR
    said = user(password=secret()) if five else b""
    data = {"password": secret(), "token": secret()}
    event = dumps({"pattern": "log", "data": data})
    peer.send(CLIENT, publish("log", event, level, said=said))
    peer.send(CLIENT, publish("home", secret().encode(), level, said=said))


def test_of_ten_thousand_that_were_planted_none_is_shown_or_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    planted = _planted(wire)

    assert planted > 10_000
    check_that_none_is_shown_or_written(wire, planted, tmp_path)


@pytest.mark.parametrize(
    "capture",
    [each for each in MQTT if evidence(each).secrets],
    ids=lambda each: each.stem,
)
def test_passwords_of_a_real_nest_are_not_written(
    capture: Path, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    run("exchanges", capture, "--write", written, *HIDDEN)
    before, after = capture.read_bytes(), written.read_bytes()

    for secret in evidence(capture).secrets:
        assert secret.encode() in before
        assert secret.encode() not in after
