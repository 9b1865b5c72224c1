from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.generate_fleet import generate
from tests.inspector.command import run
from tests.inspector.fleets import SMALL

if TYPE_CHECKING:
    from pathlib import Path


def test_reports_of_several_hosts_become_one(tmp_path: Path) -> None:
    generate(tmp_path / "fleet", SMALL)
    files = []
    for number in (1, 2, 3):
        files.append(tmp_path / f"{number}.report")
        folder = tmp_path / "fleet" / f"host-{number}"
        pattern = f"{folder}/eth0.pcap*"
        source = tmp_path / f"{number}.toml"
        source.write_text(
            f'[[source]]\nname = "host-{number}"\nfiles = "{pattern}"\n'
            f'addresses = ["10.1.0.{number}"]\n'
        )
        words = ["--workers", "1", "--save"]
        assert run("fleet", source, *words, files[-1]).code == 0
    one, other = run("merge", *files, "--json"), run("merge", *files[::-1], "--json")

    assert one.code == 0
    assert one.out == other.out
    assert one.lines[-1]["sources"] == 3
    assert one.lines[-1]["seen_by_several"] > 0
    twice = run("merge", files[0], files[0])
    assert twice.code == 2
    assert "source host-1 is in" in twice.err
    before = files[0].read_bytes()
    for option in ("--html", "--save"):
        over = run("merge", files[0], option, files[0])
        assert (over.code, over.out) == (2, "")
        assert files[0].read_bytes() == before
    same = tmp_path / "same"
    both = run("merge", files[0], "--html", same, "--save", same)
    assert (both.code, same.exists()) == (2, False)
    assert f"--html and --save write the same file: {same}" in both.err


def test_what_is_no_report_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{}")
    outcome = run("merge", tmp_path / "a")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"protocol-inspect: {tmp_path}/a: not the report of a fleet\n"
