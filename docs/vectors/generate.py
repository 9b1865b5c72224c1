"""Write the vectors of this folder: what real Nest does with the cases.

::

    python -m docs.vectors.generate [FOLDER]       also: make vectors

Every answer is real Nest's; ``README.md`` describes how to read the lines.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.vectors import cases, generate_nats
from protocol import NestVersion, dumps
from tests.differential.oracle import VERSIONS, Nests
from tests.differential.streams import Stream, make_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent

Vector = dict[str, Any]
_LINE_ENDS = re.compile("[\x7f-\x9f\u2028\u2029]")
_GENERATED = 150  # streams of the fuzzer that are vectors too
_SHORT = 150  # bytes of such a stream
RELEASES = {version: NestVersion.of(version).release for version in VERSIONS}


def write_vectors(folder: Path) -> None:
    """Write every file of vectors into a folder."""
    with Nests.start() as nests:
        for name, make in FILES.items():
            lines = "".join(f"{_line(vector)}\n" for vector in make(nests))
            (folder / name).write_bytes(lines.encode())


def write_nats_vectors(folder: Path) -> None:
    """Write every file of vectors about NATS into a folder."""
    for name, made in generate_nats.vectors().items():
        lines = "".join(f"{_line(vector)}\n" for vector in made)
        (folder / name).write_bytes(lines.encode())


def _line(vector: Vector) -> str:
    """Return a line that nobody takes for two."""
    return _LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", dumps(vector).decode())


def _vectors(
    nests: Nests,
    what: str,
    asked: Sequence[tuple[Vector, object]],
    tell: Callable[[Any], Vector],
) -> list[Vector]:
    """Return a vector for each case and each answer; versions that agree share it."""
    answers = nests.ask(what, [question for _, question in asked])
    vectors: list[Vector] = []
    for number, (case, _) in enumerate(asked):
        found: dict[str, list[str]] = {}
        for version in VERSIONS:
            told = json.dumps(tell(answers[version][number]))
            found.setdefault(told, []).append(RELEASES[version])
        vectors += [
            case | {"nest": who} | json.loads(told) for told, who in found.items()
        ]
    return vectors


def _value(spelt: str) -> Any:  # noqa: ANN401 — any JSON value
    return json.loads(spelt)


def _present(answer: Vector, *keys: str) -> Vector:
    """Return the values of an answer that are not ``undefined``."""
    told = {key: answer[key] for key in keys if answer[key] not in {None, "undefined"}}
    return {key: _value(spelt) for key, spelt in told.items()}


def _framing(nests: Nests) -> list[Vector]:
    streams = [(name, *case) for name, case in cases.FRAMING.items()]
    streams += [
        (f"generated {number}", list(stream.chunks), stream.limit)
        for number, stream in enumerate(_generated(), start=1)
    ]
    streams += [
        (f"length {text[:20]!a}", [f"{text}#{{}}2#[]".encode(), b"2#{}"], None)
        for text in cases.LENGTHS
    ]
    asked = [
        (
            {"name": name, "limit": limit, "chunks": [one.hex() for one in chunks]},
            Stream(tuple(chunks), limit).question(),
        )
        for name, chunks, limit in streams
    ]
    return _vectors(nests, "streams", asked, _told_stream)


def _generated() -> list[Stream]:
    """Return short streams whose numbers JSON can express."""
    streams = (make_stream(f"vectors:{number}") for number in itertools.count())
    short = (
        stream
        for stream in streams
        if sum(map(len, stream.chunks)) <= _SHORT
        and b"400" not in b"".join(stream.chunks)
    )
    return list(itertools.islice(short, _GENERATED))


def _told_stream(answer: Vector) -> Vector:
    reads: list[list[Vector]] = [[]]
    for kind, told in answer["events"]:
        if kind == "read":
            reads.append([])
        else:
            reads[-1].append({kind: _value(told) if kind == "message" else told})
    return {
        "reads": reads[:-1],
        "buffered": answer["units"],
        "awaited": answer["length"],
    }


def _frames(nests: Nests) -> list[Vector]:
    asked: list[tuple[Vector, object]] = [
        ({"json": text}, text) for text in cases.FRAMES
    ]
    return _vectors(nests, "frames", asked, lambda frame: {"frame": frame})


def _calls(nests: Nests) -> list[Vector]:
    asked: list[tuple[Vector, object]] = [
        (
            {"verb": verb, "pattern": json.loads(pattern), "data": json.loads(data)},
            {"verb": verb, "pattern": pattern, "data": data},
        )
        for verb, pattern, data in cases.CALLS
    ]
    return _vectors(nests, "calls", asked, lambda frames: {"frames": frames})


def _routes(nests: Nests) -> list[Vector]:
    asked: list[tuple[Vector, object]] = [
        ({"pattern": one}, one) for one in cases.PATTERNS
    ]
    return _vectors(nests, "routes", asked, lambda route: {"route": _value(route)})


def _packets(nests: Nests) -> list[Vector]:
    asked: list[tuple[Vector, object]] = [
        ({"packet": one}, one) for one in cases.MESSAGES
    ]
    return _vectors(nests, "served", asked, _told_message)


def _told_message(answer: Vector) -> Vector:
    return {
        "answered": answer["id"] is not None,
        **_present(answer, "id", "route", "data", "metadata"),
    }


def _replies(nests: Nests) -> list[Vector]:
    asked: list[tuple[Vector, object]] = [
        ({"reply": one}, one) for one in cases.REPLIES
    ]
    return _vectors(nests, "replies", asked, _told_reply)


def _told_reply(answer: Vector) -> Vector:
    told = _present(answer, "id", "err", "response")
    return told | {"ended": answer["ended"]} if "id" in told else {"ignored": True}


def _answers(nests: Nests) -> list[Vector]:
    names = nests.nests[0].ask("handlers", [None])[0]
    asked: list[tuple[Vector, object]] = [({"handler": name}, name) for name in names]
    return _vectors(nests, "answers", asked, lambda frames: {"frames": frames})


FILES: dict[str, Callable[[Nests], list[Vector]]] = {
    "framing.jsonl": _framing,
    "frames.jsonl": _frames,
    "packets.jsonl": _packets,
    "calls.jsonl": _calls,
    "routes.jsonl": _routes,
    "answers.jsonl": _answers,
    "replies.jsonl": _replies,
}

if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else HERE
    write_vectors(target)
    write_nats_vectors(target)
