"""Measure the browser on a long capture: how soon it answers, and what it keeps.

    python benchmarks/generate_capture.py big.pcap 1000000
    python -m benchmarks.browse big.pcap

Prints the 50th and 95th percentile, in milliseconds of processor time, of what a person
waits for (scrolling anywhere, sorting by a column, the first page that a filter finds),
and the resident memory. Nothing is drawn: what Textual takes for a screen comes on top,
and does not grow with the capture.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from typing import TYPE_CHECKING

from inspector.browser.asking import asked_by
from inspector.browser.exchange_list import ExchangeList
from inspector.browser.ordering import SORTED_BY
from inspector.browser.searching import results
from inspector.browser.session import CaptureSession
from inspector.pipeline import Options

if TYPE_CHECKING:
    from collections.abc import Callable

_PROMISED_MS, _PROMISED_MIB = 300, 300
_ROWS, _WIDTH = 40, 120  # of a screen
_FIRST = 1_000  # rows that are shown before all are sorted
_PAGES = 100
_OFTEN_S = 0.01
_ROUNDS = 5
_FILTERS = (
    "latency > 35us",
    'outcome == "error"',
    'route == "orders.7"',
    "packets != 2 or latency < 5us",
    'client == "10.0.0.1:40007" and server == "10.0.0.2:8888"',
    "10.0.0.1:40007",
    "#500000",
    "orders",
    "nowhere-to-be-found",
)
_JUDGED = ("data.id == 4711",)
"""Filters that ask for what is inside of payloads, one by one."""


def _timed(action: Callable[[], object]) -> float:
    """Return the milliseconds of processor time that something takes."""
    begun = time.thread_time()
    action()
    return (time.thread_time() - begun) * 1000


def _say(name: str, times: list[float]) -> bool:
    """Print percentiles; return whether they are what is promised."""
    times.sort()
    half, most = times[len(times) // 2], times[int(len(times) * 0.95)]
    kept = most <= _PROMISED_MS
    mark = "" if kept else "   more than promised"
    print(f"{name:44} p50 {half:8.1f}  p95 {most:8.1f} ms{mark}", flush=True)
    return kept


def _first_and_last(
    session: CaptureSession, text: str, key: str
) -> tuple[float, float, int]:
    """Return when a filter has its first page, when all, and how many it finds."""
    begun, first, count = time.thread_time(), 0.0, 0
    for found in results(session.store, asked_by(text), key, lambda: False):
        now = (time.thread_time() - begun) * 1000
        first, count = first or now, len(found.numbers)
    return first, now, count


def measure(capture: str) -> bool:
    """Measure all of it; return whether what is promised holds."""
    session, begun = CaptureSession([capture], Options(), capture), time.monotonic()
    session.start()
    while not session.store.count:
        time.sleep(_OFTEN_S)
        session.store.flush()
    print(f"first rows after {time.monotonic() - begun:.2f} s on the clock", flush=True)
    session.wait()
    print(f"read in {time.process_time():.1f} s", flush=True)
    session.join()
    print(f"sorted in {time.process_time():.1f} s", flush=True)
    print(f"{session.store.count:,} exchanges; {_resident():.0f} MiB")
    kept = []
    for key in SORTED_BY:
        session.store.version += 1  # as if one had been added: nothing is known
        page = _timed(lambda key=key: session.store.first(key, _FIRST))  # type: ignore[misc]
        once = _timed(lambda key=key: session.store.order(key))  # type: ignore[misc]
        print(
            f"sorted by {key}: first page {page:.0f} ms, all {once:.0f} ms", flush=True
        )
    for key in SORTED_BY:
        session.store.order(key)  # as the session does once all is read
    for key in SORTED_BY:
        times = [_timed(lambda k=key: session.store.order(k)) for _ in range(_ROUNDS)]  # type: ignore[misc]
        kept.append(_say(f"sorted by {key} again", times))
    listed = ExchangeList(session)
    listed.key, listed.numbers = "latency", session.store.order("latency")
    places = random.Random(1)  # noqa: S311 — the same pages each time
    ends = [places.randrange(listed.count) for _ in range(_PAGES)]
    times = [_timed(lambda at=at: listed.page(at, _ROWS, _WIDTH)) for at in ends]  # type: ignore[misc]
    kept.append(_say("a page anywhere, slowest first", times))
    for text in (*_FILTERS, *_JUDGED):
        runs = [_first_and_last(session, text, "latency") for _ in range(_ROUNDS)]
        held = _say(f"{text}  ({runs[0][2]:,}): shown", [run[0] for run in runs])
        kept.append(held or text in _JUDGED)
        print(f"{'':30} complete in {min(run[1] for run in runs):8.0f} ms")
    memory = _resident()
    print(f"{memory:.0f} MiB at most; {_PROMISED_MIB} are promised")
    session.stop()
    return all(kept) and memory <= _PROMISED_MIB


def _resident() -> float:
    """Return the most memory that was resident so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("capture")
    sys.exit(not measure(parser.parse_args().capture))
