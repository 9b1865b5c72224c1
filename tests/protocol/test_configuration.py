from __future__ import annotations

import os
from pathlib import PurePath

import pytest

from protocol.configuration import (
    ConfigurationError,
    folder_of,
    home,
    mistake,
    read_toml,
    unknown,
)

_TEXT = """\
ports = [8888]

[call.servers]
calc = "127.0.0.1:8888"
"or.ders" = { address = "a:1", timeout = 5 }

[call.aliases.total]
server = "calc"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("ports",), 1),
        (("call",), 3),
        (("call", "servers"), 3),
        (("call", "servers", "calc"), 4),
        (("call", "servers", "or.ders"), 5),
        (("call", "servers", "or.ders", "timeout"), 5),
        (("call", "aliases", "total"), 7),
        (("call", "aliases", "total", "server"), 8),
    ],
)
def test_a_mistake_has_its_line_and_its_key(path: tuple[str, ...], line: int) -> None:
    error = mistake("x.toml", _TEXT, path, "is wrong")

    assert str(error) == f"x.toml, line {line}, {'.'.join(path)}: is wrong"
    assert error.problem == "is wrong"


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("a = 1\nb = = 2", "x.toml, line 2", "not TOML: invalid value at character 5"),
        ("a = [1", "x.toml", "not TOML: unclosed array, at its end"),
    ],
)
def test_what_is_not_toml_has_its_line(text: str, place: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_toml(text, "x.toml")

    assert (refused.value.place, refused.value.problem) == (place, problem)


def test_a_key_that_is_misspelt_is_told_what_was_meant() -> None:
    known = ("servers", "aliases")
    assert unknown("server", known) == "no such setting, did you mean servers?"
    assert unknown("x", known) == "no such setting; there are servers, aliases"


def test_the_folder_is_that_of_the_user() -> None:
    assert folder_of({}, "/home/u") == PurePath("/home/u/.config")
    assert folder_of({"XDG_CONFIG_HOME": ""}, "/h") == PurePath("/h/.config")
    assert folder_of({"XDG_CONFIG_HOME": "/x"}, "/home/u") == PurePath("/x")


def test_the_home_of_a_user_without_an_entry_is_the_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert home() == "/home/somebody"
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 2_000_000_011)
    assert home() == "/"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"deep = {'[' * 9_999}{']' * 9_999}", "file: nested too deeply"),
        (f"long = {'9' * 9_999}", "file: an integer has too many digits"),
    ],
)
def test_what_python_does_not_read_is_a_mistake(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_toml(text, "file")
