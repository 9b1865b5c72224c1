"""Captures with HTTP of which something is missing: nothing wrong is joined.

A complete capture says which exchange each data packet is of. Of the same capture with
records missing, every request has packets of one of those alone, or it is in doubt.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from inspector.calls.exchanges import Exchange, Kind
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from tests.inspector.captures import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from inspector.sources.records import PacketRecord

_NAMES = ("web-nest12", "auth-gateway-nest12")
_HEADERS = 66
"""Bytes of a record on loopback that carries no data (Ethernet, IPv4, TCP)."""
_FLAGS, _SYN = 47, 0x02
_ROUNDS = 60
_LOST = 3

each_capture = pytest.mark.parametrize("name", _NAMES)


class _Whole(NamedTuple):
    """A complete capture, and the requests in it.

    Attributes:
        records: The capture.
        exchanges: The requests, by number.
        asked: A record → the requests that it has a byte of …
        answered: … or of whose responses.
    """

    records: list[PacketRecord]
    exchanges: dict[int, Exchange]
    asked: dict[int, set[int]]
    answered: dict[int, set[int]]


def _requests(records: Iterable[PacketRecord]) -> list[Exchange]:
    """Return the requests in records, whether or not they hold a packet of Nest."""
    found = Pipeline(Options(carriers={3000: "http"})).inspect(iter(records))
    exchanges = [each for each in found if isinstance(each, Exchange)]
    return [each for each in exchanges if each.carrier == "http"]


@cache
def _whole(name: str) -> _Whole:
    records = list(read_capture(str(ROOT / "captures" / f"{name}.pcap")))
    exchanges = {each.number: each for each in _requests(records)}
    asked: dict[int, set[int]] = defaultdict(set)
    answered: dict[int, set[int]] = defaultdict(set)
    for exchange in exchanges.values():
        for record in exchange.request_packets:
            asked[record.number].add(exchange.number)
        for record in exchange.reply_packets:
            answered[record.number].add(exchange.number)
    return _Whole(records, exchanges, asked, answered)


def _judge(whole: _Whole, missing: Collection[int]) -> int:
    """Judge what is told without some records; return how many requests that is."""
    found = _requests(each for each in whole.records if each.number not in missing)
    for exchange in found:
        owners = [whole.asked[each.number] for each in exchange.request_packets]
        owners += [whole.answered[each.number] for each in exchange.reply_packets]
        same = set.intersection(*owners)
        doubt = exchange.gapped or exchange.kind is Kind.ORPHAN
        assert same or doubt, (sorted(missing), exchange.number, exchange.route)
        if exchange.kind is Kind.ORPHAN or not same:
            continue
        outcomes = {whole.exchanges[number].outcome for number in same}
        assert exchange.outcome in outcomes or doubt, (sorted(missing), exchange.number)
    return len(found)


@each_capture
def test_wherever_a_capture_begins_nothing_wrong_is_joined(name: str) -> None:
    whole = _whole(name)
    total = sum(
        _judge(whole, range(1, first)) for first in range(2, len(whole.records), 3)
    )
    assert total > len(whole.exchanges)


@each_capture
def test_whatever_is_lost_nothing_wrong_is_joined(name: str) -> None:
    whole = _whole(name)
    chance = random.Random(name)  # noqa: S311 — no secret depends on it
    carrying = [each.number for each in whole.records if _carries(each)]
    total = sum(_judge(whole, chance.sample(carrying, _LOST)) for _ in range(_ROUNDS))
    assert total > _ROUNDS * len(whole.exchanges) // 2


@each_capture
def test_in_any_order_of_the_sides_the_same_is_told(name: str) -> None:
    """All packets of one side may precede those of the other, as with two taps."""
    whole = _whole(name)
    from_server = [each for each in whole.records if _is_from_server(each)]
    others = [each for each in whole.records if not _is_from_server(each)]
    expected = {(each.route, each.outcome) for each in whole.exchanges.values()}
    for records in ([*from_server, *others], [*others, *from_server]):
        numbered = [
            msgspec.structs.replace(record, number=place + 1)
            for place, record in enumerate(records)
        ]
        found = _requests(numbered)
        assert {(each.route, each.outcome) for each in found} == expected


def _carries(record: PacketRecord) -> bool:
    return len(record.data) > _HEADERS and not record.data[_FLAGS] & _SYN


def _is_from_server(record: PacketRecord) -> bool:
    return record.data[34:36] == (3000).to_bytes(2, "big")
