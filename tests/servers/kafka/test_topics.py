"""Which topics there can be, and which routes they belong to."""

from __future__ import annotations

import re

import pytest

from servers.kafka.topics import Topics, is_legal, reply_topic


@pytest.mark.parametrize("name", ["sum", "a.b-c_D9", "x" * 249, "..."])
def test_legal_names(name: str) -> None:
    assert is_legal(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a b", '{"cmd":"a"}', "é", "x" * 250])
def test_illegal_names(name: str) -> None:
    assert not is_legal(name)


def test_routes_are_names_expressions_or_unreachable() -> None:
    expression = r"/^orders\.(new|paid)$/"
    topics = Topics(["sum", expression, "/TOLD/i", "a b", "/(/", "sum", "/"])

    assert topics.names == ["sum"]
    assert [each.route for each in topics.expressions] == [expression, "/TOLD/i"]
    assert topics.unreachable == ["a b", "/(/", "/"]
    assert topics.find("sum") == "sum"
    assert topics.find("orders.paid") == expression
    assert topics.find("orders.paid") == expression  # remembered
    assert topics.find("we.told.you") == "/TOLD/i"
    assert topics.find("orders.paid.now") is None


def test_names_alone_need_no_pattern() -> None:
    assert Topics(["a", "b"]).pattern is None


def test_a_pattern_matches_from_the_beginning_what_belongs_to_a_route() -> None:
    topics = Topics(["a.b", r"/orders\..+/", "/^X$/i"])
    assert topics.pattern is not None
    pattern = re.compile(topics.pattern)

    for topic in ("a.b", "orders.new", "my.orders.new", "x"):
        assert pattern.match(topic), topic
    for topic in ("aXb", "a.bc", "orders", "xx", "ORDERS.new"):
        assert not pattern.match(topic), topic


def test_replies_are_overheard_unless_they_have_a_handler() -> None:
    topics = Topics(["/.+/", "mine.reply"])

    assert reply_topic("sum") == "sum.reply"
    assert topics.overhears("sum.reply")
    assert not topics.overhears("mine.reply")
    assert not topics.overhears("sum")
