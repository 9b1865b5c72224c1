"""Markdown: nothing that a capture says is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from inspector.filters.conditions import Gate
from inspector.views.formats.markdown import Markdown
from inspector.views.markdown_text import code
from tests.inspector.captures import CAPTURES, name_of, pcap_bytes
from tests.inspector.command import run
from tests.inspector.figures.services import Call, captured
from tests.inspector.views.formats.hostile import TEXTS, hostile
from tests.inspector.views.formats.written import Read, opened

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire

_OURS = {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
_READER = MarkdownIt("commonmark").enable("table")


def _written(wire: Wire, *gates: Gate) -> str:
    form, written = opened("markdown")
    form.report(Read(wire.records, gates))
    return written.text


def _parts(text: str) -> set[str]:
    """Return the kinds of inline parts and of blocks that a reader finds."""
    tokens = _READER.parse(text)
    inline = {child.type for token in tokens for child in token.children or ()}
    return inline | {token.type for token in tokens if token.type == "html_block"}


@given(st.text(st.characters(), max_size=30) | st.sampled_from(TEXTS))
def test_a_span_of_code_is_one_and_nothing_else(text: str) -> None:
    (token,) = _READER.parseInline(f"a {code(text)} b")
    kinds = [child.type for child in token.children or ()]

    assert kinds in (["text", "code_inline", "text"], ["text"])
    assert kinds != ["text"] or not text


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_only_what_is_ours_is_markup(capture: str) -> None:
    outcome = run(capture, "--format", "markdown")

    assert outcome.code == 0
    assert _parts(outcome.out) <= _OURS


def test_hostile_texts_are_neither_markup_nor_rows() -> None:
    text = _written(hostile(), *[Gate(each, f"{each} holds") for each in TEXTS])
    tokens = _READER.parse(text)
    rows = [token for token in tokens if token.type == "tr_open"]
    cells = [token for token in tokens if token.type in {"td_open", "th_open"}]

    assert _parts(text) <= _OURS
    assert len(cells) == 7 * len(rows)
    assert {token.tag for token in tokens if token.type == "heading_open"} == {"h3"}
    outside = [
        child.content
        for token in tokens
        for child in token.children or ()
        if child.type == "text"
    ]
    assert "evil" not in "".join(outside)
    assert "@" not in "".join(outside)


def test_it_has_verdicts_conditions_tables_and_findings() -> None:
    calls = [Call(n, "pay", "thrown", 4) for n in (0, 1)] * 3
    text = _written(captured(calls), Gate("a > 0", "a > 0 holds"), Gate("b > 0", ""))

    assert text.startswith("### protocol-inspect: `calls.pcap`\n\n- ✗ `pay failed")
    assert "- ✗ failed: `a > 0 holds`\n- ✓ passed: `b > 0`\n" in text
    assert "| `pay` | 6 | 6 | 0 |" in text
    assert "| `10.0.0.1` → `10.0.1.0:8888` | 3 | 3 | 0 |" in text
    assert "**error** `failing-pattern`\n\n```text\n" in text


def test_many_rows_are_summed_and_events_have_no_times() -> None:
    calls = [Call(0, f"p{n:02}", "well", n + 1) for n in range(15)]
    assert "| and 5 more | 5 | 0 | 0 |" in _written(captured(calls))

    event = _written(captured([Call(0, "log", "event", 0)]))
    assert "| `log` | 1 | – | – | event |  |  |" in event


def test_a_capture_without_traffic_says_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    capture = tmp_path_factory.mktemp("c") / "a.pcap"
    capture.write_bytes(pcap_bytes([]))
    outcome = run(capture, "--format", "markdown")

    assert outcome.out == (
        "### protocol-inspect: `a.pcap`\n\n- No packet of Nest was seen.\n"
    )
    assert Markdown.served() == ["report", "diff"]
