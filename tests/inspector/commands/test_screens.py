from __future__ import annotations

import sys

import pytest

from inspector.commands import screens
from inspector.commands.screens import check_terminal
from inspector.errors import InspectorError


class _Terminal:
    def isatty(self) -> bool:
        return True


def _at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, _Terminal())
    monkeypatch.setenv("TERM", "xterm")


def test_a_terminal_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    _at_a_terminal(monkeypatch)
    check_terminal("browse")


@pytest.mark.parametrize("missing", ["stdin", "stdout", "stderr"])
def test_all_three_streams_are_needed(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_a_terminal(monkeypatch)
    monkeypatch.setattr(sys, missing, None)

    with pytest.raises(InspectorError, match="browse: needs a terminal"):
        check_terminal("browse")


def test_what_is_missing_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _at_a_terminal(monkeypatch)
    monkeypatch.setattr(screens, "_PACKAGE", "not_installed_anywhere")
    with pytest.raises(InspectorError, match=r"Textual is not installed; .*install"):
        check_terminal("--browse")

    monkeypatch.setenv("TERM", "dumb")
    with pytest.raises(InspectorError, match="needs a terminal"):
        check_terminal("--browse")
