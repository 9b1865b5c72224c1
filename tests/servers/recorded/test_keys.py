from __future__ import annotations

import pytest

from protocol import Json, dumps
from servers.recorded.keys import Keys, misspelt


def _said(*lines: Json) -> list[str]:
    said: list[str] = []
    keys = Keys(said.append)
    for number, each in enumerate(lines, 1):
        keys.check(each if isinstance(each, bytes) else dumps(each), number)
    return said


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("answr", "replies"),
        ("replys", "replies"),
        ("Replies", "replies"),
        ("response", "replies"),
        ("patern", "pattern"),
        ("dat", "data"),
        ("metdata", "metadata"),
        ("tpye", "type"),
        ("latency_ms", "latency_ns"),
    ],
)
def test_a_misspelt_key_of_a_line_is_named_with_the_nearest(
    key: str, near: str
) -> None:
    (said,) = _said({key: 1})

    assert said == f'line 1: unknown key "{key}", the nearest is "{near}"; passed over'


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("resposne", "response"),
        ("value", "response"),
        ("error", "err"),
        ("isdisposed", "isDisposed"),
        ("afterMs", "after_ms"),
        ("delay", "after_ms"),
    ],
)
def test_a_misspelt_key_of_a_reply_is_named_with_its_place(key: str, near: str) -> None:
    assert _said({"replies": [{"status": 1}, {key: 1}]}) == [
        f'line 1, reply 2: unknown key "{key}", the nearest is "{near}"; passed over'
    ]


def test_what_a_terminal_would_obey_is_escaped() -> None:
    keys = Keys((said := list[str]()).append)
    keys.check(rb'{"pattern":1,"replie\u001bs":1}', 1)
    keys.check_type("answe\nr", 2)

    assert len(said) == 2
    assert all(each.isprintable() for each in said)


def test_ones_own_keys_are_passed_over() -> None:
    own = {"comment": 1, "note": 2, "date": 3, "title": 4, "id": 5, "x-from": 6, "": 7}
    line = {"pattern": "a", "cmd": "a", "replies": [{"response": 1, "value": 2}], **own}

    assert _said({**line, "answer": 1, "data": 1, "payload": 2}) == []


def test_each_is_said_once_and_as_many_as_anybody_reads() -> None:
    assert _said({"patern": 1}, {"patern": 2, "replis": 0}, {"replis": 0}) == [
        'line 1: unknown key "patern", the nearest is "pattern"; passed over',
        'line 2: unknown key "replis", the nearest is "replies"; passed over',
    ]
    assert len(_said(*({f"pattern{n}": 1} for n in range(500)))) == 100
    (said,) = _said({"pattern" + "é" * 20: 0, "patter" + "n" * 3: 0, "x" * 90: 0})
    assert "patternnn" in said


def test_texts_that_a_plain_reader_refuses_are_checked() -> None:
    lone = b'{"pattern":"\\ud800","replys":[]}'
    deep = b'{"patern":%b%b,"replies":[{"er":1}]}' % (b"[" * 3_000, b"]" * 3_000)

    assert len(_said(lone, deep)) == 3
    assert misspelt(lone, "replies") == 'unknown key "replys", the nearest is "replies"'
    assert misspelt(lone, "data") == ""


def test_a_type_that_is_nearly_one_is_said() -> None:
    said: list[str] = []
    keys = Keys(said.append)
    for name in ("evnet", "evnet", "finding", "summary", "packet"):
        keys.check_type(name, 4)

    assert said == ['line 4: unknown type "evnet"; the nearest is "event"']
