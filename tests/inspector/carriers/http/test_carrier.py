"""The properties of every carrier, on conversations over HTTP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Idle, Taken
from inspector.carriers.http.carrier import carrier
from inspector.carriers.testing import (
    Loss,
    check_cuts,
    check_joining,
    check_losses,
    check_noise,
    check_recognition,
)
from tests.inspector.carriers.http.written import CONVERSATIONS, read

_names = st.sampled_from(sorted(CONVERSATIONS))
_places = st.integers(0, 700)
_MISSED = 3
"""Events of a stream that may pass: after a loss nothing shows where one begins."""


@pytest.mark.parametrize("name", sorted(CONVERSATIONS))
def test_conversations_of_every_kind(name: str) -> None:
    conversation = CONVERSATIONS[name]
    check_recognition(carrier, conversation)
    check_cuts(carrier, conversation)
    check_losses(carrier, conversation, missed=_MISSED)
    if name != "head":  # a response alone does not say that it has no body
        check_joining(carrier, conversation, missed=_MISSED)


@given(_names, st.lists(_places, max_size=6))
def test_any_cut(name: str, cuts: list[int]) -> None:
    check_cuts(carrier, CONVERSATIONS[name], cuts=cuts)


@given(_names, st.integers(0, 1), _places, _places)
def test_any_loss(name: str, side: int, first: int, second: int) -> None:
    begin, end = sorted((first, second))
    size = sum(len(data) for each, data in CONVERSATIONS[name] if each == side)
    loss = Loss(side, min(begin, size - 1), min(max(end, begin + 1), size))
    if loss.begin < loss.end:
        check_losses(carrier, CONVERSATIONS[name], losses=[loss], missed=_MISSED)


@given(st.integers())
def test_any_noise(seed: int) -> None:
    check_noise(carrier, list(CONVERSATIONS.values()), rounds=5, seed=seed)


def test_units_are_named_and_nothing_is_expected_of_packets() -> None:
    units = read(CONVERSATIONS["chunked"])
    assert [carrier.explain(unit) for unit in units[:3]] == ["request", "100", "reply"]
    assert isinstance(units[1], Idle)
    assert carrier.cost(Taken("message")) is None
    assert carrier.begins
