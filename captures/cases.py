"""Record captures of what goes wrong, as ``tests/data/cases`` has them.

::

    python -m captures.cases                         every case
    python -m captures.cases NAME…                   the named ones
    python -m captures.cases --to FOLDER NAME…       elsewhere, to look at

A case is a function: who takes part, and what they do. Its capture ``NAME-v12`` lands
in ``tests/data/cases``, gzipped where it is large; what is right of it stands in
``cases.toml`` there, which is written by a person, who looks at the capture with tshark
and knows what happened. Times and ports of the clients change with each recording,
and so may what ``cases.toml`` quotes of them.

case_calls     patterns, results, errors, waiting
case_bytes     framing, serializers, packets written by hand
case_networks  proxies, balancers, filters, clocks
stage          who takes part

Source: the services and clients are real Nest 12 (``applications/cases``), HAProxy and
redis-server those of Debian; everything else is bare sockets.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from pathlib import Path

from . import case_bytes, case_calls, case_networks  # noqa: F401 — they register cases
from .processes import (
    COMPILER,
    HERE,
    NEST,
    RecordingError,
    compile_applications,
    find_node,
    say,
)
from .stage import PLAYS, Stage

__all__ = ["PLAYS"]
FOLDER = HERE.parent / "tests" / "data" / "cases"
LARGE = 20_000  # bytes from which on a capture is kept compressed


def main(words: list[str]) -> None:
    """Record the named cases, or all."""
    parser = argparse.ArgumentParser(prog="python -m captures.cases")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER")
    asked = parser.parse_args(words)
    if unknown := set(asked.names) - set(PLAYS):
        raise RecordingError(f"no case is called {', '.join(sorted(unknown))}")
    node = find_node()
    compile_applications(node, {COMPILER})
    for name in asked.names or PLAYS:
        say(f"recording {name}")
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            pcap = folder / f"{name}-v12.pcap"
            PLAYS[name](Stage(node, NEST / COMPILER / "build", folder, pcap))
            (capture,) = folder.glob(f"{pcap.name}*")
            _keep(capture, asked.to)


def _keep(capture: Path, folder: Path) -> None:
    """Put a capture into a folder, compressed where it is large."""
    data, name = capture.read_bytes(), capture.name
    if len(data) > LARGE:
        data, name = gzip.compress(data, mtime=0), f"{name}.gz"
    (folder / name).write_bytes(data)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RecordingError as error:
        sys.exit(f"record: {error}")
