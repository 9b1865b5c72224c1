"""What stands in docs/vectors is what real Nest does, and what we do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docs.vectors.generate import FILES, RELEASES, write_vectors
from protocol import (
    UNDEFINED,
    Frame,
    FrameDecoder,
    NestVersion,
    Response,
    dumps,
    encode_frame,
    encode_packet,
    loads,
    parse_packet,
    route,
)
from tests.differential.messages import Message, serve, take_reply
from tests.differential.reading import read_stream
from tests.differential.streams import Stream

VECTORS = Path(__file__).parents[1] / "docs" / "vectors"
_LARGEST = 500_000  # bytes of all files
_FALSY_END = '{"isDisposed":false,"id":"1"}'

Vector = dict[str, Any]


def _vectors(name: str) -> list[Vector]:
    lines = (VECTORS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _told(answer: Vector, *keys: str) -> Vector:
    """Return the values of an answer that are not ``undefined``."""
    told = {key: answer[key] for key in keys if answer[key] not in {None, "undefined"}}
    return {key: json.loads(spelt) for key, spelt in told.items()}


def test_real_nest_gives_the_same_vectors_again(tmp_path: Path) -> None:
    write_vectors(tmp_path)

    for name in FILES:
        assert (tmp_path / name).read_bytes() == (VECTORS / name).read_bytes(), name


def test_the_vectors_are_small_and_of_every_release() -> None:
    files = sorted(VECTORS.glob("*.jsonl"))
    over_nats = [file for file in files if file.name.startswith("nats-")]
    files = [file for file in files if file not in over_nats]

    assert [file.name for file in files] == sorted(FILES)
    assert sum(file.stat().st_size for file in files) < _LARGEST
    for file in files:
        named = {release for one in _vectors(file.name) for release in one["nest"]}
        assert named == set(RELEASES.values())


def test_every_file_is_described() -> None:
    text = (VECTORS / "README.md").read_text(encoding="utf-8")

    for name in FILES:
        assert f"## {name}\n" in text
        keys = {key for vector in _vectors(name) for key in vector}
        assert not {key for key in keys if f"`{key}`" not in text} - {"name"}


@pytest.mark.parametrize(
    "vector", _vectors("framing.jsonl"), ids=lambda one: one["name"]
)
def test_framing(vector: Vector) -> None:
    chunks = tuple(bytes.fromhex(chunk) for chunk in vector["chunks"])
    for release in vector["nest"]:
        answer = read_stream(Stream(chunks, vector["limit"]), release)

        assert _reads(answer["events"]) == vector["reads"]
        assert answer["units"] == vector["buffered"]
        assert answer["length"] == vector["awaited"]


@pytest.mark.parametrize(
    "vector", _vectors("frames.jsonl"), ids=lambda one: one["json"]
)
def test_frames(vector: Vector) -> None:
    length, text = vector["frame"].split("#", 1)

    assert encode_frame(text.encode()) == vector["frame"].encode()
    assert loads(text) == loads(vector["json"])
    assert int(length) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "vector", _vectors("packets.jsonl"), ids=lambda one: one["packet"]
)
def test_packets(vector: Vector) -> None:
    for release in vector["nest"]:
        answer = serve(Message(vector["packet"]), release)

        assert (answer["id"] is not None) == vector["answered"]
        told = _told(answer, "id", "route", "data", "metadata")
        assert vector == vector | told
        assert told.keys() == vector.keys() - {"packet", "nest", "answered"}


@pytest.mark.parametrize(
    "vector", _vectors("replies.jsonl"), ids=lambda one: one["reply"]
)
def test_replies(vector: Vector) -> None:
    for release in vector["nest"]:
        strict = NestVersion.of(release).strict_replies
        if vector["reply"] == _FALSY_END and not strict:
            continue  # the rule "falsy isDisposed" of docs/wire-format.md
        answer = take_reply(Message(vector["reply"]), release)

        told = _told(answer, "id", "err", "response")
        expected = (
            told | {"ended": answer["ended"]} if "id" in told else {"ignored": True}
        )
        assert expected == {
            key: vector[key] for key in vector.keys() - {"reply", "nest"}
        }


@pytest.mark.parametrize(
    "vector", _vectors("routes.jsonl"), ids=lambda one: one["pattern"]
)
def test_routes(vector: Vector) -> None:
    pattern = loads(vector["pattern"])

    for release in vector["nest"]:
        assert route(pattern, NestVersion.of(release)) == vector["route"]


@pytest.mark.parametrize("vector", _vectors("calls.jsonl"), ids=str)
def test_calls(vector: Vector) -> None:
    (frame,) = vector["frames"]
    packet = parse_packet(_only_frame(frame))

    assert encode_packet(packet) == frame.encode()
    assert not isinstance(packet, Response)
    assert packet.data is not UNDEFINED
    assert loads(packet.data) == vector["data"]
    for release in vector["nest"]:
        version = NestVersion.of(release)
        emitted = vector["verb"] == "emit"
        sent = vector["pattern"]
        if emitted and not isinstance(sent, str):
            sent = route(sent, version)
        assert packet.pattern == sent
        assert hasattr(packet, "id") != emitted


@pytest.mark.parametrize(
    "vector", _vectors("answers.jsonl"), ids=lambda one: one["handler"]
)
def test_answers(vector: Vector) -> None:
    packets = [parse_packet(_only_frame(frame)) for frame in vector["frames"]]

    replies = [packet for packet in packets if isinstance(packet, Response)]
    assert [reply.final for reply in replies] == [False] * (len(packets) - 1) + [True]
    assert [encode_packet(packet).decode() for packet in packets] == vector["frames"]


def _reads(events: list[list[Any]]) -> list[list[Vector]]:
    """Return the events of each chunk."""
    reads: list[list[Vector]] = [[]]
    for kind, told in events:
        if kind == "read":
            reads.append([])
        else:
            reads[-1].append({kind: json.loads(told) if kind == "message" else told})
    return reads[:-1]


def _only_frame(text: str) -> Frame:
    decoder = FrameDecoder()
    decoder.receive_data(text.encode())
    frame = decoder.next_frame()
    assert frame is not None
    assert frame.size == len(text.encode())
    assert dumps(loads(frame.body))
    return frame
