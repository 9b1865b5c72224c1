from __future__ import annotations

import pytest

from servers.calling.statements import (
    COMMANDS,
    IncompleteError,
    Statement,
    StatementError,
    is_incomplete,
    parse_statement,
)


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("", None),
        ("  \n", None),
        ("send sum", Statement("send", "sum")),
        ("send sum [1, 2]\n", Statement("send", "sum", "[1, 2]")),
        ('send {"cmd": "a b"} 1', Statement("send", '{"cmd": "a b"}', "1")),
        ('send {"a":"}\\"{"}  {"b":1}', Statement("send", '{"a":"}\\"{"}', '{"b":1}')),
        ('emit "two words" "x"', Statement("emit", '"two words"', '"x"')),
        ("stream [1][2]", Statement("stream", "[1]", "[2]")),
        ("send sum [1,\n 2]", Statement("send", "sum", "[1,\n 2]")),
        ("send sum @file with blanks", Statement("send", "sum", "@file with blanks")),
        ("use calc", Statement("use", "calc")),
        ("use", Statement("use", "")),
        ('metadata {"a": 1}', Statement("metadata", '{"a": 1}')),
        ("exit", Statement("exit", "")),
    ],
)
def test_a_statement_is_a_command_and_its_words(
    text: str, statement: Statement | None
) -> None:
    assert parse_statement(text) == statement
    assert not is_incomplete(text)


@pytest.mark.parametrize(
    "text",
    ["send {", 'send {"a":[1]', "send sum [1,", 'send sum {"a":"]"', "metadata {\n"],
)
def test_open_json_goes_on_in_the_next_line(text: str) -> None:
    assert is_incomplete(text)
    with pytest.raises(IncompleteError):
        parse_statement(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sen sum", "no command 'sen'; did you mean send?"),
        ("[1", r"no command '\[1'; try help"),
        ("send", r"send needs a pattern: send PATTERN \[DATA\]"),
        ("use calc orders", "use: 'orders' is too much; try help"),
        ("exit now", "exit: 'now' is too much; try help"),
    ],
)
def test_what_is_no_statement_is_said(text: str, said: str) -> None:
    assert not is_incomplete(text)
    with pytest.raises(StatementError, match=said):
        parse_statement(text)


def test_an_open_string_does_not_wait_for_a_line_that_cannot_close_it() -> None:
    assert not is_incomplete('send "sum')
    assert not is_incomplete('send sum {"a": "b')


def test_every_command_says_what_it_does() -> None:
    assert all(what for _, what in COMMANDS.values())
