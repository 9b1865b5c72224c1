"""What is slow, wrong or sampled is chosen, with what is above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.calls.exchanges import Kind
from inspector.telemetry.choosing import Choice, Chosen
from inspector.telemetry.conventions import is_wrong
from inspector.telemetry.spans import times_of
from inspector.telemetry.traces import is_sampled, place_of
from protocol import JsonText
from tests.inspector.captures import SHOWCASE
from tests.inspector.telemetry.found import CHAIN, NATS, TRACED, exchanges_of

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.calls.exchanges import Exchange


def chosen(exchanges: list[Exchange], choice: Choice) -> list[Chosen]:
    return [found for each in exchanges for found in choice.add(each)]


def names(found: list[Chosen]) -> list[str]:
    return [each.span.name for each in found]


@pytest.mark.parametrize("capture", [SHOWCASE, NATS])
def test_what_is_wrong_or_slow_is_chosen_and_nothing_else(capture: Path) -> None:
    exchanges = [e for e in exchanges_of(capture) if e.kind is not Kind.ORPHAN]
    slow_ns = 20_000_000
    meant = [e for e in exchanges if is_wrong(e) or _took(e) >= slow_ns]

    found = chosen(exchanges_of(capture), Choice(slow_ns))

    ids = {each.span.span_id for each in found}
    assert len(ids) == len(found) == len(meant) < len(exchanges)
    assert ids == {place_of(each, None, None).span_id for each in meant}
    wrong = sum(map(is_wrong, exchanges))
    assert len(chosen(exchanges, Choice(None))) == wrong


def _took(exchange: Exchange) -> int:
    begin_ns, end_ns = times_of(exchange)
    return end_ns - begin_ns


def test_a_share_is_the_same_whenever_it_is_drawn() -> None:
    exchanges = [each for each in exchanges_of(SHOWCASE) if not is_wrong(each)]
    few, many = (chosen(exchanges, Choice(None, share)) for share in (0.05, 0.3))

    assert 0 < len(few) < len(many) < len(exchanges)
    assert {each.span.span_id for each in few} <= {e.span.span_id for e in many}
    assert all(is_sampled(each.span.trace_id, 0.05) for each in few)
    again = chosen(exchanges, Choice(None, 0.05))
    assert [each.span for each in again] == [each.span for each in few]
    assert len(chosen(exchanges, Choice(None, 1))) == len(exchanges)


def test_what_caused_it_comes_before_what_is_chosen() -> None:
    slow_ns = 700_000_000
    found = chosen(exchanges_of(CHAIN), Choice(slow_ns, chains=True))

    assert names(found) == ["receive send", "receive chat-tea"]
    above, below = (each.span for each in found)
    assert below.parent_span_id == above.span_id
    assert below.trace_id == above.trace_id
    assert not above.parent_span_id
    assert names(chosen(exchanges_of(CHAIN), Choice(slow_ns))) == ["receive chat-tea"]


def test_a_chain_is_one_trace_and_each_span_comes_once() -> None:
    exchanges = exchanges_of(CHAIN)
    found = chosen(exchanges, Choice(5_000_000, chains=True))

    spans = {each.span.span_id: each.span for each in found}
    assert len(spans) == len(found)
    for each in spans.values():
        if each.parent_span_id:
            assert spans[each.parent_span_id].trace_id == each.trace_id
    whole = chosen(exchanges, Choice(None, 1, chains=True))
    assert len({each.span.trace_id for each in whole}) == 6
    assert len(whole) == len(exchanges)
    assert {"chat-tea", "chat-gateway"} < {each.service for each in whole}


def test_a_parent_in_doubt_or_long_gone_is_none() -> None:
    exchanges = exchanges_of(CHAIN)
    doubtful = [
        replace(e, link=e.link and replace(e.link, parent=None, possible=(1, 2)))
        for e in exchanges
    ]
    for found in (
        chosen(doubtful, Choice(None, 1, chains=True)),
        chosen(exchanges, Choice(None, 1)),
    ):
        assert not [each for each in found if each.span.parent_span_id]
    few = chosen(exchanges, Choice(None, 1, chains=True, most=1))
    assert 0 < sum(bool(each.span.parent_span_id) for each in few) < 15


def test_what_caused_it_may_be_large() -> None:
    large = JsonText(b'"' + b"x" * 10_000 + b'"')
    exchanges = [replace(each, data=large) for each in exchanges_of(CHAIN)]

    found = chosen(exchanges, Choice(700_000_000, chains=True))

    assert names(found) == ["receive send", "receive chat-tea"]


def test_a_remote_parent_needs_nothing_above_it() -> None:
    found = chosen(exchanges_of(TRACED), Choice(None, 1, chains=True))

    assert {each.span.parent_span_id.hex() for each in found} == {"b7ad6b7169203331"}
