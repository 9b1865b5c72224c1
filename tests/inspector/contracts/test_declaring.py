"""A small language of types, which shows what is declared and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from inspector.contracts.declaring import Types, range_of
from inspector.contracts.json_schema import named_patterns
from inspector.shapes.schemas import Schema
from tests.inspector.contracts.gathered import contract

if TYPE_CHECKING:
    from protocol import Json


class _Small(Types):
    taken = ("List",)
    unknown = "?"
    scalars: ClassVar = {each: each for each in ("integer", "string", "null")}

    def _alias(self, name: str, text: str) -> list[str]:
        return [f"{name} = {text}"]

    def _structure(self, name: str, schema: Schema) -> None:
        members = (
            f"{key}: {self._member(name, key, member)}"
            for key, member in schema.members().items()
        )
        self.lines.append(f"{name} {{ {', '.join(members)} }}")

    def _literals(self, values: list[Json]) -> str:
        return " or ".join(map(str, values))

    def _array(self, inner: str) -> str:
        return f"[{inner}]"

    def _map(self, inner: str) -> str:
        return f"<{inner}>"


def _declared(*payloads: Json) -> list[str]:
    patterns = named_patterns(
        contract([("get", each, 1) for each in payloads]), iter(())
    )
    types = _Small(patterns)
    (named,) = patterns
    types.declare(named.names["data"], dict(named.pattern.parts())["data"])
    return types.lines


@pytest.mark.parametrize(
    ("payload", "lines"),
    [
        (7, ["GetData = integer"]),
        ([7], ["GetData = [integer]"]),
        ([], ["GetData = [?]"]),
        ({}, ["GetData = <?>"]),
        ({"a": 7}, ["GetData { a: integer }"]),
        ({"a": {"b": 7}}, ["GetDataA { b: integer }", "GetData { a: GetDataA }"]),
        ([{"a": 7}], ["GetDataItem { a: integer }", "GetData = [GetDataItem]"]),
    ],
)
def test_a_structure_has_a_name_and_all_else_is_written_where_it_is(
    payload: Json, lines: list[str]
) -> None:
    assert _declared(payload) == lines


def test_what_may_be_null_gets_another_name_for_what_it_is_otherwise() -> None:
    structure, alias = _declared(*[{"a": 7}, None] * 20)

    assert structure == "GetDataValue { a: integer }"
    assert alias == "GetData = GetDataValue | null"


def test_what_a_type_does_not_say_is_told_in_words() -> None:
    assert range_of(Schema(minimum=1, maximum=7)) == ["from 1", "to 7"]
    assert range_of(Schema()) == []
