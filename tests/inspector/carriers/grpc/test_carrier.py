"""The properties of every carrier, on conversations over gRPC."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.base import Cost, Taken
from inspector.carriers.grpc.carrier import carrier
from inspector.carriers.grpc.talk import GrpcTalk
from inspector.carriers.testing import (
    Loss,
    check_cuts,
    check_joining,
    check_losses,
    check_noise,
    check_recognition,
)
from tests.inspector.carriers.grpc.written import CONVERSATIONS, read
from tests.inspector.conversation import CLIENT, SERVER

_names = st.sampled_from(sorted(CONVERSATIONS))
_WHOLE = {"unary", "errors", "packed"}
"""Those in which each call is asked for by one unit."""
_places = st.integers(0, 3_000)


@pytest.mark.parametrize("name", sorted(CONVERSATIONS))
def test_conversations_of_every_kind(name: str) -> None:
    conversation = CONVERSATIONS[name]
    check_recognition(carrier, conversation)
    check_cuts(carrier, conversation)


@pytest.mark.parametrize("name", sorted(CONVERSATIONS))
def test_what_follows_a_lost_unit_is_read_as_before(name: str) -> None:
    """But for a client's messages whose call has lost its name: see ``test_talk``."""
    for unit in read(CONVERSATIONS[name]):
        if unit.side == SERVER or name in _WHOLE:
            loss = Loss(unit.side, unit.begin, unit.end)
            check_losses(carrier, CONVERSATIONS[name], losses=[loss], missed=3)


@pytest.mark.parametrize("name", sorted(_WHOLE))
def test_a_connection_may_be_joined_before_any_turn(name: str) -> None:
    check_joining(carrier, CONVERSATIONS[name], missed=3)


@settings(max_examples=10)
@given(_names, st.integers(0, 1), _places, _places)
def test_no_loss_raises(name: str, side: int, first: int, second: int) -> None:
    turns, place = CONVERSATIONS[name], 0
    talk = GrpcTalk(None)
    begin, end = sorted((first, second))
    for who, said in turns:
        if who == side and begin <= place < end:
            talk.lose(who)
            assert talk.buffered(who) == 0
        else:
            talk.receive(who, said, 0)
        place += len(said)
    for who in (CLIENT, SERVER):
        assert 0 <= talk.begun(who) <= talk.buffered(who) <= talk.received(who)


@settings(max_examples=10)
@given(_names, st.lists(_places, max_size=6))
def test_any_cut(name: str, cuts: list[int]) -> None:
    check_cuts(carrier, CONVERSATIONS[name], cuts=cuts)


@settings(max_examples=10)
@given(st.integers())
def test_any_noise(seed: int) -> None:
    check_noise(carrier, list(CONVERSATIONS.values()), rounds=3, seed=seed)


def test_units_are_named_and_a_call_takes_a_packet_for_each_message() -> None:
    units = read(CONVERSATIONS["unary"])
    assert [carrier.explain(unit) for unit in units] == [
        "preface",
        "SETTINGS",
        "SETTINGS",
        "SETTINGS ack",
        "SETTINGS ack",
        "request",
        "reply",
        "trailers",
        "request",
        "reply",
        "PING",
        "trailers",
    ]
    assert carrier.cost(Taken("message")) == Cost(3, "request, reply, trailers")
    assert carrier.cost(Taken("message", 2)) == Cost(2, "request, reply, trailers")
    assert carrier.cost(Taken("event")) is None
    assert carrier.streams
