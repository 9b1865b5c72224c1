from __future__ import annotations

from inspector.browser.drawing import SELECTED, drawn
from inspector.views.text import Text


def test_roles_become_colours_of_the_terminal_and_cells_are_counted() -> None:
    strip = drawn(Text.assemble(("日本", "client"), (" [bold]", "muted")), 12)

    assert strip.cell_length == 12
    assert strip.text == "日本 [bold] "
    styles = [segment.style for segment in strip]
    assert styles[0] is not None
    assert styles[0].color is not None
    assert styles[0].color.name == "cyan"
    assert styles[1] is not None
    assert styles[1].dim


def test_a_selected_line_is_so_to_its_end() -> None:
    strip = drawn(Text("x"), 5, SELECTED)

    assert all(segment.style and segment.style.reverse for segment in strip)
    assert drawn(Text("日本語"), 4).text == "日本"


def test_what_is_selected_is_turned_round_alike() -> None:
    line = Text.assemble(("12", "error"), " of ", ("#7", "muted"), ("x", "title"))

    segments = list(drawn(line, 20, SELECTED))

    assert "".join(each.text for each in segments) == f"{line.plain:20}"
    assert all(each.style and each.style.reverse for each in segments)
    assert not any(each.style and each.style.color for each in segments)
    assert any(each.style and each.style.bold for each in segments)
