from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.command import run
from tests.inspector.comparing.compared import Call, wire_of
from tests.inspector.conversation import MILLISECOND

if TYPE_CHECKING:
    from pathlib import Path

_SEED = ROOT / "captures" / "seed-nest12.pcap"


@pytest.fixture
def captures(tmp_path: Path) -> tuple[Path, Path]:
    """What a pull request changed: a key is gone, a call is slower, another fails."""
    before = [Call("user", reply={"id": 1, "name": "ann"}, time_ns=MILLISECOND)] * 30
    after = [Call("user", reply={"id": 1}, time_ns=6 * MILLISECOND)] * 30
    before += [Call("pay")] * 20
    after += [Call("pay", reply=ValueError("declined"))] * 20
    files = tmp_path / "before.pcap", tmp_path / "after.pcap"
    for file, calls in zip(files, (before, after), strict=True):
        file.write_bytes(pcap_bytes(wire_of(calls).records))
    return files


@pytest.mark.parametrize("gate", ["breaking", "slower", "errors", "any"])
def test_a_gate_fails_the_run(captures: tuple[Path, Path], gate: str) -> None:
    assert run("diff", *captures).code == 0
    failed = run("diff", *captures, "--fail-on", gate)

    assert failed.code == 1
    assert failed.err.startswith(f"protocol-inspect: --fail-on {gate}: ")
    assert run("diff", captures[0], captures[0], "--fail-on", gate).code == 0


def test_all_formats_say_the_same(captures: tuple[Path, Path]) -> None:
    text, lines = run("diff", *captures).out, run("diff", *captures, "--json").lines
    markdown = run("diff", *captures, "--format", "markdown").out

    answer = (
        "Of 2 patterns: 1 with payloads that break their readers, 1 failing more "
        "often, 1 slower."
    )
    assert f"✗ {answer}" in " ".join(text.split())
    assert f"- ✗ {answer}" in markdown
    totals = lines[-1]
    assert (totals["breaking"], totals["fails_more"], totals["slower"]) == (1, 1, 1)


def test_times_that_differ_by_less_are_equal(captures: tuple[Path, Path]) -> None:
    totals = run("diff", *captures, "--json", "--least", "50ms").lines[-1]

    assert (totals["slower"], totals["least_ns"]) == (0, 50_000_000)


def test_a_filter_is_for_both(captures: tuple[Path, Path]) -> None:
    lines = run("diff", *captures, "--json", "--where", "route == 'pay'").lines

    assert [line["route"] for line in lines[:-1]] == ["pay"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((_SEED,), "name two captures, before and after; 1 given"),
        ((_SEED, _SEED, _SEED), "name two captures, before and after; 3 given"),
        (("-", "-"), "stdin can be read once"),
        ((_SEED, _SEED, "--fail-on", "errors > 0"), "'errors > 0' is not one of"),
        ((_SEED, _SEED, "--write", "x"), "No such option '--write'"),
    ],
)
def test_a_mistake_is_one_line(words: tuple[str | Path, ...], problem: str) -> None:
    outcome = run("diff", *words)

    assert outcome.code == 2
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("name", ["README.md", "nowhere.pcap"])
def test_with_a_side_that_cannot_be_read_nothing_is_compared(name: str) -> None:
    outcome = run("diff", _SEED, ROOT / name)

    assert (outcome.code, outcome.out) == (3, "")
    assert name in outcome.err


def test_a_gate_that_had_nothing_to_judge_fails() -> None:
    other = ROOT / "tests" / "data" / "diff" / "after.pcap"
    outcome = run("diff", _SEED, other, "--fail-on", "breaking")

    assert outcome.code == 1
    assert outcome.err == (
        "protocol-inspect: --fail-on breaking: no pattern is in both captures\n"
    )
