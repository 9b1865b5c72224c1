"""Markdown in which text from a capture is nothing but text.

It is in code spans and code blocks alone: nothing in those is markup, HTML, a link, a
mention or a reference. Source: GitHub Flavored Markdown, sections 4.5 (fenced code
blocks), 6.3 (code spans) and 4.10 (tables, in which a ``|`` parts cells even in code).
"""

from __future__ import annotations

from protocol.lazy_regex import lazy_regex

from .rendering import CANNOT_BE, safe

_BACKTICKS = lazy_regex("`+")


def code(text: str) -> str:
    """Return a text as a code span on one line, which may be in a table."""
    text = safe(text).replace("|", "\\u007c")
    if not text:
        return CANNOT_BE
    fence = "`" * (longest_run(text) + 1)
    room = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{room}{text}{room}{fence}"


def longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def header(first: str, *figures: str) -> list[str]:
    """Return the first lines of a table whose figures are flush right."""
    return [table_row(first, *figures), table_row("---", *["---:"] * len(figures))]


def table_row(*cells: str) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"
