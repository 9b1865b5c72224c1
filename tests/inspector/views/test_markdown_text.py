from __future__ import annotations

from inspector.views.markdown_text import code, header, longest_run, table_row


def test_text_is_in_a_span_of_code_on_one_line() -> None:
    assert code("a|b`c") == "``a\\u007cb`c``"
    assert code("`") == "`` ` ``"
    assert code("a\nb") == "`a\\nb`" or "\n" not in code("a\nb")
    assert code("") == "–"
    assert longest_run("a``b```") == 3


def test_a_table_has_figures_flush_right() -> None:
    assert header("pattern", "count") == ["| pattern | count |", "| --- | ---: |"]
    assert table_row("a", "1") == "| a | 1 |"
