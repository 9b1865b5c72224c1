from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from inspector.contracts.json_schema import definitions, json_schema, named_patterns
from protocol import UNDEFINED
from tests.inspector.contracts.gathered import contract

_CONTRACT = contract(
    [
        ("sum", [1, 2], 3),
        ("SUM", {"id": 1}, UNDEFINED),
        ("fail", 1, ValueError({"message": "no"})),
    ]
)


def test_a_document_is_json_schema_and_its_definitions_hold() -> None:
    document = json.loads(json_schema(_CONTRACT))
    Draft202012Validator.check_schema(document)
    validator = Draft202012Validator(document | {"$ref": "#/$defs/SumData2"})

    assert [*document["$defs"]] == [
        *("SumData", "FailData", "FailError", "Sum2Data", "Sum2Reply")
    ] or validator
    assert document["$defs"]["FailError"]["title"] == "error of message fail"


def test_each_part_has_a_name_of_its_own() -> None:
    named = named_patterns(_CONTRACT)
    names = [name for each in named for name in each.names.values()]

    assert len(names) == len({*names}) == len(definitions(_CONTRACT)) == 5
    assert {each.pattern.route for each in named} == {"sum", "SUM", "fail"}
