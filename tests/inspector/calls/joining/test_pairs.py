"""Which two connections are one peer's."""

from __future__ import annotations

from inspector.calls.joining.pairs import Pairs, call_by
from tests.inspector.calls.joining.hops import MILLISECOND, SECOND, Hops


def test_the_only_one_is_the_one() -> None:
    hops, pairs = Hops(), Pairs()
    publisher, listener = hops.connect(), hops.connect()

    assert pairs.find(publisher, []) is None
    assert pairs.find(publisher, [listener]) is listener


def test_who_listens_where_it_publishes_has_no_other() -> None:
    hops, pairs = Hops(), Pairs()
    publisher, listener = hops.connect(), hops.connect()

    assert pairs.find(publisher, [listener, publisher]) is publisher


def test_of_several_it_is_the_one_that_is_nobody_elses() -> None:
    hops, pairs = Hops(), Pairs()
    publisher, other, near, far = (hops.connect() for _ in range(4))
    assert pairs.find(other, [near]) is near

    assert pairs.find(publisher, [near, far]) is far
    assert pairs.find(publisher, [near, far]) is far  # and stays it
    pairs.forget(other)
    assert pairs.find(publisher, [near]) is near  # unless it proves not to be


def test_of_several_it_is_the_one_that_was_opened_with_it() -> None:
    hops, pairs = Hops(), Pairs()
    early = hops.connect(opened_ns=SECOND)
    publisher = hops.connect(opened_ns=2 * SECOND)
    late = hops.connect(opened_ns=2 * SECOND + MILLISECOND)

    assert pairs.find(publisher, [early, late]) is late


def test_where_that_is_not_known_it_is_that_of_the_next_port() -> None:
    hops, pairs = Hops(), Pairs()
    early, _, publisher, late = (hops.connect() for _ in range(4))

    assert pairs.find(publisher, [early, late]) is late


def test_many_pairs_are_not_remembered() -> None:
    hops, pairs = Hops(), Pairs(most=1)
    publisher, other, one, two = (hops.connect() for _ in range(4))
    pairs.find(publisher, [one])
    pairs.find(other, [two])

    assert pairs.find(publisher, [one, two]) is one  # found anew, as two is taken


def test_a_peer_is_known_by_one_of_its_connections() -> None:
    hops = Hops()
    first, second = hops.connect(), hops.connect()
    call_by(second, first)
    call_by(first, second)  # which is known by the other already

    assert second.principal is first
    assert first.principal is first
