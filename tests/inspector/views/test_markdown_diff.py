from __future__ import annotations

from markdown_it import MarkdownIt

from inspector.views.markdown_diff import diff_lines
from tests.inspector.comparing.compared import Call
from tests.inspector.conversation import MILLISECOND
from tests.inspector.views.test_diff_words import compared

_READER = MarkdownIt("commonmark").enable("table")
_HOSTILE = "<b>[x](http://x)|`*_@a #1"


def test_a_pull_request_has_the_answer_a_table_and_the_changes() -> None:
    before = [Call(reply={"a": 1}, time_ns=MILLISECOND)] * 30 + [Call("old")]
    after = [Call(reply={}, time_ns=9 * MILLISECOND)] * 30 + [Call("new")]
    text = "\n".join(diff_lines(compared(before, after)))

    assert text.startswith("### protocol-inspect diff: `a.pcap → b.pcap   31 → 31 ex")
    assert (
        "- ✗ Of 1 pattern: 1 with payloads that break their readers, 1 slower." in text
    )
    assert "| pattern | count | failed | p50 ms | p99 ms |" in text
    assert "**" in text
    assert "- ✗ `reply.a: is gone  (30 of 30 → 0 of 30)`" in text
    assert "new: `new`" in text
    assert "gone: `old`" in text


def test_nothing_that_was_sent_is_markup() -> None:
    calls = [Call(_HOSTILE, reply={_HOSTILE: 1})] * 9
    failing = [Call(_HOSTILE, reply=ValueError(_HOSTILE))] * 9
    text = "\n".join(diff_lines(compared(calls, failing)))
    tokens = _READER.parse(text)
    inline = {child.type for token in tokens for child in token.children or ()}

    assert inline <= {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
    assert not any(token.type == "html_block" for token in tokens)


def test_nothing_in_both_has_no_table() -> None:
    text = "\n".join(diff_lines(compared([Call("a")], [Call("b")])))

    assert "No pattern is in both captures" in text
    assert "| pattern" not in text
