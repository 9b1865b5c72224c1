"""Python: what ``test_generated`` runs has these types, and reads its samples."""

from __future__ import annotations

import ast
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.contracts.python import python
from protocol import UNDEFINED
from tests.inspector.contracts.gathered import contract

if TYPE_CHECKING:
    import pytest

_HOSTILE = "\"\"\"'''\\\n\x1b[2J\u2028; import os"


def _text(*calls: tuple[object, object, object]) -> str:
    return python(contract(calls)).decode()


def _module(text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    module = ModuleType("contract")
    monkeypatch.setitem(sys.modules, "contract", module)  # where msgspec looks
    exec(compile(text, "contract.py", "exec"), vars(module))  # noqa: S102 — generated
    return vars(module)


def test_types_read_what_they_were_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [
        {"id": n, "class": "x", "a-b": None, "in": {"7": [n], "8": []}}
        for n in range(9)
    ]
    text = _text(
        *[("get", value, value) for value in values], ("get", {"id": 1}, {"id": 2})
    )
    module = _module(text, monkeypatch)

    for value in values:
        read = msgspec.convert(value, module["GetData"])
        assert msgspec.to_builtins(read) == value
    assert msgspec.convert({"id": 1}, module["GetReply"]).a_b is msgspec.UNSET
    assert 'class_: str | UnsetType = field(name="class", default=UNSET)' in text
    assert "in_: dict[str, list[int]] | UnsetType" in text


def test_streams_and_events_have_their_methods() -> None:
    text = _text(("count", 3, (1, 2)), ("maybe", UNDEFINED, "x"))

    assert "def count(self, data: CountData) -> AsyncIterator[CountReply]: ..." in text
    assert "async def maybe(self, data: Any) -> MaybeReply: ..." in text
    assert 'service.message("count")(handlers.count)' in text


def test_an_enum_is_a_literal() -> None:
    text = _text(*[("get", "ab"[n % 2], 1) for n in range(60)])

    assert 'GetData: TypeAlias = Literal["a", "b"]' in text


def test_what_was_sent_is_nothing_but_literals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = _text((_HOSTILE, {_HOSTILE: 1}, 2))

    assert text.isascii()
    names = {
        node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)
    }
    assert "os" not in names
    assert _module(text, monkeypatch)["Pattern2JImportOsData"] == dict[str, Any]


def test_no_type_in_a_part_has_the_name_of_another_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = _text(("x", {"foo": {"data": {"q": 1}}}, 1), ("x data foo", {"w": "s"}, 1))

    module = _module(text, monkeypatch)
    assert module["XDataFooData"].__struct_fields__ == ("w",)
    read = msgspec.convert({"foo": {"data": {"q": 1}}}, module["XData"])
    assert read.foo.data.q == 1


def test_no_field_hides_a_type(monkeypatch: pytest.MonkeyPatch) -> None:
    value: dict[str, Any] = dict.fromkeys(
        ("str", "int", "float", "bool", "list", "dict", "Any", "UnsetType", "UNSET"), 1
    )
    value |= {"Literal": [], "s": "a", "f": 1.5, "b": True, "l": [1], "map": {}}
    value |= {"of": {"a": 1}, "GetDataOf": 1}
    text = _text(("get", value, 1), ("get", {}, 1))

    read = msgspec.convert(value, _module(text, monkeypatch)["GetData"])
    assert msgspec.to_builtins(read) == value
    assert 'str2: int | UnsetType = field(name="str", default=UNSET)' in text
