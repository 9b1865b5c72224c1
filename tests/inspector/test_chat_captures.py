"""Captures of chats: every event and answer that clients saw, and what each took."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from inspector import inspect
from tests.inspector.captures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from inspector import Exchange

_FOLDER = ROOT / "captures" / "chains"
_CHATS = sorted(_FOLDER.glob("*.json"))
_COST = {
    ("socketio", "send"): 1,
    ("rabbitmq", '{"cmd":"send"}'): 4,  # an acknowledgement is one of them
    ("rabbitmq", '{"cmd":"keep"}'): 6,
    ("rabbitmq", '{"cmd":"recv"}'): 3,
    ("socketio", "recv"): 1,
    ("socketio", "history"): 2,
    ("rabbitmq", '{"cmd":"history"}'): 6,
}
"""Packets: 8 of a message and its answer, 4 of an event, 5 where it is acknowledged."""
_ARCHIVED = ('{"cmd":"keep"}', '{"cmd":"history"}')
"""What an archive answers: in Python without a confirm, so with a packet less."""


def _capture_of(manifest: Path) -> Path:
    plain = manifest.with_suffix(".pcap")
    return plain if plain.exists() else manifest.with_suffix(".pcap.gz")


def _texts(values: list[Any]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in values)


def _printed(manifest: Path, key: str) -> list[Any]:
    clients = json.loads(manifest.read_bytes())["clients"]
    lines = [line for client in clients for line in client["printed"]]
    return [line[key] for line in lines if key in line]


@pytest.mark.parametrize("manifest", _CHATS, ids=lambda each: each.stem)
def test_every_event_and_answer_that_clients_saw_is_found(manifest: Path) -> None:
    seen = inspect(_capture_of(manifest))
    found: dict[tuple[str, str], list[Exchange]] = {}
    for each in seen:
        found.setdefault((each.carrier, each.route or ""), []).append(each)

    said = _printed(manifest, "recv")
    assert {key: len(each) for key, each in found.items()} == dict.fromkeys(
        _COST, len(said)
    )
    heard = found["socketio", "recv"]
    assert _texts([each.data for each in heard]) == _texts(said)
    answers = found["socketio", "history"]
    told = _printed(manifest, "history")
    assert _texts([each.response for each in answers]) == _texts(told)
    outcomes = Counter(each.outcome for each in seen)
    assert outcomes == {"sent": 4 * len(said), "completed": 3 * len(said)}


@pytest.mark.parametrize(
    "manifest",
    [each for each in _CHATS if "many" not in each.stem],  # where packets are shared
    ids=lambda each: each.stem,
)
def test_what_each_link_of_a_chain_takes(manifest: Path) -> None:
    programs = json.loads(manifest.read_bytes())["programs"]
    (archive,) = (each["kind"] for each in programs if each["program"] == "archive")
    for each in inspect(_capture_of(manifest)):
        spared = archive == "python" and each.route in _ARCHIVED
        assert each.packets == _COST[each.carrier, each.route or ""] - spared
