from __future__ import annotations

import pytest

from inspector.findings.subjects import (
    BLANK,
    CLOSING,
    EMPTY,
    WILDCARD,
    covers_subject,
    covers_topic,
    cut_at_blank,
    flaw_of,
    flaw_of_topic,
)


@pytest.mark.parametrize(
    ("channel", "route", "flaw"),
    [
        ("sum", "sum", ""),
        ("a.b", "a.b", ""),
        ("two", "two words", BLANK),
        ("two", "two\twords", BLANK),
        ('{"cmd":"two', '{"cmd":"two words"}', BLANK),
        ("sum", "other", ""),
        ("sum", None, ""),
        ("a..b", "a..b", EMPTY),
        (".", ".", EMPTY),
        ("a.", "a.", EMPTY),
        ("*", "*", WILDCARD),
        ("a.>", "a.>", WILDCARD),
        ("a.>.b", "a.>.b", ""),
        ("a*", "a*", ""),
    ],
)
def test_what_is_wrong_with_a_subject(
    channel: str, route: str | None, flaw: str
) -> None:
    assert flaw_of(channel, route) == flaw


def test_a_route_without_a_blank_is_not_cut() -> None:
    assert not cut_at_blank("sum", "sum")
    assert not cut_at_blank("sum", "sum.of.all")
    assert not cut_at_blank("", "")


@pytest.mark.parametrize(
    ("pattern", "subject", "covered"),
    [
        ("sum", "sum", True),
        ("sum", "sums", False),
        ("*", "sum", True),
        ("*", "a.b", False),
        (">", "a.b", True),
        ("a.>", "a", False),
        ("a.>", "a.b.c", True),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.b.d", False),
        ("a.*", "a.b.c", False),
    ],
)
def test_wildcards_cover_subjects(pattern: str, subject: str, covered: bool) -> None:  # noqa: FBT001 — a parameter of the test
    assert covers_subject(pattern, subject) is covered


@pytest.mark.parametrize(
    ("channel", "flaw"),
    [("sum", ""), ("two words", ""), ("a..b", ""), ("w/+", CLOSING), ("#", CLOSING)],
)
def test_what_is_wrong_with_a_topic(channel: str, flaw: str) -> None:
    assert flaw_of_topic(channel, channel) == flaw


@pytest.mark.parametrize(
    ("pattern", "topic", "covered"),
    [
        ("sum", "sum", True),
        ("w/+", "w/one", True),
        ("w/+", "w/one/two", False),
        ("w/#", "w", True),
        ("w/#", "w/a/b", True),
        ("w/#", "v/a", False),
        ("$share/workers/w/+", "w/one", True),
        ("#", "$SYS/uptime", False),
        ("sum", "sum/reply", False),
    ],
)
def test_what_is_sent_to_a_topic_reaches_whose_filter_covers_it(
    pattern: str,
    topic: str,
    covered: bool,  # noqa: FBT001
) -> None:
    assert covers_topic(pattern, topic) is covered
