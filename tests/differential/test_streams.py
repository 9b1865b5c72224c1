"""The real JsonSocket of three versions and our decoder read the same streams."""

from __future__ import annotations

import itertools

import pytest

from tests.differential.comparison import fresh_seed
from tests.differential.oracle import VERSIONS, Nests
from tests.differential.reading import read_stream
from tests.differential.streams import Stream
from tests.differential.topics import STREAMS

_STREAMS = 20_000


def test_generated_streams_are_read_as_nest_reads_them(nests: Nests) -> None:
    seed = fresh_seed()

    divergences = list(itertools.islice(STREAMS.compare(nests, seed, _STREAMS), 3))

    assert not divergences, f"seed {seed}\n" + "\n".join(map(str, divergences))


def test_every_cut_of_a_stream_is_read_as_nest_reads_it(nests: Nests) -> None:
    data = '11#{"a":"é😀"}\n2#{}5x#"求a"4#nul'.encode() + b'l6#"\xf0\x9f\xff"3#1e9'
    cuts = itertools.combinations(range(1, len(data)), 2)
    streams = [Stream((data[:a], data[a:b], data[b:])) for a, b in cuts]

    assert len(streams) > 900
    assert not list(STREAMS.differences(nests, streams))


def test_thousands_of_tiny_frames_in_one_chunk(nests: Nests) -> None:
    streams = [Stream((frame * 21_000,)) for frame in (b"1#5", b"2#{}", b"3#[1")]

    divergences = list(STREAMS.differences(nests, streams))

    # The rule "recursion": Nest 10 overflows its stack, and loses the rest.
    assert {found.version for found in divergences} == {"v10"}
    answers = nests.ask("streams", [stream.question() for stream in streams[:2]])
    for answer in answers["v10"]:
        assert answer["events"][-2] == ["error", "stack"]
        assert len(answer["events"]) < 21_000
    assert len(answers["v12"][0]["events"]) == 21_000 + 1


@pytest.mark.parametrize("version", VERSIONS)
def test_our_own_answers_depend_on_the_limit_of_the_version(version: str) -> None:
    answer = read_stream(Stream((b"2#{}2#{}",), limit=5), version)

    errors = [] if version == "v10" else [["error", "limit"]]
    messages = [["message", "{}"]] * 2 if version == "v10" else []
    assert answer["events"] == [*messages, *errors, ["read", len(errors)]]
