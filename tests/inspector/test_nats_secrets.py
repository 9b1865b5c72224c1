"""No password of NATS is in what is shown or written with ``--redact``."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.over_nats import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.conversation import Conversation

_PLANTED = re.compile(rb"planted-\d{6}")
_CONNECTIONS = 680
_HIDDEN = ("--redact", "auto")
_WAYS = (
    ("exchanges", "--json"),
    ("exchanges",),
    ("packets", "--json"),
    ("packets",),
    ("follow",),
    ("report",),
    ("report", "--json"),
)


def _plant(wire: Wire) -> int:
    """Plant passwords wherever NATS has a place for one; return how many."""
    numbers = count()

    def secret() -> str:
        return f"planted-{next(numbers):06}"

    for port in range(_CONNECTIONS):
        peer = wire.connect(client=f"10.0.0.1:{20_000 + port}", server="10.0.0.9:4222")
        _log_in(peer, secret)
        _pass(peer, secret)
    wire.linger()
    return next(numbers)


def _log_in(peer: Conversation, secret: Callable[[], str]) -> None:
    info = {"server_id": "N", "max_payload": 1_048_576, "nonce": "abc"}
    peer.send(SERVER, b"INFO %b\r\n" % dumps(info))
    said = {key: secret() for key in ("pass", "auth_token", "jwt", "sig", "token")} | {
        "verbose": False,
        "more": {"password": secret()},
    }
    peer.send(CLIENT, b"CONNECT %b\r\nPING\r\n" % dumps(said))
    peer.send(SERVER, b"PONG\r\n")


def _pass(peer: Conversation, secret: Callable[[], str]) -> None:
    """Send an event, what is somebody else's, and errors that quote."""
    data = {"password": secret(), "tokens": [secret(), secret()]}
    event = dumps({"pattern": "log", "data": data})
    block = f"NATS/1.0\r\nAuthorization: {secret()}\r\nx-token: {secret()}\r\n\r\n"
    head = block.encode()
    sizes = b"%d %d" % (len(head), len(head) + len(event))
    peer.send(CLIENT, b"HPUB log %b\r\n%b%b\r\n" % (sizes, head, event))
    peer.send(CLIENT, publish("log", event))
    peer.send(CLIENT, publish("home", secret().encode()))
    peer.send(SERVER, b"MSG home 1 %d\r\n%b\r\n" % (14, secret().encode()))
    why = f'Permissions Violation for Publish to "{secret()}"'
    peer.send(SERVER, f"-ERR '{why}'\r\n".encode())
    peer.send(CLIENT, f"PASSWORD {secret()}\r\n".encode())


def test_of_ten_thousand_that_were_planted_none_is_shown_or_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    planted = _plant(wire)
    capture, written = tmp_path / "planted.pcap", tmp_path / "written.pcapng"
    data = pcap_bytes(wire.records)
    capture.write_bytes(data)

    assert len(set(_PLANTED.findall(data))) == planted >= 10_000
    for command, *rest in _WAYS:
        outcome = run(command, capture, *rest, *_HIDDEN)
        assert outcome.out
        assert not _PLANTED.findall((outcome.out + outcome.err).encode()), command
    assert run("exchanges", capture, "--write", written, *_HIDDEN).code == 0
    assert written.stat().st_size > len(data) // 2
    assert not _PLANTED.findall(written.read_bytes())
    assert len(run("exchanges", written, "--json").lines) == 2 * _CONNECTIONS
