"""What stands in docs/vectors about NATS is what the carrier reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docs.vectors.generate import write_nats_vectors
from docs.vectors.generate_nats import SIDES, told_unit
from protocol import UNDEFINED, InvalidJsonError, NestVersion, Request, loads
from protocol.carriage import parse_reply, parse_request
from tests.differential.oracle import VERSIONS
from tests.inspector.carriers.nats.conversations import read

_FOLDER = Path(__file__).parents[4] / "docs" / "vectors"
_FILES = ("nats-units.jsonl", "nats-replies.jsonl", "nats-requests.jsonl")

Vector = dict[str, Any]


def _vectors(name: str) -> list[Vector]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _of_nest_12(name: str) -> list[Vector]:
    newest = NestVersion.of(VERSIONS[-1]).release
    return [vector for vector in _vectors(name) if newest in vector["nest"]]


@pytest.mark.parametrize(
    "vector", _vectors("nats-units.jsonl"), ids=lambda one: one["name"]
)
def test_units(vector: Vector) -> None:
    turns = [(SIDES[side], text.encode()) for side, text in vector["turns"]]

    assert [told_unit(unit) for unit in read(*turns)] == vector["units"]


@pytest.mark.parametrize(
    "vector", _of_nest_12("nats-replies.jsonl"), ids=lambda one: one["name"]
)
def test_a_reply_is_what_nest_12_takes_it_for(vector: Vector) -> None:
    payload = vector["payload"].removeprefix("\ufeff").encode()
    if vector["uncaught"]:
        with pytest.raises(InvalidJsonError):
            parse_reply(payload, asked=True)
        return
    if not payload:  # an errand: there is nothing to parse
        return
    reply = parse_reply(payload, asked=True)
    assert reply is not None
    packet = reply.packet
    if packet.id not in {None, "", "1"}:
        assert (vector["values"], vector["ended"]) == ([], None)
    elif packet.failed:
        assert packet.err is not UNDEFINED
        assert (vector["error"], vector["ended"]) == (loads(packet.err), "error")
    elif not packet.extra:  # else a finding says what the releases make of it
        value = packet.response
        shown = {"undefined": True} if value is UNDEFINED else {"value": loads(value)}
        assert vector["values"] == [shown]
        assert (vector["ended"] == "complete") == packet.is_disposed


@pytest.mark.parametrize(
    "vector", _of_nest_12("nats-requests.jsonl"), ids=lambda one: one["name"]
)
def test_a_request_is_what_a_server_answers(vector: Vector) -> None:
    packet = parse_request(vector["payload"].encode())
    if packet is None:  # Nest hands any JSON to the handler of the subject
        return
    assert bool(vector["answers"]) == isinstance(packet, Request)
    data = UNDEFINED if packet.data is UNDEFINED else loads(packet.data)
    assert vector.get("data", UNDEFINED) == data


def test_real_nest_gives_the_same_vectors_again(tmp_path: Path) -> None:
    write_nats_vectors(tmp_path)

    assert {file.name for file in tmp_path.iterdir()} == {*_FILES}
    for name in _FILES:
        assert (tmp_path / name).read_bytes() == (_FOLDER / name).read_bytes(), name


def test_every_file_is_described() -> None:
    text = (_FOLDER / "README.md").read_text(encoding="utf-8")

    for name in _FILES:
        assert f"## {name}\n" in text
        keys = {key for vector in _vectors(name) for key in vector}
        assert not {key for key in keys if f"`{key}`" not in text} - {"name"}
