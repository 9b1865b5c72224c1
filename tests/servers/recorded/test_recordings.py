from __future__ import annotations

from typing import Any

import pytest

from protocol import UNDEFINED, dumps
from servers.errors import UsageError
from servers.recorded.recordings import recordings
from tests.servers.recorded.recorded import line, recording, value

_EXCHANGE: dict[str, Any] = {
    "type": "exchange",
    "number": 1204,
    "kind": "message",
    "outcome": "completed",
    "pattern": {"b": 1, "a": 2},
    "data": [1],
    "replies": [{"response": 1}, {"response": 2}, {"response": 3, "isDisposed": True}],
    "latency_ns": 1_000_000,
    "duration_ns": 5_000_000,
    "time_ns": 77,
    "server": "127.0.0.1:8888",
    "server_name": "calc",
    "carrier": "tcp",
}


def _read(*members: dict[str, Any]) -> list[Any]:
    return list(recordings(map(dumps, members), "a.jsonl"))


def test_an_exchange_has_its_times_spread_over_a_stream() -> None:
    (found,) = _read(_EXCHANGE)

    assert (found.name, found.route) == ("#1,204", '{"a":2,"b":1}')
    assert [each.after_ms for each in found.replies] == [1, 3, 5]
    assert (found.values, found.err) == ([1, 2, 3], UNDEFINED)
    assert (found.latency_ns, found.time_ns) == (1_000_000, 77)
    assert found.server == ("127.0.0.1:8888", "calc")
    assert found.is_answered


def test_an_answer_needs_no_more_than_its_pattern() -> None:
    bare, timed = recording("a", 0), recording("a", 0, value(1, after_ms=1.5))

    assert (bare.kind, bare.is_answered, bare.latency_ns) == ("message", False, None)
    assert (timed.is_answered, timed.latency_ns) == (True, 1_500_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "finding"},
        {"type": "summary"},
        {"carrier": "http"},
        {"carrier": "socketio"},
        {"kind": "orphan"},
        {"pattern": None},
        {"outcome": "unanswered", "replies": [], "in_flight": True},
    ],
)
def test_what_cannot_be_given_or_sent_again_is_passed_over(
    changes: dict[str, Any],
) -> None:
    assert len(_read(_EXCHANGE, {**_EXCHANGE, **changes})) == 1


@pytest.mark.parametrize(
    ("changes", "answered"),
    [
        ({"outcome": "error"}, True),
        ({"outcome": "no_handler"}, True),
        ({"outcome": "incomplete"}, False),
        ({"outcome": "unanswered", "replies": []}, False),
        ({"kind": "event", "outcome": "sent", "replies": []}, False),
    ],
)
def test_an_answer_without_its_end_is_none(
    changes: dict[str, Any],
    answered: bool,  # noqa: FBT001 — a parameter of the test
) -> None:
    (found,) = _read({**_EXCHANGE, **changes})

    assert found.is_answered is answered


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[]", "line 2: "),
        (b"{}", "line 2: it has no pattern"),
        (b'{"patern":1}', 'it has no pattern: unknown key "patern", the nearest is'),
        (b'{"pattern":"a",\n', "line 2: the JSON object goes on after this line"),
        (b'{"pattern":"a","data"', "line 2: the file ends before its JSON object does"),
        (b'{"pattern":"a"}{"pattern":"b"}', "line 2: expected nothing more"),
        (b'{"pattern":"a","kind":"x"}', "line 2: its kind is 'x'"),
        (b'{"pattern":"a","replies":[{"after_ms":"soon"}]}', "after_ms"),
        (b'{"pattern":"a","replies":[{"after_ms":1e308}]}', "after_ms"),
        (b'{"pattern":"a","latency_ns":%b}' % (b"9" * 400), "latency_ns"),
        (b'{"pattern":"\\ud800","time_ns":%b}' % (b"9" * 400), "time_ns"),
    ],
)
def test_a_line_with_a_mistake_is_named(text: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=r"a\.jsonl: line 2") as caught:
        list(recordings([b"\n", text], "a.jsonl"))
    assert said in str(caught.value)


def test_lone_surrogates_and_deep_values_are_read() -> None:
    deep = b"[" * 2_000 + b"]" * 2_000
    texts = [line("a", "\ud800"), b'{"pattern":"b","data":%b}' % deep]

    assert [each.route for each in recordings(texts, "a.jsonl")] == ["a", "b"]


def test_a_misspelt_key_is_said_and_its_line_read() -> None:
    said: list[str] = []
    text = b'{"pattern":"a","replies":[{"resposne":1}],"dta":2}'
    event = b'{"type":"event","patern":1,"pattern":"b"}'
    found = list(recordings([text, event, text], "a.jsonl", said.append))

    assert [each.route for each in found] == ["a", "b", "a"]
    assert [each.split("; ")[0] for each in said] == [
        'a.jsonl: line 1: unknown key "dta", the nearest is "data"',
        'a.jsonl: line 1, reply 1: unknown key "resposne", the nearest is "response"',
        'a.jsonl: line 2: unknown key "patern", the nearest is "pattern"',
    ]


def test_exchanges_have_the_keys_that_the_inspector_gave_them() -> None:
    said: list[str] = []
    reply = {"response": 1, "error": "of somebody's own"}
    text = dumps({**_EXCHANGE, "replies": [reply]})

    assert len(list(recordings([text], "a.jsonl", said.append, answering=True))) == 1
    assert said == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"pattern":"a","answr":[]}', 'it has no replies: unknown key "answr"'),
        (b'{"pattern":"a"}', 'it has no replies; "replies":[] is a service that never'),
    ],
)
def test_an_answer_that_could_never_answer_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=r"^a\.jsonl: line 1: ") as caught:
        list(recordings([text], "a.jsonl", answering=True))
    assert said in str(caught.value)

    never = [b'{"pattern":"a","replies":[]}', b'{"type":"event","pattern":"b"}']
    assert len(list(recordings(never, "a.jsonl", answering=True))) == 2
    assert len(list(recordings([text], "a.jsonl"))) == 1  # to be sent again


def test_lines_of_other_types_alone_are_said_to_be_that() -> None:
    lines = [b'{"type":"packet"}', b'{"type":"finding"}']
    with pytest.raises(UsageError, match="only lines of the type finding, packet; wan"):
        list(recordings(lines, "a.jsonl"))
    assert len(list(recordings([*lines, line("a", 1)], "a.jsonl"))) == 1
    assert list(recordings([b'{"type":"exchange"}'], "a.jsonl")) == []
