"""What is asked for decides what is held, however long the capture is."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from inspector import Inspection, inspect
from tests.inspector.captures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_GENERATOR = ROOT / "benchmarks" / "generate_capture.py"
_EXCHANGES = 10_000


@pytest.fixture(scope="module")
def long_capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    capture = tmp_path_factory.mktemp("long") / "long.pcap"
    command = [sys.executable, str(_GENERATOR), str(capture), str(_EXCHANGES), "3"]
    subprocess.run(command, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    return capture


def _exhaust(seen: Inspection) -> None:
    for _ in seen:
        pass


def _exhaust_items(seen: Inspection) -> None:
    for _ in seen.items():
        pass


def _peak(use: Callable[[Inspection], object], capture: Path) -> int:
    """Return the most memory that a use of an inspection takes, in bytes."""
    tracemalloc.start()
    try:
        use(inspect(capture))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_only_who_asks_for_all_exchanges_has_them_held(long_capture: Path) -> None:
    held = _peak(lambda seen: seen.exchanges, long_capture)

    for use in (
        _exhaust,
        _exhaust_items,
        lambda seen: seen.report,
        lambda seen: seen.findings,
    ):
        peak = _peak(use, long_capture)
        assert peak < held / 3
