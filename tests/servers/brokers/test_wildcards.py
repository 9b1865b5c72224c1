from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.brokers.wildcards import WildcardRoutes, Wildcards

_KEYS = Wildcards(".", "*", "#")
_TOPICS = Wildcards("/", "+", "#")


@pytest.mark.parametrize(
    ("pattern", "channel", "fits"),
    [
        ("orders.*", "orders.new", True),
        ("orders.*", "orders", False),
        ("orders.*", "orders.new.eu", False),
        ("orders.#", "orders", True),
        ("orders.#", "orders.new.eu", True),
        ("#.new", "orders.eu.new", True),
        ("a.#.b.*", "a.x.b.y.b.z", True),
        ("a.#.b.*", "a.b", False),
        ("#", "anything.at.all", True),
    ],
)
def test_a_channel_belongs_to_a_pattern(pattern: str, channel: str, fits: bool) -> None:  # noqa: FBT001
    assert _KEYS.match(pattern, channel) == fits
    as_topics = (
        each.replace(".", "/").replace("*", "+") for each in (pattern, channel)
    )
    assert _TOPICS.match(*as_topics) == fits


@given(st.lists(st.sampled_from("ab*#"), max_size=6), st.lists(st.sampled_from("ab")))
def test_it_matches_as_a_regular_expression_would(
    pattern: list[str], words: list[str]
) -> None:
    spelled = {"*": "[^.]+\\.", "#": "(?:[^.]+\\.)*"}
    expression = "".join(spelled.get(each, f"{each}\\.") for each in pattern)
    expected = re.fullmatch(expression, "".join(f"{each}." for each in words))

    if pattern and words:
        fits = _KEYS.match(".".join(pattern), ".".join(words))
        assert fits == (expected is not None)


def test_the_first_route_that_fits_is_found() -> None:
    routes = WildcardRoutes(
        _TOPICS, [("a/b", "a/b"), ("a/+", "$share/g/a/+"), ("a/#", "a/#"), ("x+", "x+")]
    )

    assert routes.find("a/c") == "$share/g/a/+"
    assert routes.find("a/c/d") == "a/#"
    assert routes.find("a/b") == "$share/g/a/+"
    assert routes.find("xy") is None
    assert routes.find("xy") is None
