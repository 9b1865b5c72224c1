from __future__ import annotations

import pytest

from inspector.carriers.http.graphql import (
    failure_in,
    operation_in,
    operation_of,
    without_literals,
)
from protocol import Json, dumps, loads


@pytest.mark.parametrize(
    ("document", "name", "operation"),
    [
        ("query Users { users { id } }", "", "query Users"),
        ("{ me { id } }", "", "query me"),
        ("mutation { add(name: 1) }", "", "mutation add"),
        ("subscription On($a: Int) { on(a: $a) }", "", "subscription On"),
        ("# who\n query\n\nUsers{a}", "", "query Users"),
        ("query A { a } mutation B { b }", "B", "mutation B"),
        ("query A { a } mutation B { b }", "", "query A"),
        ("{ alias: users { id } }", "", "query users"),
        ("fragment F on U { a } query Q { ...F }", "", "query Q"),
        ("fragment F on U { a } { ...F }", "", "query a"),
        ("queries", "", ""),
        ("hello { x }", "", ""),
        ("", "", ""),
    ],
)
def test_an_operation_has_a_type_and_a_name(
    document: str, name: str, operation: str
) -> None:
    assert operation_in(document, name) == operation


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        ({"query": "{ me }"}, "query me"),
        ({"query": "{ me }", "operationName": "Me"}, "query Me"),
        ({"query": "{ me }", "operationName": "no name"}, "query me"),
        ({"operationName": "Me", "extensions": {"persistedQuery": {}}}, "operation Me"),
        ({"query": "what is HTTP?"}, ""),
        ({"query": 5}, ""),
        ([1], ""),
        (None, ""),
    ],
)
def test_a_body_asks_for_one(body: Json, operation: str) -> None:
    assert operation_of(body) == operation


def test_an_answer_without_data_has_failed() -> None:
    error: Json = {"message": "no"}
    assert failure_in({"errors": [error]}) == error
    assert failure_in({"errors": [error], "data": None}) == error
    assert failure_in({"errors": [error], "data": {"a": None}}) == error
    assert failure_in({"errors": [error], "data": {"a": 1}}) is None
    assert failure_in({"errors": []}) is None
    assert failure_in([error]) is None


@pytest.mark.parametrize(
    "document",
    [
        '{ in(password: "S3cret") { id } }',
        '{ in(password: "a\\"S3cret\\n") { id } }',
        '{ in(password: """S3cret "quoted" S3cret""") { id } }',
        "{ in(pin: 3333) }",
    ],
)
def test_literals_of_a_document_are_hidden(document: str) -> None:
    text = dumps({"query": document, "variables": {"a": "kept"}})
    hidden = without_literals(text)
    assert len(hidden) == len(text)
    assert b"S3cret" not in hidden
    assert b"3333" not in hidden
    value = loads(hidden)
    assert isinstance(value, dict)
    assert value["variables"] == {"a": "kept"}
    assert operation_of(value) == "query in"


def test_quotes_that_are_spelled_otherwise_hide_all_after_them() -> None:
    text = rb'{"query":"{ in(a: \u0022S3cret\u0022) }"}'
    hidden = without_literals(text)
    assert b"S3cret" not in hidden
    assert len(hidden) == len(text)
    assert isinstance(loads(hidden), dict)
