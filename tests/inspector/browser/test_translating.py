"""A condition finds what the filter itself finds: no more, and no fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.browser.asking import asked_by
from inspector.browser.store import CHUNK, Store
from inspector.browser.translating import condition_of
from tests.inspector.browser.piloted import CASES, NASTY, ROOT, SLOW, exchanges_of

if TYPE_CHECKING:
    from pathlib import Path

    from inspector.browser.translating import Condition

_EXACT = (
    "latency > 5ms",
    "5ms < latency",
    "latency != 5ms",
    "not latency > 1ms",
    "latency < 1ms or outcome == 'error'",
    "outcome != 'completed'",
    "outcome in ['error', 'no_handler']",
    "number in [1, 2, 3]",
    "bytes > 200 and packets == 2",
    "kind == 'event'",
    "carrier == 'tcp'",
    "time < 1s",
    "route == 'cmd:orders.create'",
    "route != 'sum'",
    "route ~ 's'",
    "route !~ 'sum'",
    "connection == 1",
    "latency_ns >= -5",
    "client ~ '10'",
    "client == '127.0.0.1:1' or '10.1.1.6:8889' == server",
    "server !~ '^127' and client != '10.1.0.11:41001'",
    "#7",
    "#9999999999",
)
_BEGUN = (
    "latency_ns == null",
    "data.userId == 421",
    "packets > 1 and data.userId > 300",
    "in_flight == undefined",
    "err ~ 'Internal'",
    "userId:421",
    "x:",
    '"#7"',
    "#" + "7" * 5_000,
    "client == data.userId",
    "route == data.userId",
    "service ~ '8889' and client ~ '10'",
    "[bold",
    "日本語",
    "\\u001b",
)
_WORDS = ("orders", "s", "rows", "127.0.0.1", "10.1.0.1")
_CAPTURES = [
    SLOW,
    NASTY,
    CASES / "misc-v12.pcap",
    ROOT / "captures" / "showcase-nest12.pcap",
    ROOT / "captures" / "nats" / "nats-fan-out-nest12.pcap",
    ROOT / "captures" / "ws" / "ws-nest12.pcap",
]


def _found(condition: Condition, store: Store) -> list[int]:
    """Return for which exchanges a condition holds, each part taken literally."""
    found = set(store.matching(condition.sql or "1", 1))
    for routes, connections, words, escaped in condition.words:
        there = set(store.matching("r.escaped", 1)) if escaped else set[int]()
        flags = store.places(1, CHUNK, routes, connections)
        there.update(number for number, flag in enumerate(flags, 1) if flag)
        for block in store.blocks():
            there.update(store.having(words, block))
        found &= there
    return sorted(found)


@pytest.mark.parametrize("capture", _CAPTURES, ids=lambda each: each.name)
def test_every_filter_finds_the_same(capture: Path) -> None:
    store, exchanges = Store(), exchanges_of(capture)
    for each in exchanges:
        store.add(each)
    store.flush()
    for text in (*_EXACT, *_BEGUN, *_WORDS):
        asked = asked_by(f'"{text}"' if text in {"[bold", "\\u001b"} else text)
        wanted = sorted(each.number for each in exchanges if asked(each))

        condition = condition_of(asked, store)
        found = _found(condition, store)

        if condition.exact:
            assert sorted(found) == wanted, text
        assert set(found) >= set(wanted), text
        assert condition.exact or text not in _EXACT, text
    store.close()
