"""What the commands say of two captures of one traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector import inspect
from inspector.sources.files import read_capture
from tests.inspector.captures import SEED
from tests.inspector.command import run
from tests.inspector.conversation import MILLISECOND, SECOND
from tests.inspector.tapped import Tap, written

if TYPE_CHECKING:
    from pathlib import Path


def _second(folder: Path, offset_ns: int, drift: float = 0.0) -> str:
    """Write what another clock says of real traffic."""
    records = Tap(offset_ns, drift).see(read_capture(str(SEED)))
    return written(folder, records)[0]


@pytest.mark.parametrize(
    ("offset_ns", "words"),
    [
        (2 * SECOND, "tap0.pcap is 2.00 s ahead of seed-nest12.pcap;"),
        (-5 * MILLISECOND, "tap0.pcap is 5.00 ms behind seed-nest12.pcap;"),
        (0, "tap0.pcap has the clock of seed-nest12.pcap;"),
    ],
)
def test_the_heading_says_how_the_clocks_differ(
    tmp_path: Path, offset_ns: int, words: str
) -> None:
    report = run(SEED, _second(tmp_path, offset_ns)).out.splitlines()
    alone = run(SEED).out.splitlines()
    count = len(list(read_capture(str(SEED))))

    assert report[1] == f"{words} {count} packets in both, counted once"
    assert report[2:-1] == alone[1:-1]


def test_a_drift_is_told(tmp_path: Path) -> None:
    second = _second(tmp_path, SECOND, -0.001)

    for captures, said in (
        ((SEED, second), "and loses 1.00 ms a second; "),
        ((second, SEED), "and gains 1.00 ms a second; "),
    ):
        assert said in " ".join(run(*captures).out.split())


def test_json_lines_are_those_of_the_first(tmp_path: Path) -> None:
    second = _second(tmp_path, 2 * SECOND)

    assert run(SEED, second, "--json").out == run(SEED, "--json").out


def test_packets_are_written_by_the_numbers_that_were_shown(tmp_path: Path) -> None:
    both = SEED, _second(tmp_path, 2 * SECOND)
    one, two = tmp_path / "one.pcapng", tmp_path / "two.pcapng"
    run("exchanges", *both, "--where", "number == 3", "--write", two)
    run("exchanges", SEED, "--where", "number == 3", "--write", one)

    assert one.read_bytes() == two.read_bytes()


def test_the_library_reads_them_alike(tmp_path: Path) -> None:
    second = _second(tmp_path, 2 * SECOND)
    alone, both = inspect(SEED), inspect([str(SEED), second])

    assert [str(each) for each in both] == [str(each) for each in alone]
