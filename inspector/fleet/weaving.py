"""All sources as one capture, for chains that no host has seen as a whole.

::

    source 1 ─► by one clock ─┐ each packet once, with the addresses
    source 2 ─► by one clock ─┴ where its way begins and ends ─► exchanges ─► chains

It is one task: a chain may lead from any host to any other. On a loopback interface
every host has the same addresses; so that nothing of two hosts is confused, each source
has some of its own for them.
"""

from __future__ import annotations

import struct
from itertools import chain, count
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from inspector.calls.chains.seeking import with_parents
from inspector.calls.chains.trees import Trees
from inspector.calls.exchanges import Exchange
from inspector.figures.chain_rows import ChainRows
from inspector.headers.links import NotTcpError
from inspector.pipeline import Pipeline
from inspector.sources.files import merge
from inspector.streams.clocks import Clock
from inspector.tcp.segments import decode_segment, plain_flow
from inspector.tcp.taps import once, shifted

from .following import CHAIN
from .readdressing import Readdressing, with_flow
from .rereading import flow_of, read_again
from .tasks import options_of
from .woven import MOST_NODES, MOST_TREES, chains_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from inspector.calls.chains.trees import Node
    from inspector.pipeline import Options
    from inspector.sources.records import PacketRecord
    from inspector.streams.endpoints import Endpoint

    from .sources import Source
    from .tasks import Work
    from .trails import Readdressed
    from .woven import Chains

MOST_KEPT = 20_000
"""Exchanges of chains that are not complete yet."""
_MOST_ROUTES = 4 * MOST_TREES
"""Routes whose slowest chain is kept meanwhile."""
_LOOPBACK = 127
_IPV4_FLOW, _PARTS = 12, 4


class Threads(msgspec.Struct, frozen=True):
    """What makes one capture of several.

    Attributes:
        clocks: Source → its clock, by those that lead; one without shares no packets.
        again: Connections of which some were seen with other addresses.
        brokers: A broker → what it is known by as well.
        secrets: Key logs of TLS that captures hold.
    """

    clocks: Mapping[str, Clock]
    again: Sequence[Readdressed]
    brokers: Mapping[Endpoint, Endpoint]
    secrets: Sequence[bytes]


# decision 202: Chains over several hosts are sought in all packets, by one task
def weave(work: Work, sources: Sequence[Source], threads: Threads) -> Chains | None:
    """Return the chains that all sources together show; None if somebody stopped it.

    Args:
        work: Of the run.
        sources: The sources, by name.
        threads: What makes one capture of them.
    """
    rows, slowest, doubts = ChainRows(), _Slowest(), count()
    chosen = _Chosen(work.options.where)
    trees = Trees(most=MOST_KEPT)
    pipeline = Pipeline(_options(work, threads))
    records = _together(work, sources, threads)
    found = map(chosen.note, _exchanges(pipeline, records, doubts))
    grown = chain.from_iterable(map(trees.add, found))
    for root in filter(chosen.holds, chain(grown, trees.finish())):
        rows.add(root)
        slowest.add(root)
    if work.is_stopped:
        return None
    names = [each.name for each in sources]
    return chains_of(rows, slowest.roots, next(doubts), lambda end: _named(end, names))


def _options(work: Work, threads: Threads) -> Options:
    """Return what is asked, as of the command ``chain``."""
    options = options_of(work, secret=bool(threads.secrets))
    if options.keylog is not None:
        options.keylog.follow(list(threads.secrets))
    return replace(
        options,
        where=None,  # it does not choose who may be a parent
        beginnings=True,
        exchanges_only=True,
        same_brokers={**threads.brokers, **options.same_brokers},
    )


def _exchanges(
    pipeline: Pipeline, records: Iterable[PacketRecord], doubts: Iterator[int]
) -> Iterator[Exchange]:
    """Yield exchanges with their parents; count those whose parent is in doubt."""
    for item in with_parents(pipeline.inspect(records)):
        if isinstance(item, Exchange):
            if item.link is not None and item.link.possible:
                next(doubts)
            yield item


class _Chosen:
    """Tells the chains in which an exchange is that ``--where`` chooses.

    Args:
        where: What chooses; None for all.
    """

    def __init__(self, where: Callable[[Exchange], bool] | None) -> None:
        self._where = where
        self._numbers: set[int] = set()

    def note(self, exchange: Exchange) -> Exchange:
        """Note whether an exchange is chosen, and return it."""
        if self._where is not None and self._where(exchange):
            self._numbers.add(exchange.number)
        return exchange

    def holds(self, root: Node) -> bool:
        """Whether a chain has one that is; ask once."""
        if self._where is None:
            return True
        numbers = {node.number for _, node in root.walk()}
        found = not self._numbers.isdisjoint(numbers)
        self._numbers -= numbers
        return found


class _Slowest:
    """The slowest chain of each of some routes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Node] = {}

    @property
    def roots(self) -> list[Node]:
        """Those that are kept."""
        return list(self._kept.values())

    def add(self, root: Node) -> None:
        """Take in a chain; one that is too large is not kept."""
        if not root.children or sum(1 for _ in root.walk()) > MOST_NODES:
            return
        key = root.carrier, root.route
        known = self._kept.get(key)
        if known is None or _took(root) > _took(known):
            self._kept[key] = root
        if len(self._kept) > _MOST_ROUTES:
            del self._kept[min(self._kept, key=lambda each: _took(self._kept[each]))]


def _took(root: Node) -> int:
    return root.until_ns - root.begin_ns


def _together(
    work: Work, sources: Sequence[Source], threads: Threads
) -> Iterator[PacketRecord]:
    """Yield the packets of all sources by one clock, each once."""
    known = [threads.clocks.get(each.name) or Clock(each.name) for each in sources]
    readdressing = Readdressing(threads.again, whole=True)

    def read(place: int) -> Iterator[PacketRecord]:
        again = read_again(work, sources[place], CHAIN)
        for record in shifted(again, known[place]):
            _keep_apart(record, place)
            readdressing.apply(record)
            yield record

    merged = merge([0] * len(sources), read)
    for number, record in enumerate(once(merged, known), start=1):
        record.number = number
        yield record


def _keep_apart(record: PacketRecord, place: int) -> None:
    """Give a packet between programs of one host addresses that no other host has."""
    flow = plain_flow(flow_of(record))
    if len(flow) != _IPV4_FLOW or not flow[0] == flow[4] == _LOOPBACK:
        return
    try:
        segment = decode_segment(record)
    except (NotTcpError, struct.error):
        return
    if segment.header >= 0:
        own = (place + 1).to_bytes(2, "big")
        apart = flow[:1] + own + flow[3:5] + own + flow[7:]
        record.data = with_flow(record.data, segment, apart)


def _named(end: str, names: Sequence[str]) -> str:
    """Return an end as the report has it: on a loopback interface by its source."""
    host, colon, rest = end.partition(":")
    parts = host.split(".")
    if len(parts) != _PARTS or parts[0] != str(_LOOPBACK):
        return end
    place = int(parts[1]) * 256 + int(parts[2]) - 1
    return f"{names[place]}{colon}{rest}" if 0 <= place < len(names) else end
