from __future__ import annotations

import pytest

from inspector.carriers.mqtt.topics import (
    Filter,
    covers,
    covers_topic,
    filter_of,
    has_wildcard,
    is_for_replies,
)


@pytest.mark.parametrize(
    ("pattern", "topic", "covered"),
    [
        ("sum", "sum", True),
        ("w/+", "w/one", True),
        ("w/+", "w/one/two", False),
        ("w/+", "w/", True),
        ("w/+", "w", False),
        ("w/#", "w", True),
        ("w/#", "w/one/two", True),
        ("+/+", "/sum", True),
        ("+", "/sum", False),
        ("#", "sum/reply", True),
        ("#", "$SYS/uptime", False),
        ("+/uptime", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
        ("a/+/c", "a/b/d", False),
    ],
)
def test_what_a_filter_covers(pattern: str, topic: str, covered: bool) -> None:  # noqa: FBT001
    assert covers(pattern, topic) is covered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w/+", Filter("w/+")),
        ("$share/workers/w/+", Filter("w/+", "workers")),
        ("$share/workers", Filter("$share/workers")),
        ("$share//w", Filter("$share//w")),
    ],
)
def test_a_shared_filter_names_its_group(text: str, expected: Filter) -> None:
    assert filter_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("sum/reply", True), ("/reply", False), ("+/reply", False), ("sum", False)],
)
def test_which_filters_are_for_the_replies_of_one_topic(
    text: str,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_for_replies(text) is expected


def test_which_filters_cover_several_topics() -> None:
    assert [has_wildcard(each) for each in ("a/b", "a/+", "#")] == [False, True, True]


def test_members_of_a_group_share_what_their_filter_covers() -> None:
    assert covers_topic("$share/workers/w/+", "w/one")
    assert not covers_topic("$share/workers/w/+", "w/one/two")
    assert covers_topic("sum", "sum")
