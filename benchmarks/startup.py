"""Measure how long the programs take to start, beside an import of click and msgspec.

Each command runs in a process of its own, turn by turn, and the least processor time of
each counts. Modules are compiled to bytecode beforehand, as an installation has them,
whatever PYTHONDONTWRITEBYTECODE says.

    python -m benchmarks.startup [--rounds N]
"""

from __future__ import annotations

import argparse
import compileall
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pipeline import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT = Path(__file__).parents[1]
_PROGRAMS = ("protocol-inspect", "protocol-call", "protocol-serve")
_CAPTURE = _ROOT / "captures" / "seed-nest12.pcap"
_PEER = "import click, msgspec"


def _installed(program: str) -> Path:
    return Path(sys.executable).with_name(program)


def commands() -> dict[str, Sequence[str | Path]]:
    """Return what is measured, by name; the peer is the first."""
    inspector = _installed("protocol-inspect")
    return {
        _PEER: [sys.executable, "-c", _PEER],
        **{
            f"{program} {option}": [_installed(program), option]
            for program in _PROGRAMS
            for option in ("--help", "--version")
        },
        "a report of 86 packets": [inspector, _CAPTURE],
        "import click, msgspec, rich": [
            sys.executable,
            "-c",
            f"{_PEER}, rich.console, rich.text, rich.table",
        ],
        "protocol-inspect report --help": [inspector, "report", "--help"],
        "protocol-call send --help": [_installed("protocol-call"), "send", "--help"],
    }


def main() -> None:
    """Measure all commands and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    for package in ("protocol", "inspector", "servers"):
        compileall.compile_dir(_ROOT / package, quiet=1)
    measured = commands()
    least = dict.fromkeys(measured, float("inf"))
    for _ in range(rounds):
        for name, command in measured.items():
            least[name] = min(least[name], measure(command).cpu)
    print("| processor time | ms | ratio |\n|---|---|---|")
    for name, seconds in least.items():
        print(f"| `{name}` | {seconds * 1e3:.0f} | {seconds / least[_PEER]:.2f} |")


if __name__ == "__main__":
    main()
