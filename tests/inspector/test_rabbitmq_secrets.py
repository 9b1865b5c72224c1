"""No secret of a broker is in any output, or in any written capture."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from pamqp import commands

from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.rabbitmq.wire import (
    DIRECT,
    PREAMBLE,
    REPLY_TO,
    Basic,
    deliver,
    message,
    method,
    publish,
)
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.evidence import name_of
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.planted import Planter, check_that_none_is_shown_or_written
from tests.inspector.rabbitmq_evidence import FOLDER, RABBITMQ

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pamqp.common import FieldTable as Table

    from tests.inspector.conversation import Conversation

_PLANTED = 200
_PART = 7
_CONNECTIONS = 640
_WAYS = (
    ("exchanges", "--json"),
    ("exchanges",),
    ("packets", "--json"),
    ("packets",),
    ("follow",),
    ("report",),
    ("report", "--json"),
)


def _told(capture: Path, *options: str) -> list[dict[str, Any]]:
    lines = run("exchanges", capture, "--json", *options).lines
    return [
        {
            key: line.get(key)
            for key in ("route", "outcome", "packets", "data", "replies")
        }
        for line in lines
    ]


@pytest.mark.parametrize("capture", RABBITMQ, ids=name_of)
def test_what_is_written_redacted_decodes_to_what_is_told_redacted(
    capture: Path, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    hidden = ["--redact", "data", "--redact", "response", "--redact", "err"]
    run("exchanges", capture, "--write", written, *hidden)

    assert _told(written) == _told(capture, *hidden)


def test_secrets_of_a_login_and_of_headers_are_nowhere(tmp_path: Path) -> None:
    capture = FOLDER / "rabbitmq-auth-nest12.pcap"
    manifest = json.loads((FOLDER / "rabbitmq-auth-nest12.json").read_bytes())
    written = tmp_path / "written.pcapng"
    outcome = run(
        "exchanges", capture, "--json", "--redact", "auto", "--write", written
    )
    outputs = [outcome.out]
    for command in ("packets", "follow", "ladder", "report", "show"):
        words = [command, capture] if command != "show" else [command, capture, "2"]
        outputs.append(run(*words, "--redact", "auto").out)

    assert len(manifest["secrets"]) == 2
    for secret in manifest["secrets"]:
        assert secret.encode() in capture.read_bytes()
        assert secret.encode() not in written.read_bytes()
        assert not any(secret in output for output in outputs)


def _planted(rng: random.Random) -> tuple[bytes, list[bytes]]:
    """Return a capture with secrets wherever there may be some, and those."""
    secrets = [f"S{rng.getrandbits(80):020x}" for _ in range(6)]
    login, header, nested, other, body, foreign = secrets
    broker = Broker()
    caller = broker.peer()
    caller.say(method(commands.Connection.StartOk({}, "PLAIN", f"\0user\0{login}"), 0))
    caller.say(method(commands.Connection.UpdateSecret(other, "expired"), 0))
    said = {"authorization": header, "more": {"password": nested}, "n": 1}
    request = b'{"pattern":"in","data":{"password":"%b"},"id":"c1"}' % body.encode()
    asks = {"reply_to": REPLY_TO, "correlation_id": "c1"}
    most = rng.choice([9, 100_000])
    caller.say(publish(request, "cats_q", headers=said, most=most, **asks))
    caller.say(publish(foreign.encode() * 3, "elsewhere", most=most))
    caller.say(publish(request, "cats_q", **asks)[: rng.randint(20, 90)])
    broker.wire.linger()
    return pcap_bytes(broker.wire.records), [each.encode() for each in secrets]


@pytest.mark.parametrize("seed", range(_PLANTED // 40))
def test_planted_secrets_are_in_no_written_capture(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)  # noqa: S311 — the same each time
    for number in range(8):
        data, secrets = _planted(rng)
        capture, written = tmp_path / f"{number}.pcap", tmp_path / f"{number}.pcapng"
        capture.write_bytes(data)
        outcome = run(
            "exchanges", capture, "--json", "--redact", "auto", "--write", written
        )
        shown = written.read_bytes() + outcome.out.encode()
        for secret in secrets:  # a frame may end in the middle of one
            parts = [secret[at : at + _PART] for at in range(len(secret) - _PART)]
            assert any(part in data for part in parts)
            assert not any(part in shown for part in parts), secret


def _plant(wire: Wire) -> int:
    """Plant passwords wherever AMQP has a place for one; return how many."""
    secret = Planter()
    for port in range(_CONNECTIONS):
        peer = wire.connect(client=f"10.0.0.1:{20_000 + port}", server="10.0.0.9:5672")
        _log_in(peer, secret)
        _ask(peer, secret)
        _refuse(peer, secret)
    wire.linger()
    return secret.planted


def _log_in(peer: Conversation, secret: Callable[[], str]) -> None:
    peer.send(CLIENT, PREAMBLE)
    peer.send(SERVER, method(commands.Connection.Start(0, 9, {}, "PLAIN"), 0))
    said: Table = {"password": secret(), "more": {"token": secret()}, "product": "x"}
    login = f"\0{secret()}\0{secret()}"
    peer.send(CLIENT, method(commands.Connection.StartOk(said, "PLAIN", login), 0))
    peer.send(SERVER, method(commands.Connection.Secure(secret()), 0))
    peer.send(CLIENT, method(commands.Connection.SecureOk(secret()), 0))
    peer.send(CLIENT, method(commands.Connection.UpdateSecret(secret(), "it ends"), 0))
    peer.send(CLIENT, method(commands.Channel.Open()))
    table: Table = {"x-api-key": secret()}
    peer.send(CLIENT, method(commands.Queue.Declare(queue="cats_q", arguments=table)))


def _ask(peer: Conversation, secret: Callable[[], str]) -> None:
    """Send a request and its reply, each with passwords in headers and body."""
    said: Table = {"authorization": secret(), "more": {"tokens": [secret(), secret()]}}
    asked = dumps({"pattern": "in", "data": {"password": secret()}, "id": "c1"})
    peer.send(
        CLIENT, publish(asked, headers=said, reply_to=REPLY_TO, correlation_id="c1")
    )
    reply = dumps({"response": {"token": secret()}, "isDisposed": True})
    key = {"api-key": secret()}
    peer.send(SERVER, deliver(reply, 1, DIRECT, headers=key, correlation_id="c1"))


def _refuse(peer: Conversation, secret: Callable[[], str]) -> None:
    """Send what is somebody else's, have it back, and an error that quotes."""
    foreign = secret().encode()
    peer.send(CLIENT, publish(foreign, "elsewhere", mandatory=True))
    back = Basic.Return(312, "NO_ROUTE", "", "elsewhere")
    peer.send(SERVER, message(back, foreign))
    why = f"PRECONDITION_FAILED - 'x-key': received '{secret()}'"
    peer.send(SERVER, method(commands.Channel.Close(406, why, 50, 10)))


def test_of_ten_thousand_that_were_planted_none_is_shown_or_written(
    tmp_path: Path,
) -> None:
    wire = Wire()
    planted = _plant(wire)

    assert planted >= 10_000
    written = check_that_none_is_shown_or_written(wire, planted, tmp_path, _WAYS)
    assert len(_told(written)) == _CONNECTIONS
