from __future__ import annotations

import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.contracts.naming import Names, camel, snake, type_name, words_of


@pytest.mark.parametrize(
    ("text", "kind", "method", "function"),
    [
        ("sum", "Sum", "sum", "sum"),
        ('{"cmd":"get_it"}', "CmdGetIt", "cmdGetIt", "cmd_get_it"),
        ("7", "Pattern7", "pattern7", "pattern_7"),
        ("求和", "Pattern", "pattern", "pattern"),
        (
            "/calc.Calculator/Sum",
            "CalcCalculatorSum",
            "calcCalculatorSum",
            "calc_calculator_sum",
        ),
        ("HTTPServer.v2", "HttpServerV2", "httpServerV2", "http_server_v_2"),
        ("class", "Class", "class_", "class_"),
        ("delete", "Delete", "delete_", "delete"),
        ("onModuleInit", "OnModuleInit", "onModuleInit_", "on_module_init"),
        ("", "Pattern", "pattern", "pattern"),
    ],
)
def test_names_of_a_route(text: str, kind: str, method: str, function: str) -> None:
    words = words_of(text)

    assert (type_name(words), camel(words), snake(words)) == (kind, method, function)


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_a_name_is_one_whatever_was_sent(text: str) -> None:
    words = words_of(text)

    for name in (type_name(words), camel(words), snake(words)):
        assert name.isascii()
        assert name.isidentifier()
    assert not keyword.iskeyword(snake(words))


def test_a_name_is_short_whatever_was_sent() -> None:
    assert len(type_name(words_of("a" * 500 + " b" * 500))) < 400


def test_a_name_is_used_once() -> None:
    names = Names(["Sum"])

    assert [names.take("Sum") for _ in range(3)] == ["Sum2", "Sum3", "Sum4"]
    assert [names.take("V2") for _ in range(2)] == ["V2", "V2_2"]
