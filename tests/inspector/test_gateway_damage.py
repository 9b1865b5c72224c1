"""Captures of gateways of which something is missing: nothing wrong is joined.

A complete capture says which exchange each data packet is of. Of the same capture with
records missing, every exchange has packets of one of those alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

from inspector.calls.exchanges import Exchange, Kind
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from tests.inspector.gateway_evidence import GATEWAYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from inspector.sources.records import PacketRecord

_NAMES = (
    "ws-nest12",
    "ws-deflate-nest12",
    "ws-many-nest12",
    "socketio-nest12",
    "socketio-upgrade-nest12",
    "socketio-polling-nest12",
    "socketio-binary-nest12",
)
_CAPTURES = {each.name.partition(".")[0]: each for each in GATEWAYS}
_HEADERS = 66
"""Bytes of a record on loopback that carries no data (Ethernet, IPv4, TCP)."""
_ROUNDS = 60
_LOST = 4
_BEGINNINGS = 5  # every fifth: a capture of each is read

each_capture = pytest.mark.parametrize("name", _NAMES)


class _Whole(NamedTuple):
    """A complete capture, and the exchanges in it."""

    records: list[PacketRecord]
    exchanges: dict[int, Exchange]
    owners: dict[int, set[int]]

    def candidates(self, exchange: Exchange) -> list[Exchange]:
        """Return those that an exchange may be, by its packets."""
        packets = [*exchange.request_packets, *exchange.reply_packets]
        shared = set.intersection(*(self.owners[each.number] for each in packets))
        return [self.exchanges[number] for number in shared]


def _exchanges(records: Iterable[PacketRecord]) -> list[Exchange]:
    found = Pipeline().inspect(iter(records))
    return [each for each in found if isinstance(each, Exchange)]


@cache
def _whole(name: str) -> _Whole:
    records = list(read_capture(str(_CAPTURES[name])))
    exchanges = {each.number: each for each in _exchanges(records)}
    owners: dict[int, set[int]] = defaultdict(set)
    for exchange in exchanges.values():
        for record in [*exchange.request_packets, *exchange.reply_packets]:
            owners[record.number].add(exchange.number)
    return _Whole(records, exchanges, owners)


def _says_doubt(exchange: Exchange) -> bool:
    """Whether it is said of an exchange that more of it may have passed.

    An exception whose event is missing is an event of its own.
    """
    alone = exchange.route == "exception"
    return exchange.gapped or exchange.kind is Kind.ORPHAN or alone


def _is_unseen(candidates: list[Exchange], missing: Collection[int]) -> bool:
    """Whether the answer to a gateway was posted on a connection without all else.

    Of that nothing is left but a response that may be anybody's.
    """
    return any(
        each.pushed and {packet.number for packet in each.reply_packets} <= set(missing)
        for each in candidates
    )


def _judge(whole: _Whole, missing: Collection[int]) -> int:
    """Judge what is told without some records; return how many exchanges that is."""
    left = [each for each in whole.records if each.number not in missing]
    found = _exchanges(left)
    for exchange in found:
        candidates = whole.candidates(exchange)
        assert candidates, (sorted(missing), exchange.number, exchange.route)
        same = any(each.outcome is exchange.outcome for each in candidates)
        said = same or _says_doubt(exchange) or _is_unseen(candidates, missing)
        assert said, (sorted(missing), exchange.number)
    return len(found)


@each_capture
def test_wherever_a_capture_begins_nothing_wrong_is_joined(name: str) -> None:
    whole = _whole(name)
    total = sum(
        _judge(whole, range(1, first))
        for first in range(2, len(whole.records), _BEGINNINGS)
    )
    assert total > len(whole.exchanges) or "deflate" in name  # where none is found


@each_capture
def test_whatever_is_lost_nothing_wrong_is_joined(name: str) -> None:
    whole = _whole(name)
    chance = random.Random(name)  # noqa: S311 — no secret depends on it
    carrying = [each.number for each in whole.records if len(each.data) > _HEADERS]
    total = sum(_judge(whole, chance.sample(carrying, _LOST)) for _ in range(_ROUNDS))
    assert total > _ROUNDS * len(whole.exchanges) // 4
