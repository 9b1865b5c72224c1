"""What a handshake has of passwords is in no view, with ``--redact`` or without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pamqp import commands

from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.carriers.rabbitmq.wire import method
from tests.inspector.command import run
from tests.inspector.over_rabbitmq import Broker, called

if TYPE_CHECKING:
    from pathlib import Path

_VIEWS = ("report", "exchanges", "packets", "ladder", "timeline", "services")
_CAPTURES = [
    each
    for carrier in ("kafka", "mqtt", "nats", "redis")
    for each in sorted((ROOT / "captures" / carrier).glob("*-auth-*.pcap"))
]


def _shown(capture: Path) -> str:
    """Return all that the views say of a capture, in text and as JSON lines."""
    outcomes = [
        run(view, capture, *form) for view in _VIEWS for form in ([], ["--json"])
    ]
    outcomes += [run("follow", capture), run("show", capture, "1")]
    return "".join(each.out + each.err for each in outcomes)


@pytest.mark.parametrize("capture", _CAPTURES, ids=lambda each: each.stem)
def test_passwords_of_real_clients_are_in_no_view(capture: Path) -> None:
    manifest = json.loads(capture.with_suffix(".json").read_bytes())
    shown = _shown(capture)

    assert len(manifest["secrets"]) > 1
    for secret in manifest["secrets"]:
        assert secret.encode() in capture.read_bytes()
        assert secret not in shown


def test_the_login_of_amqp_is_in_no_view(tmp_path: Path) -> None:
    capture = tmp_path / "login.pcap"
    broker = Broker()
    caller, worker = broker.peer(), broker.worker()
    login = method(commands.Connection.StartOk({}, "PLAIN", "\0tom\0staple"), 0)
    caller.say(login, method(commands.Connection.UpdateSecret("battery", "x"), 0))
    called(caller, worker)
    capture.write_bytes(pcap_bytes(broker.wire.linger().records))
    shown = _shown(capture)

    assert "connection.start-ok" in shown
    assert "staple" not in shown
    assert "battery" not in shown
