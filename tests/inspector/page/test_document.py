from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from inspector.errors import InspectorError
from inspector.page.document import (
    SCRIPT,
    check_engine,
    document,
    script_text,
)
from inspector.page.embedding import embedded
from tests.inspector.page.pages import HOSTILE, calls, hostile, made
from tests.patience import PATIENCE


class _Outline(HTMLParser):
    """The elements of a page, and the texts of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag if tag in self.texts else ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside].append(data)
            self._inside = ""


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_one_style_and_one_script_and_nothing_else() -> None:
    page = document(made(calls(2).records).data())

    outline = _Outline(page)
    (policy,) = (
        each["content"] or ""
        for tag, each in outline.elements
        if tag == "meta" and each.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    data, script = outline.texts["script"]
    (style,) = outline.texts["style"]
    assert rules["default-src"] == "'none'"
    assert (rules["style-src"], rules["script-src"]) == (_hash(style), _hash(script))
    assert rules.keys() == {
        "default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"
    }  # fmt: skip
    assert json.loads(data)["seen"] == 2
    assert script == script_text()


def test_a_page_that_is_fed_may_ask_where_it_comes_from() -> None:
    page = document(made(calls(1).records).data(), updates="/events?token=a")

    assert "; connect-src &#39;self&#39;" in page
    assert 'data-updates="/events?token=a"' in page


def test_nothing_refers_to_another_place() -> None:
    page = document(made(calls(2).records).data())

    for tag, attributes in _Outline(page).elements:
        assert "src" not in attributes, tag
        assert "style" not in attributes, tag
        href = attributes.get("href") or "#"
        assert href.startswith("#") or href == "data:,", (tag, href)
        assert not [name for name in attributes if name.startswith("on")], tag


def test_nothing_of_a_capture_becomes_an_element() -> None:
    plain, nasty = (
        _Outline(document(made(wire.records).data()))
        for wire in (calls(1, failing=[1]), hostile())
    )

    known = {tag for tag, _ in plain.elements}
    assert {tag for tag, _ in nasty.elements} <= known
    assert len(nasty.texts["script"]) == 2
    body, *_ = json.loads(nasty.texts["script"][0])["details"]["1"]["body"]
    assert json.loads(body) == {HOSTILE: HOSTILE}


def test_the_end_of_an_element_is_escaped_in_json() -> None:
    text = embedded({"a": "</script><!--&\u2028\u2029"})

    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == {"a": "</script><!--&\u2028\u2029"}


def test_numbers_of_exchanges_that_are_there_are_links() -> None:
    page = document(made(calls(3, failing=[2]).records).data())

    assert '(<a class="n" href="#2">#2</a>)' in page
    assert 'href="#4"' not in page


def test_without_the_extra_a_line_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)

    with pytest.raises(InspectorError, match=r"jinja2 is not installed; .*pip install"):
        check_engine()


def test_a_report_without_a_page_loads_none_of_it() -> None:
    program = (
        "import sys\nfrom inspector.cli import main\n"
        "main(['captures/seed-nest12.pcap'])\n"
        "names = ('jinja2', 'inspector.page')\n"
        "assert not [each for each in sys.modules if each.startswith(names)]\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )


def test_all_files_of_the_script_are_used() -> None:
    from importlib.resources import files  # noqa: PLC0415

    folder = files("inspector.page").joinpath("script")

    assert {each.name for each in folder.iterdir()} == {f"{name}.js" for name in SCRIPT}
