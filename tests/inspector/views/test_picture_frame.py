"""The window that all pictures have."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from inspector.views.picture_frame import framed

_SVG = "{http://www.w3.org/2000/svg}"


def test_a_frame_names_and_describes_what_is_in_it() -> None:
    picture = framed("<a>", (300, 100), ['<g id="x"/>'], [".x {}"], "two & three")
    root = ET.fromstring(picture)  # noqa: S314

    title, words = root.find(f"{_SVG}title"), root.find(f"{_SVG}desc")
    assert title is not None
    assert words is not None
    assert (title.text, words.text) == ("<a>", "two & three")
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == words.get("id")
    assert root.get("viewBox") == "0 0 300 100"
    assert root.find(f"{_SVG}g") is not None
    assert ".x {}" in picture
    assert picture.index(".view .red { fill: #c2202c }") < picture.index("@media")


def test_what_needs_no_description_has_none() -> None:
    assert "desc" not in framed("a", (300, 100), [])
