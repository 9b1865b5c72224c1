"""What is queued between MULTI and EXEC."""

from __future__ import annotations

import pytest

from inspector.carriers.redis.answers import OTHER
from inspector.carriers.redis.transactions import (
    MOST,
    Element,
    End,
    Transactions,
    elements_of,
    is_null,
)


def test_what_ends_a_transaction_is_about_what_was_published_in_it() -> None:
    transactions = Transactions()
    transactions.publish(1)  # before it
    transactions.begin()
    opened = transactions.open
    for tag in (2, 3):
        transactions.publish(tag)
    assert transactions.end(4, "EXEC") == (2, 3)
    assert (opened, transactions.open) == (True, False)
    for about in (2, OTHER, 3, None):
        transactions.queue(about)

    assert transactions.ended_by(2, may_be=True) is None
    assert transactions.ended_by(4, may_be=False) == 4
    assert transactions.take(4) == (End("EXEC", (2, 3)), [2, OTHER, 3, OTHER])
    assert transactions.ended_by(4, may_be=True) is None


def test_several_may_be_under_way() -> None:
    transactions = Transactions()
    for first in (1, 3):
        transactions.begin()
        transactions.publish(first)
        assert transactions.end(first + 1, "EXEC") == (first,)
    for first in (1, 3):
        transactions.queue(first)
        assert transactions.take(first + 1) == (End("EXEC", (first,)), [first])


def test_where_its_beginning_was_not_captured_what_is_queued_is_known() -> None:
    transactions = Transactions()
    transactions.queue(OTHER)
    transactions.queue(1)
    assert transactions.end(2, "EXEC") == (1,)
    assert transactions.take(2) == (End("EXEC", (1,)), [OTHER, 1])


def test_where_answers_are_missing_nothing_is_known_until_the_next_one() -> None:
    transactions = Transactions()
    transactions.begin()
    transactions.publish(1)
    transactions.lose()
    assert not transactions.open
    transactions.end(2, "EXEC")
    assert transactions.ended_by(OTHER, may_be=False) is None
    assert transactions.ended_by(OTHER, may_be=True) == 2
    assert transactions.take(2) == (End("EXEC", (1,)), None)
    transactions.begin()
    transactions.publish(3)
    transactions.end(4, "EXEC")
    transactions.queue(3)
    assert transactions.take(4) == (End("EXEC", (3,)), [3])


def test_of_a_transaction_with_too_many_commands_no_places_are_known() -> None:
    transactions = Transactions()
    transactions.begin()
    for tag in range(1, MOST + 2):
        transactions.publish(tag)
        transactions.queue(tag)
    assert len(transactions.end(MOST + 2, "EXEC")) == MOST
    assert transactions.take(MOST + 2)[1] is None


def test_elements_are_found_in_one_another_and_with_attributes() -> None:
    array = b"*3\r\n:1\r\n*2\r\n$1\r\nx\r\n*0\r\n|1\r\n+a\r\n:2\r\n-no\r\n"
    assert list(elements_of(b"xx" + array + b":9\r\n", 2)) == [
        Element(ord(":"), 2, 6, 10),
        Element(ord("*"), 10, 10, 25),
        Element(ord("-"), 25, 25, 42),
    ]
    assert list(elements_of(b"*%d\r\n" % (MOST + 1) + b":1\r\n" * (MOST + 1), 0)) == []


@pytest.mark.parametrize("data", [b"*-1\r\n", b"_\r\n", b"$-1\r\n"])
def test_null_is_known_in_both_versions(data: bytes) -> None:
    assert is_null(b"x" + data, 1)
    assert not is_null(data, 1)


def test_what_is_queued_without_its_beginning_is_of_the_first_end_alone() -> None:
    transactions = Transactions()
    transactions.queue(1)

    assert transactions.end(2, "EXEC") == (1,)
    assert transactions.end(3, "EXEC") == ()
