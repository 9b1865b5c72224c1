from __future__ import annotations

from typing import TYPE_CHECKING

from servers.launching.speech import say

if TYPE_CHECKING:
    import pytest


def test_what_is_said_is_one_harmless_line_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("no module\n  \x1b[2Jshop")

    out, err = capsys.readouterr()
    assert out == ""
    assert err == "protocol-serve: no module \\u001b[2Jshop\n"
