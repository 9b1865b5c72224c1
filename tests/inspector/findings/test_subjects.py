from __future__ import annotations

import pytest

from inspector.findings.subjects import (
    BLANK,
    CLOSING,
    EMPTY,
    WILDCARD,
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
    ("channel", "flaw"),
    [("sum", ""), ("two words", ""), ("a..b", ""), ("w/+", CLOSING), ("#", CLOSING)],
)
def test_what_is_wrong_with_a_topic(channel: str, flaw: str) -> None:
    assert flaw_of_topic(channel, channel) == flaw
