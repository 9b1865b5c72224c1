from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from pathlib import Path

_SEED = ROOT / "captures" / "seed-nest12.pcap"
_PYTHON = ROOT / "captures" / "seed-python.pcap"
_SHOWCASE = ROOT / "captures" / "showcase-nest12.pcap"


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    file = tmp_path / "seed.json"
    file.write_text(run("contract", _SEED, "--json").out, encoding="utf-8")
    return file


def test_a_service_in_another_language_keeps_to_the_contract(contract: Path) -> None:
    outcome = run("check", _PYTHON, "--contract", contract)

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"✓ 10 exchanges checked: all are as {contract} says.\n"


def test_violations_fail_the_run_and_are_lines(contract: Path) -> None:
    outcome = run("check", _SHOWCASE, "--contract", contract, "--json")
    *found, totals = outcome.lines

    assert outcome.code == 1
    assert "211 exchanges violate" in outcome.err
    assert len(found) == totals["violations"] == 211
    assert {each["type"] for each in found} == {"violation"}


def test_nothing_to_check_fails_unless_that_is_allowed(contract: Path) -> None:
    nothing = ("check", _SEED, "--contract", contract, "--where", "route == 'other'")

    assert run(*nothing).code == 1
    assert "no exchange to check" in run(*nothing).err
    assert run(*nothing, "--allow-empty").code == 0


def test_what_is_no_contract_is_said_in_one_line() -> None:
    outcome = run("check", _SEED, "--contract", ROOT / "README.md")

    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "not a contract: JSON is malformed" in outcome.err
    assert run("check", _SEED).code == 2


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_live_run_is_checked_while_it_goes_on(
    contract: Path, options: tuple[str, ...]
) -> None:
    with _SHOWCASE.open("rb") as capture:
        words = ("live", "-", "--contract", str(contract), *options)
        with watched(*words, stdin=capture, says="violate") as live:
            assert live.wait() == 1

    assert "211 exchanges violate" in live.err
    if options:
        assert len(live.of_type("violation")) == 211
    else:
        assert "#12 square: pattern is message square, not a pattern" in live.err
