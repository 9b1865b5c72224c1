"""Captures over brokers of which something is missing, judged by the complete ones.

A complete capture says which exchange each data packet is of. Of the same capture with
records missing, every exchange has packets of one of those alone.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from inspector.calls.exchanges import Exchange, Kind
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from inspector.sources.records import PacketRecord


class Whole(NamedTuple):
    """A complete capture, and the exchanges in it.

    Attributes:
        owners: Number of a packet → those of the exchanges that it is of.
        has_late: Whether packets may be of no exchange, as they came after their call
            was told. Those say nothing of what an exchange may be.
    """

    records: list[PacketRecord]
    exchanges: list[Exchange]
    owners: dict[int, set[int]]
    has_late: bool

    def candidates(self, exchange: Exchange) -> list[Exchange]:
        """Return those that an exchange may be, by the packets of all its hops."""
        owners = self._owners(exchange)
        if self.has_late:
            everything = {each.number for each in self.exchanges}
            owners = [each for each in owners if each] or [everything]
        shared = set.intersection(*owners)
        return [each for each in self.exchanges if each.number in shared]

    def like(self, exchange: Exchange) -> list[Exchange]:
        """Return the events that are like one, of which all its hops are."""
        owners = set.union(*self._owners(exchange))
        events = [each for each in self.exchanges if each.number in owners]
        same = (Kind.EVENT, exchange.route, exchange.data)
        alike = all((each.kind, each.route, each.data) == same for each in events)
        return events if alike else []

    def _owners(self, exchange: Exchange) -> list[set[int]]:
        """Return the owners of each packet of its hops."""
        passage = exchange.passage
        assert passage is not None
        return [
            self.owners[record.number] for hop in passage.hops for record in hop.records
        ]


def is_in_doubt(exchange: Exchange) -> bool:
    """Whether it is said of an exchange that more of it may have passed."""
    passage = exchange.passage
    assert passage is not None
    orphan = exchange.kind is Kind.ORPHAN
    return exchange.gapped or orphan or passage.one_sided


def exchanges_of(records: Iterable[PacketRecord]) -> list[Exchange]:
    """Return what is told of records, about which nothing else is wanted."""
    found = Pipeline(Options(exchanges_only=True)).inspect(iter(records))
    return [each for each in found if isinstance(each, Exchange)]


@cache
def whole_of(capture: Path, *, has_late: bool = False) -> Whole:
    """Return a complete capture, read once."""
    records = list(read_capture(str(capture)))
    exchanges = exchanges_of(records)
    owners: dict[int, set[int]] = defaultdict(set)
    for exchange in exchanges:
        assert exchange.passage is not None
        for hop in exchange.passage.hops:
            for record in hop.records:
                owners[record.number].add(exchange.number)
    return Whole(records, exchanges, owners, has_late)


class Score:
    """How many exchanges ended as in the complete capture."""

    def __init__(self, whole: Whole) -> None:
        self._whole = whole
        self.total = 0
        self.right = 0
        self.unsaid: list[str] = []

    def judge(self, missing: Collection[int]) -> None:
        """Judge what is told of the capture without some of its records."""
        whole = self._whole
        left = [each for each in whole.records if each.number not in missing]
        for exchange in exchanges_of(left):
            candidates = whole.candidates(exchange)
            if not candidates and exchange.gapped:  # like events, whose order is lost
                candidates = whole.like(exchange)
            assert candidates, (sorted(missing), exchange.number)
            self.total += 1
            if any(each.outcome is exchange.outcome for each in candidates):
                self.right += 1
            elif not is_in_doubt(exchange):
                self.unsaid.append(f"{sorted(missing)[-4:]}: #{exchange.number}")

    @property
    def share(self) -> float:
        """The share of those that ended as they did."""
        return self.right / self.total
