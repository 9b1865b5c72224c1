from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.joining.openings import MAX_WAITING, Openings
from inspector.calls.seen import Upkeep
from inspector.carriers.base import Errand
from tests.inspector.calls.joining.hops import Hops, request, to

if TYPE_CHECKING:
    from inspector.streams.connections import Connection


def _upkeep(connection: Connection) -> Upkeep:
    unit = Errand(side=0, begin=0, end=1, verb="SUB", opens=True)
    return Upkeep(connection.directions[0], unit, [])


def test_a_request_claims_what_its_own_connection_opened_once() -> None:
    hops = Hops()
    mine, other = hops.connect(), hops.connect()
    openings, upkeep = Openings(), _upkeep(mine)
    openings.keep(upkeep, "a")

    assert openings.claim(other, "a") is None
    assert openings.claim(mine, "b") is None
    assert openings.claim(mine, "a") is upkeep
    assert openings.claim(mine, "a") is None


def test_what_is_opened_again_waits_for_the_next_request() -> None:
    connection, openings = Hops().connect(), Openings()
    first, second = _upkeep(connection), _upkeep(connection)
    openings.keep(first, "a")
    openings.keep(second, "a")

    assert openings.claim(connection, "a") is second
    assert openings.claim(connection, "a") is None


def test_of_many_the_oldest_goes() -> None:
    connection, openings = Hops().connect(), Openings(most=2)
    for about in "abc":
        openings.keep(_upkeep(connection), about)

    assert openings.claim(connection, "a") is None
    assert openings.claim(connection, "b") is not None
    assert openings.claim(connection, "c") is not None


def test_inboxes_that_are_never_used_take_no_more_room() -> None:
    hops = Hops()
    peer = hops.connect()
    for number in range(MAX_WAITING + 10):
        hops.tend(peer, "SUB", f"{number}", opens=True)
    hops.hand_in(peer, request("9"), **to("9"))
    hops.hand_in(peer, request("10"), **to("10"))

    assert len(hops.book.openings._waiting) == MAX_WAITING - 1  # noqa: SLF001
    assert [each.packets for each in hops.end()] == [1, 2]
