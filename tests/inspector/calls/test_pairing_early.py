"""Replies that the capture holds before their requests, and where packets belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.calls import pairing as module
from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.matching import Stray, Tally
from inspector.calls.pairing import Pairing
from inspector.calls.seen import Sighting
from inspector.carriers.base import Transfer
from inspector.streams.items import Gap
from protocol import UNDEFINED, Event, JsonText, Packet, Request, Response
from tests.inspector.calls.talks import Talk

if TYPE_CHECKING:
    from collections.abc import Sequence

_ID = "a-random-id-of-nest"
_OTHER = "another-id-of-nest"


@pytest.fixture
def talk() -> Talk:
    tally = Tally()
    return Talk(Pairing(tally), tally=tally)


def _unheard(talk: Talk) -> Talk:
    """Let no packet of the client have come, though the server acknowledges some."""
    client, server = talk.connection.directions
    client.opposite, server.opposite = server, client
    client.claimed, server.heard = 10, True
    assert talk.connection.unseen is client
    return talk


def test_a_reply_with_a_random_id_is_held_until_its_request_comes(talk: Talk) -> None:
    assert talk.answer(_ID) is None
    ended = talk.ask(_ID, "sum")

    assert (ended.number, ended.kind, ended.route) == (1, Kind.MESSAGE, "sum")
    assert (ended.outcome, ended.early) == (Outcome.COMPLETED, True)
    assert not list(talk.pairing.waiting())
    assert talk.answer(_OTHER) is None  # as before: one place is free again


def test_other_ids_are_used_again_and_their_replies_held_for_nothing(
    talk: Talk,
) -> None:
    ended = talk.answer("short")

    assert (ended.kind, ended.early) == (Kind.ORPHAN, False)


def test_no_reply_is_held_where_bytes_were_lost(talk: Talk) -> None:
    list(talk.pairing.hear(Gap(talk.connection.directions[0], 5, 7)))

    assert talk.answer(_ID).kind is Kind.ORPHAN


def test_a_stream_that_is_held_goes_on_after_its_request(talk: Talk) -> None:
    assert talk.answer(_ID, last=False) is None
    assert talk.ask(_ID, "ticks") is None
    ended = talk.answer(_ID)

    assert (ended.route, ended.values, ended.early) == ("ticks", 2, True)


def test_an_event_takes_no_reply_that_is_held(talk: Talk) -> None:
    talk.answer(_ID)
    talk.see(Event("log"))

    assert talk.ask(_ID, "sum").early


def test_a_reply_that_is_held_to_the_end_is_an_orphan_then(talk: Talk) -> None:
    talk.answer(_ID)
    talk.answer(_OTHER, last=False)
    ended = talk.close()

    assert [(each.number, each.kind, each.outcome) for each in ended] == [
        (1, Kind.ORPHAN, Outcome.COMPLETED),
        (2, Kind.ORPHAN, Outcome.INCOMPLETE),
    ]


def test_so_many_replies_of_a_connection_are_held(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_EARLY", 3)
    ids = [f"random-{number}" for number in range(5)]

    assert [talk.answer(each) is None for each in ids] == [True] * 3 + [False] * 2


def test_where_a_side_was_never_heard_so_many_are_held_over_all_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_EARLY_UNHEARD", 3)
    pairing = Pairing()
    first, second, third = (_unheard(Talk(pairing, number)) for number in (1, 2, 3))

    assert [first.answer(each) for each in ("1", "2")] == [None, None]
    assert second.answer("1") is None
    assert second.answer("2").kind is Kind.ORPHAN  # there is no room any more
    assert first.ask("1").early  # one place is free
    assert third.answer("1") is None
    assert third.answer("2").kind is Kind.ORPHAN
    assert len(first.close()) == 1  # and one more
    assert third.answer("3") is None
    assert third.answer("4").kind is Kind.ORPHAN


def test_what_is_held_of_a_side_that_was_never_heard_is_in_doubt(talk: Talk) -> None:
    _unheard(talk)
    talk.answer("1")
    talk.answer("2", last=False)
    ended = talk.close()

    assert [each.gapped for each in ended] == [True, True]


def test_what_waits_for_a_side_that_was_never_heard_is_in_doubt(talk: Talk) -> None:
    client, server = talk.connection.directions
    client.opposite, server.opposite = server, client
    client.heard, server.claimed = True, 10
    talk.ask("1")
    (ended,) = talk.close()

    assert (ended.outcome, ended.gapped) == (Outcome.UNANSWERED, True)


def _sighting(talk: Talk, packet: Packet, records: int = 1) -> Sighting:
    side = int(isinstance(packet, Response))
    direction = talk.connection.directions[side]
    transfer = Transfer(side=side, begin=0, end=10, packet=packet, body=b"{}")
    return Sighting(direction, transfer, [talk.packet() for _ in range(records)])


def _heard(talk: Talk, packets: Sequence[Packet]) -> list[tuple[int | None, int]]:
    """Return of each packet the number of its exchange, and which reply it is."""
    sightings = [_sighting(talk, packet) for packet in packets]
    for sighting in sightings:
        list(talk.pairing.hear(sighting))
    return [
        (None if each.ledger is None else each.ledger.number, each.reply)
        for each in sightings
    ]


def _reply(identity: Any, *, last: bool = True) -> Response:  # noqa: ANN401
    return Response(identity, JsonText(b"1"), is_disposed=last)


def test_each_packet_learns_its_exchange_and_which_reply_it_is(talk: Talk) -> None:
    assert _heard(
        talk,
        [
            Request("a", "1"),
            Request("b", "1"),  # the same id once more
            Event("log"),
            Request("c", "2"),
            _reply("1", last=False),
            _reply("1"),
            _reply("2"),
            _reply("1", last=False),
            _reply("2"),  # after the last one
            _reply("1"),
        ],
    ) == [
        (1, 0),
        (2, 0),
        (3, 0),
        (4, 0),
        (1, 1),
        (1, 2),
        (4, 1),
        (2, 1),
        (None, 0),
        (2, 2),
    ]


def test_a_packet_of_three_with_one_id_learns_its_own(talk: Talk) -> None:
    requests = [Request("a", "1") for _ in range(3)]

    assert _heard(talk, requests) == [(1, 0), (2, 0), (3, 0)]
    assert _heard(talk, [_reply("1", last=False)]) == [(1, 1)]


def test_a_packet_that_is_held_learns_its_exchange_too(talk: Talk) -> None:
    first, last = _reply(_ID, last=False), _reply(_ID)

    assert _heard(talk, [first, last, Request("a", _ID)]) == [(1, 1), (1, 2), (1, 0)]


def test_what_ends_is_what_is_heard(talk: Talk) -> None:
    first, last, late = (
        list(talk.pairing.hear(_sighting(talk, packet)))
        for packet in (Request("a", "1"), _reply("1"), _reply("1"))
    )

    assert first == []
    assert isinstance(last[0], Exchange)
    assert isinstance(late[0], Stray)


def test_a_call_keeps_its_metadata_and_others_have_none(talk: Talk) -> None:
    tenant = JsonText(b'{"tenant":7}')
    with_some = talk.see(Event("log", metadata=tenant))
    without = talk.see(Event("log"))

    assert with_some.metadata == tenant
    assert without.metadata is UNDEFINED


def test_a_call_that_a_later_one_overtook_says_so(talk: Talk) -> None:
    for identity in ("1", "2", "3"):
        talk.ask(identity)
    talk.answer("2")
    ended = talk.close()

    assert [(each.number, each.overtaken) for each in ended] == [(1, True), (3, False)]


def test_without_any_answer_nothing_was_overtaken(talk: Talk) -> None:
    talk.ask("1")
    (ended,) = talk.close()

    assert not ended.overtaken
    assert not ended.gapped
