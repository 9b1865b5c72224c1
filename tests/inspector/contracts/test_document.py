from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from inspector.contracts.document import (
    VERSION,
    Contract,
    contract_from,
    read_contract,
    written,
)
from inspector.contracts.gathering import Key
from inspector.errors import InspectorError
from inspector.shapes.schemas import Schema
from protocol import UNDEFINED
from tests.inspector.contracts.gathered import contract

if TYPE_CHECKING:
    from pathlib import Path

_CALLS = [
    ({"cmd": "get"}, {"id": 7}, {"name": "ann", "age": None}),
    ({"cmd": "get"}, UNDEFINED, UNDEFINED),
    ("count", 3, (1, 2)),
    ("fail", 1, ValueError("no")),
]

_UNKNOWN_TYPE = (
    b'{"contract":1,"patterns":[{"pattern":"a","route":"a",'
    b'"kind":"event","data":{"items":{"type":"int"}}}]}'
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    made = contract(_CALLS)
    file = tmp_path / "contract.json"
    file.write_bytes(written(made))

    assert read_contract(str(file)) == made
    assert json.loads(written(made))["contract"] == VERSION == 1


def test_a_contract_has_what_was_seen_of_each_pattern() -> None:
    patterns = contract(_CALLS).by_key()
    get = patterns[Key('{"cmd":"get"}', "message")]

    assert get.pattern == {"cmd": "get"}
    assert (get.calls, get.carriers) == (2, ["tcp"])
    assert (get.data_optional, get.reply_optional, get.stream) == (True, True, False)
    assert patterns[Key("count", "message")].stream
    assert [name for name, _ in patterns[Key("fail", "message")].parts()] == [
        "data",
        "error",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"# Title", "not a contract: JSON is malformed"),
        (b"[]", "not a contract: expected `object`"),
        (b'{"contract":1}', "not a contract: object missing required field `patterns`"),
        (b'{"contract":2,"patterns":[]}', "a contract of version 2; this reads 1"),
        (b"[" * 100_000, "not a contract"),
        (
            _UNKNOWN_TYPE,
            "a: data: no type 'int'; there are null, boolean",
        ),
    ],
)
def test_what_is_none_is_refused_in_one_line(text: bytes, problem: str) -> None:
    with pytest.raises(InspectorError) as refused:
        contract_from(text, "c.json")

    assert str(refused.value).startswith(f"c.json: {problem}")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="cannot read: no such file"):
        read_contract(str(tmp_path / "none.json"))


def test_keys_of_later_versions_are_passed_over() -> None:
    text = b'{"contract":1,"patterns":[],"later":true}'

    assert contract_from(text, "c.json") == Contract(contract=1, patterns=[])


def test_a_part_that_was_never_seen_is_absent() -> None:
    (pattern,) = contract([("a", UNDEFINED, UNDEFINED)]).patterns

    assert not isinstance(pattern.data, Schema)
    assert pattern.parts() == []
