"""A card on a screen, and as lines of JSON whose keys are documented."""

from __future__ import annotations

import json
import re
from io import StringIO

from inspector.conformance.card import Card, Check, Outcome, Result
from inspector.views.conformance_view import card_lines, print_card
from inspector.views.console import RoleConsole
from tests.inspector.captures import ROOT

_CHECK = Check("length-astral", "Counts an emoji twice", "the-unit", "counts units")
_CARD = Card(
    "server",
    "127.0.0.1:8888",
    [
        Result(_CHECK, Outcome.PASSED),
        Result(_CHECK, Outcome.UNTRIED, "needs --echo-pattern"),
        Result(_CHECK, Outcome.FAILED, "counts " + "bytes " * 20, "9#{}" * 40, ""),
    ],
)


def _printed(card: Card, width: int = 80) -> list[str]:
    console = RoleConsole(StringIO())
    console.width = width
    print_card(console, card)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def test_the_worst_comes_first_with_its_evidence() -> None:
    lines = _printed(_CARD)

    assert max(map(len, lines)) <= 80
    assert lines[0] == "Server 127.0.0.1:8888   3 checks"
    assert lines[2] == "Failed"
    assert lines[3].startswith("✗ length-astral  counts bytes bytes")
    text = "\n".join(lines)
    assert "    came   nothing\n" in text
    assert "    Nest   counts units\n" in text
    assert "    see    docs/wire-format.md#the-unit\n" in text
    assert text.index("Failed") < text.index("Not tried") < text.index("Passed")
    assert lines[-1] == "✗ 1 failed, 1 not tried, 1 passed."


def test_a_narrow_screen_is_enough() -> None:
    assert max(map(len, _printed(_CARD, 50))) <= 50


def test_the_last_line_says_how_it_is() -> None:
    passed = _CARD._replace(results=_CARD.results[:2])
    untried = _CARD._replace(results=_CARD.results[1:2])

    assert _printed(passed)[-1] == "✓ 1 not tried, 1 passed."
    assert _printed(untried)[-1] == "– Nothing was tried."


def test_every_key_of_a_line_is_documented() -> None:
    lines = [json.loads(line) for line in card_lines(_CARD)]
    page = (ROOT / "docs" / "output.md").read_text("utf-8")
    section = page.split("\n## conformance\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    keys = [key for row in rows for key in re.findall(r"`(\w+)`", row)]

    assert [list(line) for line in lines] == [keys] * 3
    assert [line["outcome"] for line in lines] == ["passed", "not tried", "failed"]
    assert lines[0]["reason"] is None
