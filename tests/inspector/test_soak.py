"""A live run may go on for days: what is over is forgotten.

The long form, 200,000 exchanges, is ``python -m benchmarks.live soak``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.inspector.nest import Nest
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from tests.inspector.watched import Watched

_GROWTH = 1.10
# Of connections that are over the last 1,024 are remembered, for what may follow.


def resident(watch: Watched) -> int:
    """Return what a command holds in memory, in KiB."""
    status = Path(f"/proc/{watch.process.pid}/status").read_text(encoding="ascii")
    (line,) = (row for row in status.splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1])


@pytest.mark.parametrize(
    ("work", "few", "many"), [("load", 2_000, 4_000), ("connects", 1_100, 300)]
)
@pytest.mark.parametrize("command", ["live", "proxy"])
def test_memory_stays_what_it_was(
    command: str, work: str, few: int, many: int, tmp_path: Path
) -> None:
    nest = Nest(tmp_path)
    with nest.service() as service:
        port = service.port
        words = ["-i", "lo", "--port", str(port)]
        if command == "proxy":
            words = ["0", f"127.0.0.1:{port}"]
        with watched(command, *words, "--json") as watch:
            port = watch.ports[0] if command == "proxy" else port
            nest.client(work, few, port)
            watch.until(lambda: watch.exchange_count == few)
            before = resident(watch)
            nest.client(work, many, port)
            watch.until(lambda: watch.exchange_count == few + many)
            after = resident(watch)
            assert watch.interrupt() == 0

    assert watch.summary["completed"] == few + many
    assert watch.summary["unanswered"] == 0
    assert after <= before * _GROWTH
