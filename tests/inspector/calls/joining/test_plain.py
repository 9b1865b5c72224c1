"""What is plain becomes the exchange that it would have been from the beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import pcap_bytes
from tests.inspector.chatter import Chatter
from tests.inspector.ways import WAYS, read_by, read_ordinarily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.inspector.over_nats import Peer


def _cut(hops: int, *, event: bool = False) -> bytes:
    """Return a warm capture that ends after some hops of a plain exchange."""
    chatter = Chatter(3, 0)
    caller, handler = chatter.callers[0], chatter.handlers[0]
    steps = _event(caller, handler) if event else _call(caller, handler)
    for _, step in zip(range(hops), steps, strict=False):
        assert step is not None
    return pcap_bytes(chatter.wire.records)


def _call(caller: Peer, handler: Peer) -> Iterator[object]:
    passing = caller.ask({"cmd": "price"}, [1, 2])
    yield passing
    yield handler.take(passing)
    body = handler.answer(passing, 3)
    yield body
    yield caller.get(passing, body)


def _event(caller: Peer, handler: Peer) -> Iterator[object]:
    passing = caller.emit("log", "x")
    yield passing
    yield handler.take(passing)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hops", [1, 2, 3, 4])
def test_a_call_is_told_by_whatever_hops_it_has_when_the_capture_ends(
    way: str, hops: int
) -> None:
    capture = _cut(hops)
    made = read_by(way, capture, figures_only=True)
    ordinary = read_ordinarily(capture)

    assert made.exchanges[-1] == ordinary.exchanges[-1]
    assert made.told == ordinary.told


@pytest.mark.parametrize("hops", [1, 2])
def test_so_is_an_event(hops: int) -> None:
    capture = _cut(hops, event=True)
    made = read_by("scanned", capture, figures_only=True)
    ordinary = read_ordinarily(capture)

    assert made.exchanges[-1] == ordinary.exchanges[-1]
    assert made.told == ordinary.told


def test_what_its_caller_wrote_together_is_its_own() -> None:
    chatter = Chatter(3, 0)
    caller, handler = chatter.callers[0], chatter.handlers[0]
    passing = caller.ask("sum", 1)
    handler.take(passing)
    bodies = [handler.answer(passing, 5, last=last) for last in (False, True)]
    caller.hear(*(caller.message(str(passing.inbox), body) for body in bodies))
    caller.leave(passing)
    capture = pcap_bytes(chatter.wire.records)

    made = read_by("scanned", capture, figures_only=True)
    assert made.told == read_ordinarily(capture).told
    assert made.exchanges[-1] == read_ordinarily(capture).exchanges[-1]
