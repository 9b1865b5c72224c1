"""What ``explain`` says that Nest does is what three real versions of it do."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from inspector.explain.effects import CHANGES, effects
from inspector.explain.explanation import Explanation, Judgement, explain
from protocol import NEST_VERSIONS, NestVersion
from tests.differential.oracle import VERSIONS

if TYPE_CHECKING:
    from tests.differential.oracle import Nests

_NEXT = b'20#{"pattern":"after"}'
_FRAMES = [
    '11#{"a":"é😀"}',
    '14#{"a":"é😀"}',
    '10#{"a":"é😀"}',
    '99#{"a":"é😀"}',
    '3#{"a":"é😀"}',
    '33#{"pattern":"log","data":"求和1111"}',
    '37#{"pattern":"log","data":"求和1111"}',
    "5x#{}",
    "2#{}",
    "1#{}",
    "1#5",
    "4#null",
    "0#",
    "-7#{}",
    "x#{}",
    "#{}",
    '{"pattern":"a"}',
    '{"pattern":"a#b"}',
    '15{"pattern":"a"}',
    '15{"pattern":"a#b"}',
    "15",
    "abc",
    "5#hello",
    "9#hello",
    "5#{a:1}",
    "9#{a:1}",
    '40#{"pattern":"cut off","da',
    "2.7#{}",
    "\ufeff2#{}",
]
_REPLIES = [
    '{"id":"a"}',
    '{"response":1,"id":"a"}',
    '{"response":1,"isDisposed":true,"id":"a"}',
    '{"isDisposed":true,"id":"a"}',
    '{"response":1,"traceId":5,"id":"a"}',
    '{"err":"x","isDisposed":true,"id":"a"}',
    '{"err":"x","traceId":5,"id":"a"}',
    '{"err":"","response":1,"id":"a"}',
    '{"traceId":5,"id":"a"}',
]


def _profile(folder: str) -> NestVersion:
    return NestVersion.of(folder)


def _read(nests: Nests, *chunks: bytes) -> dict[str, dict[str, Any]]:
    encoded = [base64.b64encode(chunk).decode() for chunk in chunks]
    answers = nests.ask("streams", [{"chunks": encoded, "limit": None}])
    return {version: answer for version, (answer,) in answers.items()}


def _deed(explanation: Explanation, version: str, follows: str) -> str:
    """Return what is said that a version does; a deed for any case counts for each."""
    (deed,) = (
        effect.action
        for effect in effects(explanation)
        if effect.next_input in {"", follows} and effect.holds(_profile(version))
    )
    return deed


def _events(answer: dict[str, Any]) -> list[str]:
    return [
        event[1] if event[0] == "error" else event[0]
        for event in answer["events"]
        if event[0] != "read"
    ]


@pytest.mark.parametrize("text", _FRAMES)
def test_what_is_said_of_a_frame_alone_is_what_nest_does(
    text: str, nests: Nests
) -> None:
    (explanation,) = explain(text.encode())

    for version, answer in _read(nests, text.encode()).items():
        events = _events(answer)
        if explanation.judgement is Judgement.RIGHT:
            assert events == ["message"]
            assert answer["units"] == 0
            continue
        deed = _deed(explanation, version, "nothing")
        if deed.startswith("waits"):
            assert events == []
            timed = _profile(version).incomplete_timeout_ns is not None
            assert deed.endswith("destroys the connection") is timed
            if explanation.length is not None:
                assert answer["length"] - answer["units"] == explanation.missing
        elif "takes" in deed:
            assert "message" not in events
            assert answer["length"] == 15
        else:
            expected = "length" if "corrupted length" in deed else "json"
            assert events == [expected]
            assert ["read", 1] in answer["events"]


@pytest.mark.parametrize("text", _FRAMES)
def test_what_is_said_of_a_frame_behind_it_is_what_nest_does(
    text: str, nests: Nests
) -> None:
    (explanation,) = explain(text.encode())
    if explanation.judgement is Judgement.RIGHT:
        return
    for version, answer in _read(nests, text.encode() + _NEXT).items():
        events = _events(answer)
        deed = _deed(explanation, version, "a frame")
        if "for the length of what follows" in deed:
            assert "message" not in events
        elif "invalid JSON" in deed and explanation.missing > len(_NEXT):
            assert events == []  # the next frame alone is not enough
        else:
            assert events == ["length" if "corrupted length" in deed else "json"]


def test_a_number_that_is_cut_is_read_and_its_rest_begins_the_next_length(
    nests: Nests,
) -> None:
    first, second = explain(b"1#12")

    assert (first.judgement, first.body) == (Judgement.RIGHT, b"1")
    assert (second.judgement, second.raw) == (Judgement.NO_DELIMITER, b"2")
    for answer in _read(nests, b"1#12").values():
        assert answer["events"] == [["message", "1"], ["read", 0]]
        assert answer["units"] == 1


@pytest.mark.parametrize("text", _REPLIES)
def test_what_is_said_of_a_reply_is_what_a_client_does(text: str, nests: Nests) -> None:
    (explanation,) = explain(f"{len(text)}#{text}".encode())
    whole = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))

    for version, (answer,) in nests.ask("replies", [text]).items():
        deed = _deed(explanation, version, "nothing")
        foreign = answer["response"] == whole
        assert ("whole packet" in deed) is foreign, (version, deed, answer)
        if foreign:
            assert answer["ended"]
        elif "error" in deed:
            assert answer["err"] == '"x"'
        elif "ends" in deed:
            assert answer["ended"]
        else:
            assert not answer["ended"]
            assert ("undefined" in deed) is (answer["response"] == "undefined")


def test_the_route_of_a_deep_pattern_is_what_each_version_looks_up(
    nests: Nests,
) -> None:
    pattern = '{"a":' * 8 + '"x\\"y"' + "}" * 8
    text = f'{{"pattern":{pattern},"id":"1"}}'
    (explanation,) = explain(f"{len(text)}#{text}".encode())
    said = {
        effect.versions: effect.action.removeprefix("looks for ").partition("; ")[0]
        for effect in effects(explanation)
        if effect.change
    }

    for version, (served,) in nests.ask("served", [text]).items():
        looked_up = said[CHANGES["route_max_depth"][version != "v10"]]
        assert json.loads(served["route"]) == looked_up


def test_the_measured_versions_lie_on_their_side_of_every_change() -> None:
    for field, (before, since) in CHANGES.items():
        for profile in NEST_VERSIONS:
            changed = getattr(profile, field) != getattr(NEST_VERSIONS[0], field)
            assert _covers(since if changed else before, profile.release)
            assert not _covers(before if changed else since, profile.release)
    assert [NestVersion.of(folder) for folder in VERSIONS] == list(NEST_VERSIONS)


def _covers(label: str, release: str) -> bool:
    """Whether ``≤ 11.2.4, ≤ 12.0.2`` or ``≥ 11.2.5, ≥ 12.0.3`` covers a release."""
    version = _numbers(release)
    bounds = [_numbers(bound[2:]) for bound in label.split(", ")]
    same = [bound for bound in bounds if bound[0] == version[0]]
    bound = same[0] if same else max(bounds) if label[0] == "≥" else min(bounds)
    return version >= bound if label[0] == "≥" else version <= bound


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))
