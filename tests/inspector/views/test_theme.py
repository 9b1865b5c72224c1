from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console

from inspector.views.console import THEME
from inspector.views.text import Text
from inspector.views.theme import (
    UNCUT,
    is_plain,
    make_console,
    show,
    show_plain,
    table_width,
)

_GLYPHS = "→ ← ► ◄ │ ─ ═ ┄ ┼ ┐ ┘ × ÷ ≠ ✓ ✗ · … – ━"


def _shown(line: Text, encoding: str) -> str:
    buffer = BytesIO()
    file = TextIOWrapper(buffer, encoding=encoding, write_through=True)
    show(make_console(file), line)
    return buffer.getvalue().decode(encoding)


def test_what_can_be_encoded_is_written_as_it_is() -> None:
    assert _shown(Text(f"{_GLYPHS} é 求和 😀"), "utf-8") == f"{_GLYPHS} é 求和 😀\n"


def test_every_glyph_has_a_stand_in_of_ascii() -> None:
    assert _shown(Text(_GLYPHS), "ascii") == (
        "-> <- > < | - = . + \\ / x / != ok x . ... - =\n"
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8"])
def test_no_text_is_too_much_for_an_encoding(encoding: str) -> None:
    line = Text.assemble(("求和 ✓", "good"), " 😀 é ", ("→ x", "muted"))

    assert _shown(line, encoding).count("\n") == 1


def test_a_character_without_a_stand_in_is_a_question_mark() -> None:
    assert _shown(Text("求和 ✓"), "ascii") == "?? ok\n"


def test_stand_ins_keep_their_styles() -> None:
    file = TextIOWrapper(BytesIO(), encoding="ascii", write_through=True)
    console = Console(
        file=file, theme=THEME, force_terminal=True, width=80, color_system="standard",
        highlight=False,
    )  # fmt: skip
    show(console, Text.assemble(("✓ ", "good"), ("all", "answer")))
    buffer = file.buffer
    assert isinstance(buffer, BytesIO)

    assert buffer.getvalue() == b"\x1b[32mok \x1b[0m\x1b[1mall\x1b[0m\n"


def test_a_pipe_gets_whole_lines_and_a_terminal_those_that_fit() -> None:
    pipe, terminal = StringIO(), StringIO()
    show(Console(file=pipe, theme=THEME, width=10), Text("0123456789abc"))
    show(
        Console(file=terminal, theme=THEME, width=10, force_terminal=True),
        Text("0123456789abc"),
    )

    assert pipe.getvalue() == "0123456789abc\n"
    assert terminal.getvalue() == "012345678…\n"


def test_text_is_never_taken_for_markup_or_emoji() -> None:
    assert _shown(Text("[bold]:smile:[/bold]"), "utf-8") == "[bold]:smile:[/bold]\n"


def test_no_blanks_stand_at_the_end_of_a_line() -> None:
    assert _shown(Text("a   "), "utf-8") == "a\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-8"])
@pytest.mark.parametrize("text", ["a   ", "求和 ✓ → x", "µs – …"])
def test_a_line_without_colours_is_the_same_text(text: str, encoding: str) -> None:
    buffer = BytesIO()
    file = TextIOWrapper(buffer, encoding=encoding, write_through=True)
    show_plain(make_console(file), text)

    assert buffer.getvalue().decode(encoding) == _shown(Text(text), encoding)


def test_colours_are_for_terminals_and_pictures() -> None:
    console = make_console(StringIO())
    assert is_plain(console)
    console.record = True
    assert not is_plain(console)
    assert not is_plain(Console(file=StringIO(), force_terminal=True))


def test_a_table_in_a_pipe_has_any_width_but_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert table_width(make_console(StringIO())) == UNCUT
    assert table_width(Console(file=StringIO(), width=60)) == 60
    monkeypatch.setenv("COLUMNS", "70")
    assert table_width(make_console(StringIO())) == 70
    assert table_width(Console(file=StringIO(), force_terminal=True)) == 70
