"""A pattern of PSUBSCRIBE covers the channels that Redis says it does."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.redis.globs import covers_channel


@pytest.mark.parametrize(
    ("pattern", "channel", "covered"),
    [
        ("sum", "sum", True),
        ("sum", "sums", False),
        ("*", "", True),
        ("*", "a.b", True),
        ("w.*.reply", "w.one.reply", True),
        ("w.*.reply", "w.one", False),
        ("h?llo", "hello", True),
        ("h?llo", "hllo", False),
        ("h[ae]llo", "hallo", True),
        ("h[ae]llo", "hillo", False),
        ("h[^e]llo", "hallo", True),
        ("h[^e]llo", "hello", False),
        ("h[a-c]llo", "hbllo", True),
        ("h[c-a]llo", "hbllo", True),
        ("h[a-c]llo", "hdllo", False),
        ("h[ae", "ha", True),
        ("a\\*", "a*", True),
        ("a\\*", "ab", False),
        ("a**b", "ab", True),
        ("*a*b", "xaxbxb", True),
        ("*a*b", "xaxbxc", False),
    ],
)
def test_wildcards_cover_channels(pattern: str, channel: str, covered: bool) -> None:  # noqa: FBT001 — a parameter of the test
    assert covers_channel(pattern, channel) is covered


@given(st.text("ab*?"), st.text("ab"))
def test_stars_and_question_marks_are_those_of_a_shell(
    pattern: str, channel: str
) -> None:
    assert covers_channel(pattern, channel) == fnmatchcase(channel, pattern)
