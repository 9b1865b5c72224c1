from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper

import pytest

from servers.calling.output import cut, laid_out, say, write, write_lines


def test_replies_go_to_stdout_and_words_to_stderr(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    write('"\u202e"'.encode())
    say("two\nlines \x1b[2J")

    out, err = capfdbinary.readouterr()
    assert out == '"\u202e"\n'.encode()
    assert err == b"protocol-call: two lines \\u001b[2J\n"


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("求和", 4, "求和"),
        ("求和和", 4, "求…"),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
        ("ab", 0, "…"),
        ("", 0, ""),
    ],
)
def test_a_line_is_cut_at_its_cells(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns) == shown


def test_what_is_too_long_for_a_line_has_several() -> None:
    text = b'{"a":[1,2],"b":"x"}'
    assert laid_out(text, 19) == text
    assert laid_out(text, 18).count(b"\n") > 3
    assert json.loads(laid_out(text, 1)) == json.loads(text)
    assert laid_out('"求求"'.encode(), 4) == '"求求"'.encode()
    only_javascript = b'["\\ud83d", 1]'
    assert laid_out(only_javascript, 1) == only_javascript


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_obeys_nothing_of_lines(
    terminal: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = '"\x9b31m\u202e"\n'.encode()
    stdout = TextIOWrapper(BytesIO())
    monkeypatch.setattr(stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stdout", stdout)
    write_lines(lines)

    written = stdout.buffer.getvalue()
    assert (written == lines) is not terminal
    assert written.decode()[:-1].isprintable() is terminal
