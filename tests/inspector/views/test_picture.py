from __future__ import annotations

import re
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.views.console import THEME
from inspector.views.picture import draw
from inspector.views.text import Text
from inspector.views.theme import make_console
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from pathlib import Path

_SVG = "{http://www.w3.org/2000/svg}"
_CELL = 12
_CHARACTERS = "aZ 09.:é用户查找한국ｗ😀👍🏽→✓…─┼█▁عןe\u0301Я"
_LEAST_CONTRAST = 4.5


def _saved(*lines: Text, width: int = 40) -> str:
    """Return the picture of what a console was told to show."""
    console = make_console(StringIO())
    console.record = True
    for line in lines:
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    return draw(console.export_text(styles=True), "title", width)


def _texts(picture: str) -> list[ET.Element]:
    root = ET.fromstring(picture)  # noqa: S314
    return [each for each in root.iter(f"{_SVG}text") if each.get("class") != "title"]


def _cells(text: ET.Element) -> tuple[float, float]:
    """Return the cell where a text begins, and the one where it ends."""
    x, wide = int(text.get("x", "")), cell_len(text.text or "") * _CELL
    if text.get("text-anchor") == "middle":
        x -= wide // 2
    else:
        assert int(text.get("textLength", "")) == wide
    return x / _CELL, (x + wide) / _CELL


_PARTS = st.lists(st.tuples(st.text(_CHARACTERS), st.sampled_from([*THEME.styles, ""])))


@given(_PARTS)
def test_every_character_stands_at_its_cell(parts: list[tuple[str, str]]) -> None:
    places = [_cells(text) for text in _texts(_saved(Text.assemble(*parts, "|")))]

    assert all(end <= begin for (_, end), (begin, _) in pairwise(places))
    assert places[-1][1] == sum(cell_len(text) for text, _ in parts) + 1


def test_a_wide_character_stands_in_the_middle_of_its_two_cells() -> None:
    texts = _texts(_saved(Text("a用户 b😀c")))

    assert [(text.text, _cells(text)) for text in texts] == [
        ("a", (0, 1)),
        ("用", (1, 3)),
        ("户", (3, 5)),
        ("b", (6, 7)),
        ("😀", (7, 9)),
        ("c", (9, 10)),
    ]


def test_lines_are_drawn_without_gaps() -> None:
    (text,) = _texts(_saved(Text("├──┤")))

    assert text.get("lengthAdjust") == "spacingAndGlyphs"


def test_a_picture_is_as_wide_as_its_longest_line() -> None:
    short, long = (_saved(Text("用" * n)) for n in (10, 50))

    assert 'viewBox="0 0 504 ' in short
    assert 'viewBox="0 0 1224 ' in long


def test_a_picture_says_what_it_is_and_is_the_same_each_time() -> None:
    line = Text("<&>", "error")
    picture = _saved(line)

    assert picture == _saved(line)
    root = ET.fromstring(picture)  # noqa: S314
    name = root[0]
    assert (name.tag, name.text) == (f"{_SVG}title", "title")
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", name.get("id"))


def test_a_picture_fetches_nothing() -> None:
    picture = _saved(*(Text(f"a {style}", style) for style in THEME.styles))
    words = picture.replace("http://www.w3.org/2000/svg", "")

    assert not re.search(r"https?:|//|url\(|@import|@font-face|href|<script", words)


def test_every_role_can_be_read_on_a_light_and_on_a_dark_screen() -> None:
    picture = _saved(*(Text(f"a {style}", style) for style in THEME.styles))
    used = {name for text in _texts(picture) for name in text.get("class", "").split()}
    light, dark = picture.split("@media (prefers-color-scheme: dark)")

    for scheme in (light, dark):
        colours = dict(
            re.findall(r"^\.view \.?(\w+) \{ fill: (#\w{6})", scheme, re.MULTILINE)
        )
        assert used - {"bold"} <= set(colours)
        ground = _luminance(colours.pop("ground"))
        for name, colour in colours.items():
            high, low = sorted((_luminance(colour), ground), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= _LEAST_CONTRAST, name


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    "view", [["report"], ["exchanges"], ["ladder"], ["services"], ["show", "1"]]
)
def test_views_keep_their_columns_in_a_picture(view: list[str], tmp_path: Path) -> None:
    wire, (name, *more) = Wire(), view
    for client in ("10.0.0.1:40000", "10.0.0.3:40000"):
        talk = wire.connect(client=client)
        talk.ask({"cmd": "用户.查找"}, "a", {"名前": "山田 😀"}).answer(
            "a", "안녕하세요"
        )
    capture, picture = tmp_path / "wide.pcap", tmp_path / "wide.svg"
    capture.write_bytes(pcap_bytes(wire.records))
    names = ["--name", "10.0.0.1=ゲートウェイ"]
    shown = run(name, capture, *more, *names, "--svg", picture, width=100).out

    rows: dict[str, str] = {}
    for text in _texts(picture.read_text(encoding="utf-8")):
        y, (begin, _) = text.get("y", ""), _cells(text)
        row = rows.get(y, "")
        rows[y] = row + " " * (int(begin) - cell_len(row)) + (text.text or "")
    assert list(rows.values()) == [line for line in shown.splitlines() if line]
