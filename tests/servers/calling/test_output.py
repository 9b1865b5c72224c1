from __future__ import annotations

from typing import TYPE_CHECKING

from servers.calling.output import say, write

if TYPE_CHECKING:
    import pytest


def test_replies_go_to_stdout_and_words_to_stderr(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    write('"\u202e"'.encode())
    say("two\nlines \x1b[2J")

    out, err = capfdbinary.readouterr()
    assert out == '"\u202e"\n'.encode()
    assert err == b"protocol-call: two lines \\u001b[2J\n"
